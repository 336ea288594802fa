using Ctas.Syntax;

namespace Ctas.Binding;

/// <content>LATERAL: a sub-query of FROM that reads what stands before it.</content>
internal sealed partial class Binder
{
    private (BoundRelation Relation, Scope Scope) BindLateralJoin(
        JoinSyntax join, SubqueryTableSyntax syntax, CommonTables? commonTables)
    {
        var (left, leftScope) = BindTableSyntax(join.Left, commonTables);
        bool fits = join is { Kind: not (JoinKind.Right or JoinKind.Full), Within: null, IsNatural: false, Using.IsEmpty: true };
        if (!fits) { Report(BindingDiagnostics.LateralJoin(join.Right.Span)); }

        // The left side is to the query what the query around it is to a sub-query.
        Scope readable = leftScope with { CommonTables = commonTables };
        var outer = new OuterQuery(new Context(readable, "LATERAL", AllowsAggregates: false, Aggregate: null), _outer);
        _outer = outer;
        BoundRelation query = BindQuery(syntax.Query, commonTables);
        _outer = outer.Outer;

        var (right, rightScope) = Aliased(query, syntax.Alias, name: null);
        ReportDuplicateAliases(join.Right, leftScope, rightScope);
        var scope = new Scope(
            [.. leftScope.Tables, .. rightScope.Tables], [.. leftScope.Merged, .. rightScope.Merged], [])
        {
            CommonTables = commonTables,
        };
        BoundExpression? on = join.On is null ? null : BindCondition(join.On, scope, "ON");
        bool keepsLeft = join.Kind == JoinKind.Left;
        if (on is not null and not BoundConstant { Value: true })
        {
            // Which rows of the query match is a matter of the query: it reads the left row for that too.
            BoundExpression inside = new LeftColumns(left, outer).Rewrite(on);
            right = new BoundFilter(right, inside);
        }

        return (new BoundLateralJoin(keepsLeft, left, right, [.. outer.Parameters]), scope);
    }

    /// <summary>Makes columns of the left side parameters of the query beside it.</summary>
    private sealed class LeftColumns(BoundRelation left, OuterQuery outer) : BoundExpressionRewriter
    {
        private readonly HashSet<ColumnSymbol> _columns = [.. left.ReadableColumns];

        public override BoundExpression Rewrite(BoundExpression expression) =>
            expression is BoundColumn column && _columns.Contains(column.Column)
                ? outer.Parameter(column.Column.Name, column) with { Span = column.Span }
                : base.Rewrite(expression);
    }
}
