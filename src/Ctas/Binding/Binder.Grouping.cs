using Ctas.Data;
using Ctas.Syntax;
using Ctas.Text;

namespace Ctas.Binding;

/// <content>GROUP BY, with sets of keys: GROUPING SETS, ROLLUP and CUBE.</content>
internal sealed partial class Binder
{
    // Each set is an aggregation of its own.
    private const int MaxGroupingSets = 256;

    private static bool IsOfGroups(BoundExpression expression) =>
        expression.Contains<BoundAggregate>() || expression.Contains<BoundGroupingCall>();

    /// <summary>Ordinals and aliases of the SELECT list, or expressions over FROM; several sets of them perhaps.</summary>
    private GroupingKeys BindGroupBy(
        SyntaxList<ExpressionSyntax> groupBy, IReadOnlyList<ResultColumn> columns, Scope scope)
    {
        BoundExpression Bind(ExpressionSyntax syntax)
        {
            BoundExpression key = syntax is NumberLiteralSyntax ordinal
                ? BindOrdinal(ordinal, columns, "GROUP BY")
                : BindExpression(syntax, scope, "GROUP BY");
            return WithoutAggregates(key, syntax);
        }

        if (!groupBy.Any(item => item is GroupingSetsSyntax or RowSyntax))
        {
            return new GroupingKeys([.. groupBy.Select(Bind)], Sets: null);
        }

        // Items side by side: every set of the one with every set of the other.
        List<IReadOnlyList<BoundExpression>> sets = [[]];
        foreach (ExpressionSyntax item in groupBy)
        {
            List<IReadOnlyList<BoundExpression>> further = SetsOf(item, Bind);
            if ((long)sets.Count * further.Count > MaxGroupingSets)
            {
                Report(BindingDiagnostics.TooManyGroupingSets(item.Span, MaxGroupingSets));
                return new GroupingKeys([new BoundError()], Sets: null);
            }

            sets = [.. sets.SelectMany(set => further.Select(more => (IReadOnlyList<BoundExpression>)[.. set, .. more]))];
        }

        return sets is [var only] ? new GroupingKeys(only, Sets: null) : GroupingKeys.OfSets(sets);
    }

    private List<IReadOnlyList<BoundExpression>> SetsOf(ExpressionSyntax item, Func<ExpressionSyntax, BoundExpression> bind)
    {
        if (item is not GroupingSetsSyntax sets) { return [KeysOf(item, bind)]; }

        if (sets.Kind == GroupingKind.Sets) { return [.. sets.Items.SelectMany(inner => SetsOf(inner, bind))]; }

        IReadOnlyList<BoundExpression>[] parts = [.. sets.Items.Select(inner => KeysOf(inner, bind))];
        if (sets.Kind == GroupingKind.Rollup)
        {
            return [.. Enumerable.Range(0, parts.Length + 1).Select(
                dropped => (IReadOnlyList<BoundExpression>)[.. parts[..^dropped].SelectMany(part => part)])];
        }

        if (parts.Length > 8)
        {
            Report(BindingDiagnostics.TooManyGroupingSets(item.Span, MaxGroupingSets));
            return [[new BoundError()]];
        }

        // All of them first, none of them last.
        return [.. Enumerable.Range(0, 1 << parts.Length).Select(without => (IReadOnlyList<BoundExpression>)
            [.. parts.Where((_, part) => (without >> part & 1) == 0).SelectMany(part => part)])];
    }

    private static IReadOnlyList<BoundExpression> KeysOf(
        ExpressionSyntax item, Func<ExpressionSyntax, BoundExpression> bind) =>
        item is RowSyntax row ? [.. row.Values.Select(bind)] : [bind(item)];

    private BoundExpression BindGrouping(FunctionCallSyntax call, Context context)
    {
        string name = call.Name.Text.ToUpperInvariant();
        if (context.Aggregate is not null) { return Report(BindingDiagnostics.AggregateNested(call.Span, name)); }

        if (!context.AllowsAggregates)
        {
            return Report(BindingDiagnostics.AggregateMisplaced(call.Span, name, context.Clause));
        }

        BoundExpression[] arguments = [.. call.Arguments.Select(argument => BindExpression(argument, context))];
        if (arguments.Any(argument => argument is BoundError)) { return new BoundError(); }

        return arguments.Length == 0
            ? Report(BindingDiagnostics.GroupingArgument(call.Span))
            : new BoundGroupingCall([.. arguments]);
    }

    /// <summary>Each set reads the rows anew, and all must see the same.</summary>
    private void RefuseDifferingRows(BoundRelation relation, GroupingRewriter grouping, TextSpan sets)
    {
        bool areSame = relation.IsDeterministic()
            && grouping.Keys.Concat(grouping.Aggregates).All(part => part.Expression.IsDeterministic());
        if (!areSame)
        {
            Report(BindingDiagnostics.NotSupportedYet(
                sets,
                "grouping values that differ each time by several sets of keys",
                "Make a table of them with CREATE TABLE … AS, and group that."));
        }
    }

    /// <summary>One aggregation, or one for each set of keys, whose other keys are NULL in its rows.</summary>
    private BoundRelation Grouped(BoundRelation relation, IReadOnlyList<int[]>? sets, GroupingRewriter grouping)
    {
        if (sets is null && grouping.Groupings.Count == 0)
        {
            return new BoundGrouping(relation, grouping.Keys, grouping.Aggregates);
        }

        ColumnSymbol[] columns =
        [
            .. grouping.Keys.Concat(grouping.Aggregates).Select(part => part.Column),
            .. grouping.Groupings.Select(known => known.Column),
        ];
        int[][] all = sets is null ? [[.. Enumerable.Range(0, grouping.Keys.Count)]] : [.. sets];
        return new BoundUnionAll(
            [.. all.Select(set => GroupedBySet(relation, set, grouping, columns))], columns, isOpen: false, openColumnType);
    }

    private static BoundProject GroupedBySet(
        BoundRelation relation, int[] set, GroupingRewriter grouping, ColumnSymbol[] columns)
    {
        static BoundProjection Renewed(BoundProjection part) =>
            part with { Column = new ColumnSymbol(part.Column.Name, part.Column.Type) };
        BoundProjection[] keys = [.. set.Select(ordinal => Renewed(grouping.Keys[ordinal]))];
        BoundProjection[] aggregates = [.. grouping.Aggregates.Select(Renewed)];
        IEnumerable<BoundExpression> values =
        [
            .. grouping.Keys.Select((key, ordinal) => Array.IndexOf(set, ordinal) is >= 0 and var place
                ? new BoundColumn(keys[place].Column)
                : (BoundExpression)new BoundConstant(null, key.Column.Type)),
            .. aggregates.Select(aggregate => new BoundColumn(aggregate.Column)),
            .. grouping.Groupings.Select(known => new BoundConstant(known.BitsWithout(set), DataType.Int)),
        ];
        return new BoundProject(
            new BoundGrouping(relation, keys, aggregates),
            columns.Zip(values, (column, value) => new BoundProjection(new ColumnSymbol(column.Name, column.Type), value)));
    }
}
