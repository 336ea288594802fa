using Ctas.Binding.Functions;
using Ctas.Data;
using Ctas.Syntax;
using Ctas.Text;

namespace Ctas.Binding;

internal sealed partial class Binder
{
    // The query around the one being bound; null outside of sub-queries in expressions.
    private OuterQuery? _outer;

    private readonly Dictionary<SubqueryPlace, (BoundRelation Query, BoundList<BoundParameter> Parameters)> _subqueries =
        [];

    /// <summary>The words of a sub-query, and what their names mean.</summary>
    private sealed record SubqueryPlace(
        QuerySyntax Query, IReadOnlyList<ScopeTable> Tables, CommonTables? CommonTables, OuterQuery? Outer);

    /// <summary>The query that a sub-query stands in.</summary>
    /// <param name="context">Where in it the sub-query stands.</param>
    /// <param name="outer">The query around that one; null for none.</param>
    private sealed class OuterQuery(Context context, OuterQuery? outer)
    {
        public Context Context { get; } = context;

        public OuterQuery? Outer { get; } = outer;

        /// <summary>What the sub-query reads so far.</summary>
        public List<BoundParameter> Parameters { get; } = [];

        /// <summary>The parameter with that value, made if need be.</summary>
        public BoundOuterColumn Parameter(string name, BoundExpression argument)
        {
            BoundParameter? parameter = Parameters.Find(known => known.Argument.Equals(argument));
            if (parameter is null)
            {
                parameter = new BoundParameter(new ColumnSymbol(name, argument.Type), argument);
                Parameters.Add(parameter);
            }

            return new BoundOuterColumn(parameter.Symbol);
        }

        /// <summary>Forgets parameters that turned out not to be needed.</summary>
        public void KeepFirst(int count) => Parameters.RemoveRange(count, Parameters.Count - count);
    }

    private (BoundRelation Query, BoundList<BoundParameter> Parameters) BindSubquery(QuerySyntax query, Context context)
    {
        // Written twice in one query, it is one: GROUP BY and SELECT mean the same by the same words.
        var place = new SubqueryPlace(query, context.Scope.Tables, context.Scope.CommonTables, _outer);
        if (_subqueries.TryGetValue(place, out var known)) { return known; }

        var outer = new OuterQuery(context, _outer);
        _outer = outer;
        BoundRelation relation = BindQuery(query, context.Scope.CommonTables);
        _outer = outer.Outer;
        (BoundRelation, BoundList<BoundParameter>) bound = (relation, [.. outer.Parameters]);
        if (relation.IsDeterministic()) { _subqueries[place] = bound; }

        return bound;
    }

    private BoundExpression BindScalarQuery(ScalarQuerySyntax syntax, Context context)
    {
        var (query, parameters) = BindSubquery(syntax.Query, context);
        if (!HasOneColumn(query, syntax.Span, "a sub-query as a value")) { return new BoundError(); }

        DataType type = query.Columns is [var column, ..] ? column.Type : openColumnType;
        return new BoundScalarQuery(query, parameters, type, Shown(syntax.Span));
    }

    private BoundExists BindExists(ExistsSyntax syntax, Context context)
    {
        var (query, parameters) = BindSubquery(syntax.Query, context);
        return new BoundExists(query, parameters);
    }

    private BoundExpression BindInQuery(InQuerySyntax syntax, Context context)
    {
        if (syntax.Operand is RowSyntax row)
        {
            BoundExpression any = BindRowAny(row, syntax.Query, context);
            return syntax.IsNegated && any is not BoundError ? new BoundNot(any) : any;
        }

        BoundExpression found = BindAny(
            BindExpression(syntax.Operand, context), BoundOperator.Equal, syntax.Query, "IN (SELECT …)", syntax.Span, context);
        return syntax.IsNegated && found is not BoundError ? new BoundNot(found) : found;
    }

