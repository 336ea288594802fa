using Ctas.Data;
using Ctas.Tables;

namespace Ctas.Tests.Tables;

public sealed class TableBuilderTests
{
    private static readonly Schema Users = new([new Field("id", DataType.Int), new Field("name", DataType.Varchar)], 0);

    public static TheoryData<TableModel> Models => [TableModel.Standard, TableModel.Compact];

    [Theory]
    [MemberData(nameof(Models))]
    public void Append_NullUnderPrimaryKey_NamesColumnAndRow(TableModel model)
    {
        using var builder = TableBuilder.Create(model, "users", Users, NullKeyRule.Refuse);
        builder.Append(new ChangeBatch(TestTable.Batch(Users, [[1, "a"]])));

        builder.Invoking(b => b.Append(new ChangeBatch(TestTable.Batch(Users, [[2, "b"], [null, "c"]]))))
            .Should().Throw<TableDataException>()
            .WithMessage("NULL in key column \"id\" of table \"users\" at row 2")
            .Where(e => e.Table == "users" && e.Column == "id");
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Append_RetractionWithoutKey_IsRefused(TableModel model)
    {
        using var builder = TableBuilder.Create(model, "log", Users.WithKey());

        builder.Invoking(b => b.Append(new ChangeBatch(TestTable.Batch(Users, [[1, "a"]]), null, [-1])))
            .Should().Throw<TableDataException>().WithMessage("*\"log\" has no key*");
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Append_OtherColumns_IsRefused(TableModel model)
    {
        using var builder = TableBuilder.Create(model, "users", Users);
        var other = new Schema([new Field("id", DataType.BigInt), new Field("name", DataType.Varchar)]);

        builder.Invoking(b => b.Append(new ChangeBatch(TestTable.Batch(other, [[1L, "a"]]))))
            .Should().Throw<ArgumentException>().WithMessage("*id INT KEY, name VARCHAR*BIGINT, VARCHAR*");
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Complete_Empty_GivesEmptyTable(TableModel model)
    {
        using var builder = TableBuilder.Create(model, "users", Users);
        ITable table = builder.Complete();

        table.RowCount.Should().Be(0);
        table.Scan().Should().BeEmpty();
        table.TryGet(1, out _).Should().BeFalse();
    }

    [Theory]
    [InlineData(TableModel.Standard, false)]
    [InlineData(TableModel.Compact, false)]
    [InlineData(TableModel.Compact, true)]
    public void Append_ManySegments_KeepsEveryRow(TableModel model, bool hasUpdates)
    {
        const int rowCount = 150_000;
        var schema = new Schema(
            [
                new Field("id", DataType.Varchar), new Field("n", DataType.Int), new Field("twelve", DataType.Varchar),
                new Field("sometimes", DataType.BigInt), new Field("unique", DataType.Varchar),
            ], 0);
        object?[] RowOf(int n, int round) =>
            [$"key-{n:x8}", n * round, "status" + (n % 12), n % 7 == 0 ? null : (long)n * n, $"u{n}.{round}"];
        using var builder = TableBuilder.Create(model, "t", schema);
        for (int round = 1; round <= (hasUpdates ? 2 : 1); round++)
        {
            int rowsOfRound = round == 1 ? rowCount : rowCount / 2;
            foreach (int[] numbers in Enumerable.Range(0, rowsOfRound).Chunk(3_333))
            {
                builder.Append(new ChangeBatch(TestTable.Batch(schema, [.. numbers.Select(n => RowOf(n, round))])));
            }
        }

        ITable table = builder.Complete();
        table.RowCount.Should().Be(rowCount);
        int RoundOf(int n) => hasUpdates && n < rowCount / 2 ? 2 : 1;
        for (int n = 0; n < rowCount; n += 171)
        {
            table.TryGet($"key-{n:x8}", out Row row).Should().BeTrue();
            TestTable.Values(row).Should().Equal(RowOf(n, RoundOf(n)));
        }

        table.Scan().Sum(batch => (long)batch.RowCount).Should().Be(rowCount);
        TestTable.ScanText(table).SequenceEqual(Enumerable.Range(0, rowCount)
            .Select(n => TestTable.Text(RowOf(n, RoundOf(n)))).Order(StringComparer.Ordinal)).Should().BeTrue();
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void SizeInBytes_GrowsWithTheRowsAndEndsNearTheTables(TableModel model)
    {
        using var builder = TableBuilder.Create(model, "t", Users);
        long last = 0;
        for (int round = 0; round < 5; round++)
        {
            object?[][] rows = [.. Enumerable.Range(round * 20_000, 20_000).Select(n => (object?[])[n, "name" + n])];
            builder.Append(new ChangeBatch(TestTable.Batch(Users, rows)));


            // Encoded rows take less than open ones: a compact table shrinks whenever a segment is full.
            long expected = model == TableModel.Compact ? round * 20_000 * 2 : last;
            builder.SizeInBytes.Should().BeGreaterThan(expected);
            last = builder.SizeInBytes;
        }

        TableMemory memory = builder.Complete().Memory;
        memory.Total.Should().BeLessThanOrEqualTo(last).And.BeGreaterThan(100_000 * (model == TableModel.Compact ? 2 : 10));
    }

    [Fact]
    public void Complete_ConstantSequentialAndRareValues_CostAlmostNothing()
    {
        var schema = new Schema(
            [
                new Field("sequence", DataType.BigInt), new Field("constant", DataType.Double),
                new Field("flag", DataType.Boolean), new Field("cents", DataType.Double),
                new Field("city", DataType.Varchar),
            ]);
        object?[][] rows = [.. Enumerable.Range(0, 65_536).Select(n =>
            (object?[])[5_000_000_000L + n, 0.25, n % 3 == 0, n % 1000 / 100.0, "city" + (n % 4)])];
        ITable table = TestTable.Create(TableModel.Compact, schema, rows);

        // 0 + 0 + 1 + 10 + 2 bits a row, and a few hundred bytes of objects.
        table.Memory.Columns.Should().BeLessThan((65_536 * 13 / 8) + 1024);
        TestTable.ScanText(table).SequenceEqual(rows.Select(TestTable.Text).Order(StringComparer.Ordinal))
            .Should().BeTrue();
    }
}
