using CsCheck;
using Ctas.Data;
using Ctas.Planning;

namespace Ctas.Tests.Execution;

/// <summary>The aggregates that only ksqlDB knows, against the plainest code that says what they mean.</summary>
public sealed class KsqlAggregateModelTests
{
    private static readonly Gen<(int Group, int? Value)[]> Rows =
        Gen.Select(Gen.Int[0, 3], Gen.Int[-3, 6].Select(value => value == -3 ? (int?)null : value)).Array[0, 60];

    [Fact]
    public void EarliestByOffset_OfRandomRows_IsTheFirstValue() =>
        Compare("EARLIEST_BY_OFFSET", [], values => values.OfType<int>().Select(v => (object?)v).FirstOrDefault());

    [Fact]
    public void EarliestByOffset_TakingNulls_IsTheFirstRow() =>
        Compare("EARLIEST_BY_OFFSET", [False()], values => values[0]);

    [Fact]
    public void LatestByOffset_OfRandomRows_IsTheLastValue() =>
        Compare("LATEST_BY_OFFSET", [], values => values.OfType<int>().Select(v => (object?)v).LastOrDefault());

    [Fact]
    public void LatestByOffset_TakingNulls_IsTheLastRow() =>
        Compare("LATEST_BY_OFFSET", [False()], values => values[^1]);

    [Fact]
    public void EarliestByOffset_OfSeveral_AreTheFirstValuesAsTheyCame() =>
        CompareLists("EARLIEST_BY_OFFSET", [Count(3)], values => values.Where(v => v is not null).Take(3), emptyIsNull: true);

    [Fact]
    public void LatestByOffset_OfSeveral_AreTheLastValuesAsTheyCame() =>
        CompareLists("LATEST_BY_OFFSET", [Count(3)], values => values.Where(v => v is not null).TakeLast(3), emptyIsNull: true);

    [Fact]
    public void LatestByOffset_OfSeveralTakingNulls_AreTheLastRows() =>
        CompareLists("LATEST_BY_OFFSET", [Count(2), False()], values => values.TakeLast(2), emptyIsNull: true);

    [Fact]
    public void TopK_OfRandomRows_AreTheGreatestValues() =>
        CompareLists(
            "TOPK", [Count(3)], values => values.Where(v => v is not null).OrderDescending().Take(3), emptyIsNull: false);

    [Fact]
    public void TopKDistinct_OfRandomRows_AreTheGreatestDifferentValues() =>
        CompareLists(
            "TOPK", [Count(3)], values => values.Where(v => v is not null).Distinct().OrderDescending().Take(3),
            emptyIsNull: false, isDistinct: true);

    [Fact]
    public void CollectSet_OfRandomRows_AreTheDifferentValuesAsTheyCame() =>
        CompareLists("ARRAY_AGG", [], values => values.Distinct(), emptyIsNull: true, isDistinct: true);

    [Fact]
    public void Histogram_OfRandomRows_CountsEachValue() => Rows.Sample(rows =>
    {
        TestTable table = Table(rows);
        var text = new CastExpression(table.Column("v"), DataType.Varchar, IsTry: false);
        DataType type = DataType.Map(DataType.Varchar, DataType.BigInt);

        var actual = Run(table, new AggregateCall("HISTOGRAM", [text], type)).Select(value => value is IDictionary<object, object?> map
            ? string.Join(' ', map.Select(entry => $"{entry.Key}:{entry.Value}"))
            : null);

        actual.Should().Equal(Groups(rows).Select(values => values.Any(v => v is not null)
            ? string.Join(' ', values.OfType<int>().GroupBy(v => $"{v}").OrderBy(g => g.Key, StringComparer.Ordinal)
                .Select(g => $"{g.Key}:{g.Count()}"))
            : null));
    });

    [Theory]
    [InlineData(100)]
    [InlineData(128)]
    [InlineData(129)]
    [InlineData(1_000)]
    [InlineData(20_000)]
    [InlineData(300_000)]
    public void ApproxCountDistinct_OfManyValues_IsWithinThreeStandardErrors(int distinct)
    {
        var table = new TestTable("t", ("v", DataType.BigInt)) { BatchRows = 10_000 };
        for (int round = 0; round < 2; round++)
        {
            for (long value = 0; value < distinct; value++) { table.Add(value * 1_000_003); }
        }

        AggregateCall call = Sql.Aggregate("APPROX_COUNT_DISTINCT", table.Column("v"), DataType.BigInt);
        long estimate = (long)TestScans.Run(table.Scan.GroupBy([], call), table)[0][0]!;

        double allowed = distinct <= 128 ? 0 : distinct * 3 * 0.01625;
        estimate.Should().BeInRange((long)(distinct - allowed), (long)Math.Ceiling(distinct + allowed));
    }

    private static ConstantExpression Count(int count) => new(count, DataType.Int);

    private static ConstantExpression False() => new(false, DataType.Boolean);

    private static void Compare(
        string function, ConstantExpression[] options, Func<List<int?>, object?> model) => Rows.Sample(rows =>
    {
        TestTable table = Table(rows);
        var call = new AggregateCall(function, [table.Column("v")], DataType.Int) { Options = options };

        Run(table, call).Should().Equal(Groups(rows).Select(model));
    });

    private static void CompareLists(
        string function, ConstantExpression[] options, Func<List<int?>, IEnumerable<int?>> model, bool emptyIsNull,
        bool isDistinct = false) => Rows.Sample(rows =>
    {
        TestTable table = Table(rows);
        var call = new AggregateCall(function, [table.Column("v")], DataType.Array(DataType.Int))
        {
            Options = options,
            IsDistinct = isDistinct,
        };

        IEnumerable<string?> actual = Run(table, call).Select(value => value is object?[] items ? Text(items) : null);
        actual.Should().Equal(Groups(rows).Select(values =>
        {
            object?[] items = [.. model(values).Select(value => (object?)value)];
            return items.Length == 0 && emptyIsNull ? null : Text(items);
        }));
    });

    private static string Text(IEnumerable<object?> items) =>
        string.Join(',', items.Select(item => item?.ToString() ?? "NULL"));

    private static IEnumerable<object?> Run(TestTable table, AggregateCall call) =>
        TestScans.Run(table.Scan.GroupBy([table.Column("g")], call), table).Select(row => row[1]);

    private static IEnumerable<List<int?>> Groups((int Group, int? Value)[] rows) =>
        rows.GroupBy(row => row.Group, row => row.Value).Select(group => group.ToList());

    private static TestTable Table((int Group, int? Value)[] rows)
    {
        var table = new TestTable("t", ("g", DataType.Int), ("v", DataType.Int)) { BatchRows = 7 };
        foreach ((int group, int? value) in rows) { table.Add(group, (object?)value); }

        return table;
    }
}
