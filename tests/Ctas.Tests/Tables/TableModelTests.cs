using CsCheck;
using Ctas.Data;
using Ctas.Tables;

namespace Ctas.Tests.Tables;

/// <summary>Both builders against a plain dictionary, over random histories of every type.</summary>
public sealed class TableModelTests
{
    internal static readonly Gen<object?[]> AnyRow = Gen.OneOf(
        RowOf(0.1), RowOf(0.1), RowOf(0.9));

    private static readonly Gen<(int Weight, object?[] Row)[][]> AnyHistory =
        Gen.Select(Gen.Int[0, 4], AnyRow, (deletion, row) => (deletion == 0 ? -1 : 1, row)).Array[0, 60].Array[0, 6];

    [Theory]
    [InlineData(TableModel.Standard, 0)]
    [InlineData(TableModel.Standard, 1)]
    [InlineData(TableModel.Standard, 2)]
    [InlineData(TableModel.Standard, 3, 4)]
    [InlineData(TableModel.Standard, 5)]
    [InlineData(TableModel.Standard, 6)]
    [InlineData(TableModel.Standard, 0, 1)]
    [InlineData(TableModel.Standard, 7, 8, 9, 10, 0)]
    [InlineData(TableModel.Compact, 0)]
    [InlineData(TableModel.Compact, 1)]
    [InlineData(TableModel.Compact, 2)]
    [InlineData(TableModel.Compact, 3, 4)]
    [InlineData(TableModel.Compact, 5)]
    [InlineData(TableModel.Compact, 6)]
    [InlineData(TableModel.Compact, 0, 1)]
    [InlineData(TableModel.Compact, 7, 8, 9, 10, 0)]
    public void Append_RandomUpsertsAndDeletes_EqualsDictionary(TableModel model, params int[] key)
    {
        Schema schema = TestTable.AllTypes.WithKey(key);
        AnyHistory.Sample(history =>
        {
            var expected = new Dictionary<string, object?[]>();
            using var builder = TableBuilder.Create(model, "t", schema);
            foreach ((int Weight, object?[] Row)[] batch in history)
            {
                foreach ((int weight, object?[] row) in batch)
                {
                    string rowKey = TestTable.Text(key.Select(ordinal => row[ordinal]));
                    if (weight > 0) { expected[rowKey] = row; }
                    else { _ = expected.Remove(rowKey); }
                }

                builder.Append(Changes(schema, batch));
                builder.RowCount.Should().Be(expected.Count);
            }

            ITable table = builder.Complete();
            ShouldHold(table, expected.Values, schema);
            foreach ((_, object?[] row) in history.SelectMany(batch => batch))
            {
                bool isThere = expected.TryGetValue(TestTable.Text(key.Select(o => row[o])), out object?[]? wanted);
                table.TryGet(TestTable.Key(key.Select(o => row[o])), out Row found).Should().Be(isThere);
                if (isThere) { TestTable.Text(TestTable.Values(found)).Should().Be(TestTable.Text(wanted!)); }
            }
        }, iter: 60);
    }

    [Theory]
    [InlineData(TableModel.Standard)]
    [InlineData(TableModel.Compact)]
    public void Append_WithoutKey_KeepsEveryRow(TableModel model) => AnyRow.Array[0, 60].Array[0, 5].Sample(batches =>
    {
        using var builder = TableBuilder.Create(model, "t", TestTable.AllTypes);
        foreach (object?[][] batch in batches)
        {
            builder.Append(new ChangeBatch(TestTable.Batch(TestTable.AllTypes, batch)));
        }

        ShouldHold(builder.Complete(), batches.SelectMany(batch => batch), TestTable.AllTypes);
    }, iter: 60);

    [Theory]
    [InlineData(TableModel.Standard)]
    [InlineData(TableModel.Compact)]
    public void Append_WithSelection_TakesSelectedRowsOnly(TableModel model)
    {
        var schema = new Schema([new Field("id", DataType.Int)], 0);
        Batch rows = TestTable.Batch(schema, [[1], [2], [3], [2]]);
        using var builder = TableBuilder.Create(model, "t", schema);
        builder.Append(new ChangeBatch(rows, Selection: new[] { 1, 2, 3 }, Weights: [1, 1, 1, -1]));

        TestTable.ScanText(builder.Complete()).Should().Equal("3");
    }

