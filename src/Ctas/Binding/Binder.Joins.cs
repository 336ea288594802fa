using Ctas.Data;
using Ctas.Syntax;
using Ctas.Text;

namespace Ctas.Binding;

internal sealed partial class Binder
{
    // What stands before the sub-query of FROM that is being bound; for hints.
    private IReadOnlyList<ScopeTable> _beside = [];

    private (BoundRelation Relation, Scope Scope) BindJoin(JoinSyntax join, CommonTables? commonTables)
    {
        var (left, leftScope) = BindTableSyntax(join.Left, commonTables);
        var (right, rightScope) = BindBeside(leftScope, join.Right, commonTables);
        (BoundExpression? within, BoundWithin? wait) =
            join.Within is null ? (null, null) : BindWithin(join.Within, join, leftScope, rightScope);
        ReportDuplicateAliases(join.Right, leftScope, rightScope);
        var scope = new Scope(
            [.. leftScope.Tables, .. rightScope.Tables], [.. leftScope.Merged, .. rightScope.Merged], [])
        {
            CommonTables = commonTables,
        };
        BoundJoinKind kind = Kind(join.Kind);
        if (join.IsNatural) { join = join with { Using = CommonColumns(join, leftScope, rightScope) }; }

        if (!join.Using.IsEmpty)
        {
            var (condition, merged) = BindUsing(join, kind, leftScope, rightScope);
            return (new BoundJoin(kind, left, right, Both(condition, within)) { Within = wait }, merged);
        }

        // As in PostgreSQL, sides without a common column match row by row.
        if (join.IsNatural && kind == BoundJoinKind.Inner) { kind = BoundJoinKind.Cross; }

        BoundExpression? on = join.On is null ? null : BindCondition(join.On, scope, "ON");
        BoundExpression? match = Both(OnWithSubqueries(on, new BoundJoin(kind, left, right, on) { Within = wait }), within);
        return (new BoundJoin(kind, left, right, match) { Within = wait }, scope);
    }

    /// <summary>The right side of a join, which cannot read the left one: what tries to is told of LATERAL.</summary>
    private (BoundRelation Relation, Scope Scope) BindBeside(Scope left, TableSyntax right, CommonTables? commonTables)
    {
        IReadOnlyList<ScopeTable> before = _beside;
        _beside = [.. before, .. left.Tables];
        (BoundRelation Relation, Scope Scope) bound = BindTableSyntax(right, commonTables);
        _beside = before;
        return bound;
    }

    private (BoundExpression? Condition, Scope Scope) BindUsing(
        JoinSyntax join, BoundJoinKind kind, Scope leftScope, Scope rightScope)
    {
        List<ScopeName> merged = [];
        BoundExpression? condition = null;
        foreach (NameSyntax name in join.Using)
        {
            BoundExpression leftColumn = BindUsingColumn(name, leftScope, "left");
            BoundExpression rightColumn = BindUsingColumn(name, rightScope, "right");
            BoundExpression equality = Compare(BoundOperator.Equal, leftColumn, rightColumn, name.Span);
            condition = Both(condition, equality);
            merged.Add(new ScopeName(name.Text, MergedColumn(kind, leftColumn, rightColumn))
            {
                Columns = leftScope.ColumnsOf(name).Concat(rightScope.ColumnsOf(name)).ToHashSet(),
                Before = leftScope.Tables[0],
            });
        }

        // A column that an inner USING made one and this one names again stands once, as this one sees it.
        bool IsRenewed(ScopeName known) => merged.Any(m => IsSameName(m.Name, known.Name));
        var scope = new Scope(
            [.. leftScope.Tables, .. rightScope.Tables],
            [.. merged, .. leftScope.Merged.Concat(rightScope.Merged).Where(known => !IsRenewed(known))],
            []);
        return (condition, scope);
    }

