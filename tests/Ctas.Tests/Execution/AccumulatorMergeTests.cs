using Ctas.Binding.Functions;
using Ctas.Data;
using Ctas.Execution;
using Ctas.Execution.State;
using Ctas.Planning;
using Ctas.Tests.Planning;

namespace Ctas.Tests.Execution;

/// <summary>
/// Aggregating parts of the input apart and merging them in order gives what aggregating all of it at once gives.
/// </summary>
public sealed class AccumulatorMergeTests
{
    private static readonly string[] Calls =
    [
        "COUNT(*)", "COUNT(status)", "COUNT_IF(paid)", "COUNT(DISTINCT status)", "APPROX_COUNT_DISTINCT(order_id)",
        "SUM(order_id)", "SUM(amount)", "SUM(weight)", "SUM(DISTINCT amount)", "AVG(order_id)", "AVG(amount)", "AVG(weight)",
        "SUM(at - TIMESTAMP '2024-01-01 00:00:00')", "AVG(at - TIMESTAMP '2024-01-01 00:00:00')", "PRODUCT(weight)",
        "MIN(status)", "MAX(status)", "MIN(amount)", "MAX(weight)", "MIN(at)", "MAX(paid)", "BOOL_AND(paid)", "BOOL_OR(paid)",
        "BIT_AND(order_id)", "BIT_OR(user_id)", "BIT_XOR(order_id)", "STDDEV(weight)", "STDDEV_POP(order_id)", "VARIANCE(amount)",
        "VAR_POP(weight)", "COVAR_POP(weight, amount)", "COVAR_SAMP(weight, order_id)", "CORR(weight, order_id)",
        "REGR_SLOPE(weight, order_id)", "REGR_INTERCEPT(weight, order_id)", "REGR_R2(weight, order_id)",
        "REGR_COUNT(weight, order_id)", "REGR_AVGX(weight, order_id)", "REGR_AVGY(weight, order_id)",
        "REGR_SXX(weight, order_id)", "REGR_SYY(weight, order_id)", "REGR_SXY(weight, order_id)", "MEDIAN(weight)",
        "PERCENTILE_CONT(weight, 0.3)", "PERCENTILE_DISC(status, 0.4)", "PERCENTILE_DISC(0.4) WITHIN GROUP (ORDER BY at DESC)",
        "MODE(status)", "HISTOGRAM(status)", "FIRST(status)", "LAST(amount)", "ANY_VALUE(weight)", "FIRST(order_id ORDER BY weight)",
        "EARLIEST_BY_OFFSET(status)", "LATEST_BY_OFFSET(paid)", "EARLIEST_BY_OFFSET(amount, 3)", "LATEST_BY_OFFSET(status, 2, FALSE)",
        "ARG_MIN(status, weight)", "ARG_MAX(order_id, status)", "ARRAY_AGG(status)", "ARRAY_AGG(order_id ORDER BY weight DESC)",
        "COLLECT_SET(status)", "TOPK(weight, 3)", "TOPK(amount, status, 2)", "TOPKDISTINCT(status, 2)", "STRING_AGG(status, '+')",
        "STRING_AGG(DISTINCT status, ',' ORDER BY status DESC)",
    ];

    public static TheoryData<string> AllCalls => [.. Calls];

    [Theory]
    [MemberData(nameof(AllCalls))]
    public void Merge_OfPartsInOrder_GivesTheResultOfTheWhole(string sql)
    {
        for (int seed = 0; seed < 12; seed++)
        {
            var random = new Random(seed);
            (AggregateCall call, Schema input) = CallOf(sql);
            int rowCount = seed < 3 ? seed * 3 : random.Next(1, 600);
            int groupCount = 1 + random.Next(5);
            Column[] columns = Evaluated(call, input, random, rowCount);
            int[] groups = [.. Enumerable.Range(0, rowCount).Select(_ => random.Next(groupCount))];

            Accumulator whole = AccumulatorFactory.Create(call, input);
            whole.Add(columns, groups, groupCount);
            Accumulator merged = Merged(call, input, columns, groups, groupCount, random);

            ValuesOf(merged.Finish(groupCount)).Should().BeEquivalentTo(
                ValuesOf(whole.Finish(groupCount)),
                options => options.WithStrictOrdering()
                    .Using<double>(context => context.Subject.Should().Match(value => AreClose(value, context.Expectation)))
                    .WhenTypeIs<double>(),
                "of seed {0}", seed);
        }
    }