    /// <summary>A comparison with ALL rows holds unless its opposite holds for ANY.</summary>
    private BoundExpression BindQuantified(QuantifiedSyntax syntax, Context context)
    {
        if (syntax.Operand is RowSyntax row)
        {
            bool isIn = syntax is { IsAll: false, Operator: BinaryOperator.Equal };
            if (!isIn && syntax is not { IsAll: true, Operator: BinaryOperator.NotEqual })
            {
                return Report(BindingDiagnostics.RowMisplaced(row.Span));
            }

            BoundExpression any = BindRowAny(row, syntax.Query, context);
            return isIn || any is BoundError ? any : new BoundNot(any);
        }

        BoundExpression operand = BindExpression(syntax.Operand, context);
        BoundOperator operation = Operator(syntax.Operator);
        string construct = syntax.IsAll ? "ALL (SELECT …)" : "ANY (SELECT …)";
        BoundExpression found = BindAny(
            operand, syntax.IsAll ? Opposite(operation) : operation, syntax.Query, construct, syntax.Span, context);
        return syntax.IsAll && found is not BoundError ? new BoundNot(found) : found;
    }

    private static BoundOperator Opposite(BoundOperator comparison) => comparison switch
    {
        BoundOperator.Equal => BoundOperator.NotEqual,
        BoundOperator.NotEqual => BoundOperator.Equal,
        BoundOperator.Less => BoundOperator.GreaterOrEqual,
        BoundOperator.LessOrEqual => BoundOperator.Greater,
        BoundOperator.Greater => BoundOperator.LessOrEqual,
        _ => BoundOperator.Less,
    };

    private BoundExpression BindAny(
        BoundExpression operand,
        BoundOperator operation,
        QuerySyntax syntax,
        string construct,
        TextSpan span,
        Context context)
    {
        var (query, parameters) = BindSubquery(syntax, context);
        if (!HasOneColumn(query, syntax.Span, construct)) { return new BoundError(); }

        if (operand.ReadsItems()) { return ReportQueryOfItems(span); }

        BoundExpression column = query.Columns is [var only, ..]
            ? new BoundColumn(only) { Span = ValueSpan(syntax) }
            : new BoundConstant(null, openColumnType);
        return Compare(operation, operand, column, span) is BoundBinary comparison
            ? new BoundAnyQuery(comparison.Left, operation, comparison.Right, query, parameters)
            : new BoundError();
    }

    /// <summary>(a, b) IN (query of two columns).</summary>
    private BoundExpression BindRowAny(RowSyntax row, QuerySyntax syntax, Context context)
    {
        BoundExpression[] operands = [.. row.Values.Select(value => BindExpression(value, context))];
        var (query, parameters) = BindSubquery(syntax, context);
        if (operands.Any(operand => operand.ReadsItems())) { return ReportQueryOfItems(row.Span); }

        if (query.IsOpen && query.Columns.Count != operands.Length) { return new BoundConstant(null, DataType.Unknown); }

        if (query.Columns.Count != operands.Length)
        {
            return Report(BindingDiagnostics.ColumnCounts(syntax.Span, "IN (SELECT …)", operands.Length, query.Columns.Count));
        }

        BoundExpression[] pairs =
        [
            .. operands.Select((operand, part) => Compare(
                BoundOperator.Equal, operand, new BoundColumn(query.Columns[part]) { Span = syntax.Span }, row.Values[part].Span)),
        ];
        return pairs.Any(pair => pair is not BoundBinary)
            ? new BoundError()
            : new BoundAnyQuery(
                ((BoundBinary)pairs[0]).Left, BoundOperator.Equal, ((BoundBinary)pairs[0]).Right, query, parameters)
            {
                FurtherOperands = [.. pairs.Skip(1).Select(pair => ((BoundBinary)pair).Left)],
                FurtherValues = [.. pairs.Skip(1).Select(pair => ((BoundBinary)pair).Right)],
            };
    }

    /// <summary>The expression that a query of one column gives, or all of the query.</summary>
    private static TextSpan ValueSpan(QuerySyntax query) =>
        query.Body is SelectSyntax { Items: [ExpressionItemSyntax item] } ? item.Expression.Span : query.Span;

