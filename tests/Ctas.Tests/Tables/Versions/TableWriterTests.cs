using CsCheck;
using Ctas.Data;
using Ctas.Tables;
using Ctas.Tables.Versions;

namespace Ctas.Tests.Tables.Versions;

/// <summary>Tables that are kept fresh against a plain dictionary: every version, while all others are held.</summary>
public sealed class TableWriterTests
{
    private static readonly Gen<(int Weight, object?[] Row)[][]> AnyHistory =
        Gen.Select(Gen.Int[0, 3], TableModelTests.AnyRow, (deletion, row) => (deletion == 0 ? -1 : 1, row)).Array[0, 40].Array[0, 8];

    // So that few rows make many segments and many merges.
    private static readonly WriterOptions SmallSegments = new() { OpenRows = 8, MergesBesideWriter = false };

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
    public void Apply_RandomChanges_EveryVersionEqualsDictionary(TableModel model, params int[] key)
    {
        Schema schema = TestTable.AllTypes.WithKey(key);
        Gen.Select(AnyHistory, Gen.Bool.Array[8]).Sample((history, publishes) =>
        {
            var table = new WriterModel(model, schema, [.. history.Take(1).SelectMany(batch => batch).Select(change => change.Row)], SmallSegments);
            int batch = 0;
            foreach ((int Weight, object?[] Row)[] changes in history.Skip(1))
            {
                table.Apply(changes);
                if (publishes[batch++]) { table.Publish(); }
            }

            table.Publish();
            table.CheckVersions([.. history.SelectMany(changes => changes).Select(change => change.Row)]);
        }, iter: 60);
    }

    [Theory]
    [InlineData(TableModel.Standard)]
    [InlineData(TableModel.Compact)]
    public void Publish_ThousandsOfChanges_OldVersionsStay(TableModel model)
    {
        var schema = new Schema([new Field("id", DataType.Varchar), new Field("n", DataType.BigInt), new Field("note", DataType.Varchar)], 0);
        var random = new Random(11);
        var table = new WriterModel(model, schema, [.. Enumerable.Range(0, 5_000).Select(RowOf)], new WriterOptions { OpenRows = 256 });
        for (int tick = 0; tick < 40; tick++)
        {
            table.Apply([.. Enumerable.Range(0, 500).Select(_ => (random.Next(4) == 0 ? -1 : 1, RowOf(random.Next(8_000))))]);
            table.Publish();
        }

        table.CheckVersions([.. Enumerable.Range(0, 8_000).Select(RowOf)]);

        object?[] RowOf(int id) => [$"key{id}", (long)random.Next(), random.Next(3) == 0 ? null : $"note{random.Next(id + 1)}"];
    }

    [Theory]
    [InlineData(TableModel.Standard)]
    [InlineData(TableModel.Compact)]
    public void Apply_RetractionByRow_LeavesANewerRowOfTheKey(TableModel model)
    {
        var schema = new Schema([new Field("id", DataType.Int), new Field("n", DataType.Int)], 0);
        TableWriter writer = TableWriter.Create(model, "t", schema, new WriterOptions { Retractions = RetractionRule.ByRow });
        writer.Apply(Changes(schema, (1, [1, 10])));
        writer.Apply(Changes(schema, (1, [1, 11]), (-1, [1, 10])));
        TestTable.ScanText(writer.Publish()).Should().Equal("1|11");

        writer.Apply(Changes(schema, (-1, [1, 11])));
        TestTable.ScanText(writer.Publish()).Should().BeEmpty();
    }

    [Theory]
    [InlineData(TableModel.Standard)]
    [InlineData(TableModel.Compact)]
    public void Apply_WithoutKey_RetractsOneEqualRow(TableModel model)
    {
        var schema = new Schema([new Field("name", DataType.Varchar), new Field("n", DataType.Int)]);
        TableWriter writer = TableWriter.Create(model, "t", schema);
        var effective = new List<string>();
        writer.Apply(Changes(schema, (2, ["a", 1]), (1, ["b", null]), (1, ["a", 2])));
        ITable before = writer.Publish();
        writer.Apply(Changes(schema, (-1, ["a", 1]), (-1, ["b", null]), (-1, ["c", 3])), changes =>
            effective.AddRange(Enumerable.Range(0, changes.Rows.RowCount).Select(row =>
                $"{changes.Weights![row]} {TestTable.Text(TestTable.Values(changes.Rows.GetRow(row)))}")));

        TestTable.ScanText(writer.Publish()).Should().Equal("'a'|1", "'a'|2");
        TestTable.ScanText(before).Should().Equal("'a'|1", "'a'|1", "'a'|2", "'b'|NULL");
        effective.Should().Equal("-1 'a'|1", "-1 'b'|NULL");
    }

    [Theory]
    [InlineData(TableModel.Standard)]
    [InlineData(TableModel.Compact)]
    public void Apply_NothingNew_PublishesTheSameVersion(TableModel model)
    {
        var schema = new Schema([new Field("id", DataType.Int), new Field("n", DataType.Int)], 0);
        TableWriter writer = TableWriter.Create(model, "t", schema);
        writer.Apply(Changes(schema, (1, [1, 10])));
        ITable version = writer.Publish();
        writer.Apply(Changes(schema, (1, [1, 10]), (-1, [2, 0])), changes => Assert.Fail("nothing changed"));

        writer.Publish().Should().BeSameAs(version);
    }

    [Theory]
    [InlineData(TableModel.Standard)]
    [InlineData(TableModel.Compact)]
    public void Apply_RowsThatAreThere_ShowsNothingHoweverTheirStringsAreKept(TableModel model)
    {
        // More strings than are kept in common for so few rows; for the rows that are there then, more are.
        var schema = new Schema([new Field("id", DataType.Int), new Field("note", DataType.Varchar)], 0);
        (int, object?[])[] rows = [.. Enumerable.Range(0, 3000).Select(id => (1, new object?[] { id, $"note {id}" }))];
        TableWriter writer = TableWriter.Create(model, "t", schema);
        writer.Apply(Changes(schema, rows));
        ITable version = writer.Publish();

        writer.Apply(Changes(schema, rows), changes => Assert.Fail($"{changes.Count} changes"));

        writer.Publish().Should().BeSameAs(version);
    }

    [Theory]
    [InlineData(TableModel.Standard)]
    [InlineData(TableModel.Compact)]
    public void Continue_SecondWriterOfATable_IsRefused(TableModel model)
    {
        ITable table = TestTable.Create(model, TestTable.AllTypes.WithKey(0));
        _ = TableWriter.Continue(table);

        FluentActions.Invoking(() => TableWriter.Continue(table)).Should().Throw<InvalidOperationException>();
    }

    [Theory]
    [InlineData(TableModel.Standard)]
    [InlineData(TableModel.Compact)]
    public void Apply_NullKeyRefused_AppliesNothing(TableModel model)
    {
        var schema = new Schema([new Field("id", DataType.Int)], 0);
        TableWriter writer = TableWriter.Create(model, "t", schema, new WriterOptions { NullKeys = NullKeyRule.Refuse });

        FluentActions.Invoking(() => writer.Apply(Changes(schema, (1, [1]), (1, [null])))).Should().Throw<TableDataException>();
        writer.RowCount.Should().Be(0);
    }

    private static ChangeBatch Changes(Schema schema, params (int Weight, object?[] Row)[] changes) => new(
        TestTable.Batch(schema, [.. changes.Select(change => change.Row)]),
        Selection: null,
        [.. changes.Select(change => change.Weight)]);
}