    [Fact]
    public void Calls_Merged_AreOfEveryAggregateThereIs() =>
        FunctionCatalog.All.Where(function => function.Kind == FunctionKind.Aggregate)
            .Where(function => !function.Aliases.Prepend(function.Name).Any(
                name => Calls.Any(call => call.StartsWith(name + "(", StringComparison.Ordinal))))
            .Select(function => function.Name).Should().BeEquivalentTo(["COUNT_DISTINCT"], "it is COUNT(DISTINCT …)");

    private static Accumulator Merged(
        AggregateCall call, Schema input, Column[] columns, int[] groups, int groupCount, Random random)
    {
        Accumulator merged = AccumulatorFactory.Create(call, input);
        for (int start = 0; start < groups.Length;)
        {
            int end = Math.Min(groups.Length, start + 1 + random.Next(200));
            int[] rows = [.. Enumerable.Range(start, end - start)];

            // The part numbers its own groups, in the order in which they come.
            int[] mapping = [.. rows.Select(row => groups[row]).Distinct()];
            int[] own = [.. rows.Select(row => Array.IndexOf(mapping, groups[row]))];
            Accumulator part = AccumulatorFactory.Create(call, input);
            Column[] gathered = [.. columns.Select(column => column.Gather(rows))];
            part.Add(gathered, own, mapping.Length);
            merged.Merge(part, mapping, groupCount);
            start = end;
        }

        return merged;
    }

    private static (AggregateCall Call, Schema Input) CallOf(string sql)
    {
        LogicalPlan plan = Scripts.PlanSound($"CREATE TABLE t AS SELECT {sql} AS x FROM orders").Tables[0].Preview!.Plan;
        while (plan is not LogicalAggregate) { plan = plan.Children[0]; }

        var aggregate = (LogicalAggregate)plan;
        return (aggregate.Aggregates[0], aggregate.Input.Schema);
    }

    private static Column[] Evaluated(AggregateCall call, Schema input, Random random, int rowCount)
    {
        Column[] columns = [.. input.Fields.Select(field => RandomColumn(field.Type, random, rowCount))];
        ScalarExpression[] inputs = [.. AccumulatorFactory.Inputs(call)];
        if (inputs.Length == 0) { return []; }

        var evaluator = new Evaluator(inputs, input, new RowErrorLog(RowErrorPolicy.Fail));
        return evaluator.Evaluate(new ChangeBatch(new Batch(columns, rowCount))).Columns.Columns.ToArray();
    }

    private static Column RandomColumn(DataType type, Random random, int rowCount)
    {
        ColumnBuilder builder = ColumnBuilder.Create(type);
        for (int row = 0; row < rowCount; row++)
        {
            if (random.Next(6) == 0)
            {
                builder.AppendNull();
                continue;
            }

            switch (builder)
            {
                case FixedColumnBuilder<bool> booleans: booleans.Append(random.Next(2) == 0); break;
                case FixedColumnBuilder<long> longs: longs.Append(random.Next(-40, 400)); break;
                case FixedColumnBuilder<double> doubles: doubles.Append(random.Next(-8, 8) / 4.0); break;
                case FixedColumnBuilder<Int128> decimals: decimals.Append(random.Next(-1000, 1000)); break;
                case StringColumnBuilder strings: strings.Append("s" + random.Next(7)); break;
                default: throw new NotSupportedException(type.ToString());
            }
        }

        return builder.Finish();
    }

    private static object?[] ValuesOf(Column column) =>
        [.. Enumerable.Range(0, column.Length).Select(column.GetValue)];

    private static bool AreClose(double left, double right) =>
        left.Equals(right) || Math.Abs(left - right) <= 1e-9 * Math.Max(1, Math.Abs(right));
}