    private bool HasOneColumn(BoundRelation query, TextSpan span, string construct)
    {
        int count = query.Columns.Count;
        if (count == 1 || query.IsOpen) { return true; }

        Report(BindingDiagnostics.ColumnCounts(span, construct, 1, count));
        return false;
    }

    /// <summary>The SQL of a span, on one line and not too long.</summary>
    private string Shown(TextSpan span)
    {
        const int MaxLength = 80;
        string text = string.Join(' ', diagnostics.Source[span].ToString().Split(
            (char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return text.Length <= MaxLength ? text : text[..(MaxLength - 1)] + "…";
    }

    /// <summary>A name that means nothing in its own query, as a column of a query around; null when none has it.</summary>
    private BoundExpression? BindOuterName(NameExpressionSyntax name)
    {
        if (_outer is not { } query) { return null; }

        _outer = query.Outer;
        Scope scope = query.Context.Scope;
        BoundExpression? bound = IsInScope(name, scope) ? BindName(name, scope) : BindOuterName(name);
        _outer = query;
        if (bound is null or BoundError) { return bound; }

        return bound.ReadsItems()
            ? ReportQueryOfItems(name.Span)
            : query.Parameter(name.Parts[^1].Text, bound);
    }

    /// <summary>A query is joined to rows; the items of an array are none.</summary>
    private BoundError ReportQueryOfItems(TextSpan span) => Report(BindingDiagnostics.NotSupportedYet(
        span,
        "a sub-query that is asked for each item of a lambda",
        "Take the items apart with UNNEST, and join them with the query."));

    private static bool IsInScope(NameExpressionSyntax name, Scope scope) =>
        (name.Parts.Count > 1 && scope.FindTable(name.Parts[0]) is not null) || scope.Lookup(name.Parts[0]).Count > 0;

    /// <summary>
    /// An aggregate whose arguments read nothing but queries around is one of the query it reads; null for any other.
    /// </summary>
    /// <param name="parametersBefore">Parameters of the query around before the arguments were bound.</param>
    private BoundExpression? BindOuterAggregate(
        FunctionCallSyntax call, FunctionEntry function, BoundExpression[] arguments, int parametersBefore)
    {
        bool readsOuter = arguments.Any(argument => argument.Contains<BoundOuterColumn>());
        if (_outer is not { } query || !readsOuter || arguments.Any(argument => argument.Columns().Count > 0))
        {
            return null;
        }

        query.KeepFirst(parametersBefore);
        _outer = query.Outer;
        BoundExpression bound = BindAggregate(call, function, query.Context);
        _outer = query;
        return bound is BoundError ? bound : query.Parameter(call.Name.Text, bound);
    }

    /// <summary>
    /// ON of a FULL JOIN, and of an outer one whose rows wait for their match: a sub-query there must be a matter of one side.
    /// </summary>
    private BoundExpression? OnWithSubqueries(BoundExpression? condition, BoundJoin join)
    {
        bool isWaiting = join.Within is not null && join.Kind is BoundJoinKind.Left or BoundJoinKind.Right;
        if (condition is null || (join.Kind != BoundJoinKind.Full && !isWaiting)) { return condition; }

        foreach (BoundSubquery subquery in condition.Subqueries())
        {
            HashSet<ColumnSymbol> columns = subquery.Columns();
            if (columns.IsSubsetOf(join.Left.ReadableColumns) || columns.IsSubsetOf(join.Right.ReadableColumns)) { continue; }

            return Report(BindingDiagnostics.NotSupportedYet(
                subquery.Span,
                isWaiting
                    ? "a sub-query in ON of an outer JOIN WITHIN … GRACE PERIOD that reads both sides"
                    : "a sub-query in ON of a FULL JOIN that reads both sides",
                "Compute it in a sub-query of FROM, and compare its column in ON."));
        }

        return condition;
    }
}