    [Theory]
    [InlineData(TableModel.Standard, 1, 0)]
    [InlineData(TableModel.Standard, 2, 1)]
    [InlineData(TableModel.Standard, 1, 0, 1, 2, 3, 4)]
    [InlineData(TableModel.Standard, 3, 0, 1, 2, 3, 4)]
    [InlineData(TableModel.Compact, 1, 0)]
    [InlineData(TableModel.Compact, 2, 0)]
    [InlineData(TableModel.Compact, 2, 4, 3, 2, 1, 0)]
    public void Append_KeysKnownToBeDifferent_FindsEachRow(TableModel model, int maxThreads, params int[] key)
    {
        const int rows = 150_000;
        var schema = new Schema(
        [
            new Field("name", DataType.Varchar), new Field("id", DataType.Int), new Field("group", DataType.Varchar),
            new Field("ratio", DataType.Double), new Field("big", DataType.BigInt),
        ]).WithKey(key);
        using var builder = TableBuilder.Create(model, "t", schema, hasUniqueKeys: true);
        builder.MaxThreads = maxThreads;
        foreach (int[] ids in Enumerable.Range(0, rows).Chunk(40_000))
        {
            builder.Append(new ChangeBatch(TestTable.Batch(schema, [.. ids.Select(Different)])));
        }

        ITable table = builder.Complete();
        table.RowCount.Should().Be(rows);
        for (int id = 0; id < rows; id += 11)
        {
            object?[] wanted = Different(id);
            table.TryGet(TestTable.Key(key.Select(ordinal => wanted[ordinal])), out Row found).Should().BeTrue();
            TestTable.Values(found).Should().Equal(wanted);
        }

        object?[] missing = Different(rows);
        table.TryGet(TestTable.Key(key.Select(ordinal => missing[ordinal])), out _).Should().BeFalse();
    }

    private static object?[] Different(int id) =>
        [id == 33 ? null : $"name {id}", id, id % 5 == 0 ? null : $"group {id % 9}", id / 8.0, id % 7 == 0 ? null : (long)id];

    private static Gen<object?[]> RowOf(double nullShare)
    {
        Gen<object?>[] values =
        [
            Gen.OneOf(Gen.Int[0, 30].Select(n => "k" + n), Gen.Const(""), Gen.Const("größer 🙂"),
                Gen.Const(new string('x', 1000))).Select(v => (object?)v),
            Gen.OneOf(Gen.Int[-5, 20], Gen.Int).Select(v => (object?)v),
            Gen.OneOf(Gen.Long[-5, 20], Gen.Long).Select(v => (object?)v),
            Gen.Bool.Select(v => (object?)v),
            Gen.OneOf(Gen.Int[0, 50].Select(n => n / 100.0), Gen.Double, Gen.Const(double.NegativeInfinity))
                .Where(number => !double.IsNaN(number)).Select(v => (object?)(v == 0 ? 0.0 : v)),
            Gen.OneOf(Gen.Int[0, 50].Select(n => n / 100m), Gen.Long.Select(n => (decimal)n * 1_000_000m))
                .Select(v => (object?)decimal.Add(v, 0.00m)),
            Gen.Byte.Array[0, 3].Select(v => (object?)v),
            Gen.Int[0, 40].Select(n => (object?)new DateOnly(1960, 1, 1).AddDays(n * 400)),
            Gen.Int[0, 40].Select(n => (object?)new TimeOnly(n * 12_345_670L)),
            Gen.Int[0, 40].Select(n => (object?)new DateTime(1969, 1, 1, 0, 0, 0, DateTimeKind.Utc).AddHours(n * 999)),
            Gen.Int[-20, 20].Select(n => (object?)new Interval(n, -n, n * 1_000_000_000_000L)),
        ];
        Gen<object?>[] nullable = [.. values.Select(value =>
            Gen.Select(Gen.Double.Unit, value, (dice, some) => dice < nullShare ? null : some))];
        return nullable.Aggregate(
            Gen.Const(Array.Empty<object?>()),
            (row, value) => Gen.Select(row, value, (some, next) => (object?[])[.. some, next]));
    }

    private static ChangeBatch Changes(Schema schema, (int Weight, object?[] Row)[] batch)
    {
        bool isInterned = batch.Length % 2 == 0;
        Batch rows = TestTable.Batch(schema, [.. batch.Select(change => change.Row)], isInterned);
        return batch.All(change => change.Weight > 0)
            ? new ChangeBatch(rows)
            : new ChangeBatch(rows, Selection: null, [.. batch.Select(change => change.Weight)]);
    }

    private static void ShouldHold(ITable table, IEnumerable<object?[]> rows, Schema schema)
    {
        string[] expected = [.. rows.Select(TestTable.Text).Order(StringComparer.Ordinal)];
        table.RowCount.Should().Be(expected.Length);
        table.Schema.Should().Be(schema);
        TestTable.ScanText(table).Should().Equal(expected);
        table.Rows.Select(row => TestTable.Text(TestTable.Values(row))).Order(StringComparer.Ordinal)
            .Should().Equal(expected);
    }
}
