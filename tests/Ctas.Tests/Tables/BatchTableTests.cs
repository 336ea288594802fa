using Ctas.Data;
using Ctas.Tables;

namespace Ctas.Tests.Tables;

/// <summary>Standard tables whose rows come finished: kept in columns until they are looked up.</summary>
public sealed class BatchTableTests
{
    private static readonly Schema Cities = new(
        [new Field("city", DataType.Varchar), new Field("n", DataType.BigInt), new Field("note", DataType.Varchar)], 0);

    [Fact]
    public void TryGet_RowsWithUniqueKeys_FindsWhatScansGive()
    {
        ITable table = Create(Cities, Enumerable.Range(0, 40_000).Chunk(900));
        IReadOnlyList<string> before = TestTable.ScanText(table);

        for (int n = 0; n < 40_000; n += 137)
        {
            table.TryGet($"city{n}", out Row row).Should().BeTrue();
            TestTable.Values(row).Should().Equal(RowOf(n));
        }

        table.TryGet("nowhere", out _).Should().BeFalse();
        TestTable.ScanText(table).Should().Equal(before);
    }

    [Fact]
    public void TryGet_FromManyThreadsAtOnce_FindsEveryRow()
    {
        ITable table = Create(Cities, Enumerable.Range(0, 20_000).Chunk(5_000));
        int found = 0;
        Parallel.For(0, 20_000, n =>
        {
            if (table.TryGet($"city{n}", out Row row) && row.Get<long>(1) == n) { Interlocked.Increment(ref found); }
        });

        found.Should().Be(20_000);
        table.Rows.Count().Should().Be(20_000);
    }

    [Fact]
    public void Rows_WithoutKey_AreGivenInOrder()
    {
        ITable table = Create(Cities.WithKey(), Enumerable.Range(0, 70_000).Chunk(23_333));

        table.Rows.Select(row => row.Get<long>(1)).Should().Equal(Enumerable.Range(0, 70_000).Select(n => (long)n));
        table.Memory.Columns.Should().BeGreaterThan(70_000 * 16);
    }

    [Fact]
    public void Complete_OnePoolForAllRows_IsSharedNotCopied()
    {
        StringPool pool = PoolOf(5_000);
        ITable table = OfCodes(pool, [.. Enumerable.Range(0, 5_000)]);

        ((StringColumn)table.Scan().Single()[0]).Pool.Should().BeSameAs(pool);
    }

    [Fact]
    public void Complete_FewStringsOfALargePool_DoesNotKeepThePool()
    {
        StringPool pool = PoolOf(100_000);
        ITable table = OfCodes(pool, [7, 99_999, 7]);

        table.Memory.Total.Should().BeLessThan(10_000);
        table.Rows.Select(row => row[0]).Should().Equal("text7", "text99999", "text7");
    }

    [Fact]
    public void Append_SecondPool_MovesAllStringsToOneOfTheTable()
    {
        var schema = new Schema([new Field("text", DataType.Varchar)]);
        using var builder = TableBuilder.Create(TableModel.Standard, "t", schema);
        builder.Append(new ChangeBatch(TestTable.Batch(schema, [["b"], [null], ["a"]])));
        builder.Append(new ChangeBatch(TestTable.Batch(schema, [["a"], ["c"]], isInterned: false)));
        ITable table = builder.Complete();

        table.Scan().Select(batch => ((StringColumn)batch[0]).Pool).Distinct().Should().ContainSingle();
        table.Rows.Select(row => (string?)row[0]).Should().Equal((string?[])["b", null, "a", "a", "c"]);
    }

    private static ITable Create(Schema schema, IEnumerable<int[]> chunks)
    {
        using var builder = TableBuilder.Create(TableModel.Standard, "t", schema, hasUniqueKeys: true);
        foreach (int[] numbers in chunks)
        {
            builder.Append(new ChangeBatch(TestTable.Batch(schema, [.. numbers.Select(RowOf)])));
        }

        return builder.Complete();
    }

    private static object?[] RowOf(int n) => [$"city{n}", (long)n, n % 5 == 0 ? null : $"note{n % 3}"];

    private static StringPool PoolOf(int count)
    {
        var pool = new StringPool(isInterned: true);
        for (int code = 0; code < count; code++) { pool.Add($"text{code}"); }

        return pool;
    }

    private static ITable OfCodes(StringPool pool, int[] codes)
    {
        var schema = new Schema([new Field("text", DataType.Varchar)]);
        using var builder = TableBuilder.Create(TableModel.Standard, "t", schema);
        var column = new StringColumn(DataType.Varchar, codes, codes.Length, pool);
        builder.Append(new ChangeBatch(new Batch([column], codes.Length)));
        return builder.Complete();
    }
}
