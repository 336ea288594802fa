using Ctas.Syntax;

namespace Ctas.Binding;

/// <summary>
/// The common tables that can be seen at one place of a query. Immutable; inner names hide outer ones.
/// </summary>
internal sealed class CommonTables
{
    private readonly CommonTables? _outer;
    private readonly string _name;
    private readonly BoundRelation _relation;

    private CommonTables(CommonTables? outer, string name, BoundRelation relation) =>
        (_outer, _name, _relation) = (outer, name, relation);

    /// <summary>These tables and one more, in front. <paramref name="outer"/> is null for none.</summary>
    public static CommonTables With(CommonTables? outer, string name, BoundRelation relation) =>
        new(outer, name, relation);

    /// <summary>The innermost table called so; null when there is none.</summary>
    public static BoundRelation? Find(CommonTables? tables, NameSyntax name)
    {
        for (CommonTables? table = tables; table is not null; table = table._outer)
        {
            if (Scope.IsMeant(table._name, name)) { return table._relation; }
        }

        return null;
    }

    /// <summary>All names, for suggestions.</summary>
    public static IEnumerable<string> Names(CommonTables? tables)
    {
        for (CommonTables? table = tables; table is not null; table = table._outer) { yield return table._name; }
    }
}