    /// <summary>The columns that both sides have, in the order of the left one; none after a mistake, reported here.</summary>
    private SyntaxList<NameSyntax> CommonColumns(JoinSyntax join, Scope left, Scope right)
    {
        bool isLeftOpen = left.Tables.Any(table => table.Relation.IsOpen);
        if ((isLeftOpen || right.Tables.Any(table => table.Relation.IsOpen)) && openColumnType.Kind == DataTypeKind.Unknown)
        {
            TableSyntax side = isLeftOpen ? join.Left : join.Right;
            Report(BindingDiagnostics.NaturalNeedsColumns(side.Span, isLeftOpen ? "left" : "right"));
            return [];
        }

        IEnumerable<string> names = left.Merged.Select(m => m.Name)
            .Concat(left.Tables.SelectMany(table => table.Relation.Columns).Select(column => column.Name))
            .Distinct(StringComparer.OrdinalIgnoreCase);
        HashSet<string> others = new(
            right.Tables.SelectMany(table => table.Relation.Columns).Select(column => column.Name),
            StringComparer.OrdinalIgnoreCase);
        return [.. names.Where(others.Contains).Select(name => new NameSyntax(name) { Span = join.Right.Span })];
    }

    private static BoundExpression? Both(BoundExpression? first, BoundExpression? second) =>
        first is null || second is null
            ? first ?? second
            : new BoundBinary(BoundOperator.And, first, second, DataType.Boolean) { Span = second.Span };

    private BoundExpression BindUsingColumn(NameSyntax name, Scope scope, string side) => scope.Lookup(name) switch
    {
        [var match] => match.Expression with { Span = name.Span },
        [] => Report(BindingDiagnostics.UsingColumnNotFound(
            name.Span, name.Text, side, ClosestName.Find(name.Text, scope.ColumnNames))),
        var matches => Report(BindingDiagnostics.ColumnAmbiguous(name.Span, name.Text, matches.Select(Qualified))),
    };

    /// <summary>The value of the side that is there; with FULL either can be the one.</summary>
    private static BoundExpression MergedColumn(BoundJoinKind kind, BoundExpression left, BoundExpression right)
    {
        switch (kind)
        {
            case BoundJoinKind.Right:
                return right;
            case BoundJoinKind.Full when TypeRules.Common(left.Type, right.Type) is { } type:
                return new BoundFunction("COALESCE", [Coercion.To(left, type), Coercion.To(right, type)], type);
            default:
                return left;
        }
    }

    private void ReportDuplicateAliases(TableSyntax right, Scope left, Scope added)
    {
        foreach (ScopeTable table in added.Tables)
        {
            if (table.Name is not null
                && left.Tables.Any(known => known.Name is not null && IsSameName(known.Name, table.Name)))
            {
                Report(BindingDiagnostics.DuplicateAlias(NameSpan(right), table.Name));
            }
        }
    }

    private static TextSpan NameSpan(TableSyntax table) => table switch
    {
        NamedTableSyntax named => named.Alias?.Name.Span ?? named.Name.Span,
        LocationSyntax { Alias: { } alias } => alias.Name.Span,
        SubqueryTableSyntax { Alias: { } alias } => alias.Name.Span,
        _ => table.Span,
    };

    private static string Qualified(ScopeMatch match) =>
        match.Table is null ? match.Name : $"{match.Table}.{match.Name}";

    private static bool IsSameName(string left, string right) =>
        string.Equals(left, right, StringComparison.OrdinalIgnoreCase);

    private static BoundJoinKind Kind(JoinKind kind) => kind switch
    {
        JoinKind.Inner => BoundJoinKind.Inner,
        JoinKind.Left => BoundJoinKind.Left,
        JoinKind.Right => BoundJoinKind.Right,
        JoinKind.Full => BoundJoinKind.Full,
        JoinKind.Cross => BoundJoinKind.Cross,
        _ => throw new System.Diagnostics.UnreachableException($"No rule for {kind}."),
    };
}
