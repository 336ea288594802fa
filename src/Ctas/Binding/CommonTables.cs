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
    private readonly long _scans;

    private CommonTables(CommonTables? outer, string name, BoundRelation relation, long scans) =>
        (_outer, _name, _relation, _scans) = (outer, name, relation, scans);

    /// <summary>These tables and one more, in front. <paramref name="outer"/> is null for none.</summary>
    /// <param name="scans">Relations it reads when every common table in it is written out.</param>
    public static CommonTables With(CommonTables? outer, string name, BoundRelation relation, long scans) =>
        new(outer, name, relation, scans);

    /// <summary>The innermost table called so; null when there is none.</summary>
    public static (BoundRelation Relation, long Scans)? Find(CommonTables? tables, NameSyntax name)
    {
        for (CommonTables? table = tables; table is not null; table = table._outer)
        {
            if (Scope.IsMeant(table._name, name)) { return (table._relation, table._scans); }
        }

        return null;
    }

    /// <summary>All names, for suggestions.</summary>
    public static IEnumerable<string> Names(CommonTables? tables)
    {
        for (CommonTables? table = tables; table is not null; table = table._outer) { yield return table._name; }
    }
}
