using Ctas.Data;
using Ctas.Tables;
using Ctas.Tables.Versions;

namespace Ctas.Tests.Tables.Versions;

/// <summary>What keeps a compact table small while it is changed for long.</summary>
public sealed class CompactMergeTests
{
    private const int Keys = 500;

    private static readonly Schema Numbers = new([new Field("id", DataType.BigInt), new Field("n", DataType.BigInt)], 0);

    [Fact]
    public void Publish_ManyUpdates_EncodesRowsAndGivesNumbersAnew()
    {
        TableWriter writer = TableWriter.Create(
            TableModel.Compact, "t", Numbers, new WriterOptions { OpenRows = 64, MergesBesideWriter = false });
        var random = new Random(1);
        var expected = new long[Keys];
        long mostBytes = 0;
        bool hasEncoded = false;
        int mostSegments = 0;
        for (int tick = 0; tick < 1_000; tick++)
        {
            writer.Apply(Updates(random, expected));
            var version = (CompactVersion)writer.Publish();
            mostSegments = Math.Max(mostSegments, version.Versioned.Segments.Length);
            mostBytes = Math.Max(mostBytes, version.Memory.Total);
            foreach (LiveSegment? segment in version.Versioned.Segments) { hasEncoded |= segment?.Rows.Columns is not null; }
        }

        hasEncoded.Should().BeTrue("closed segments of row objects are encoded");
        mostSegments.Should().BeLessThan(150, "30,000 changes need 469 segments if numbers are never given anew");
        mostBytes.Should().BeLessThan(300_000, "what was replaced is let go of");
        for (int id = 0; id < Keys; id++)
        {
            bool isFound = writer.Current.TryGet(id, out Row row);
            isFound.Should().Be(expected[id] != 0);
            if (isFound) { row.Get<long>(1).Should().Be(expected[id]); }
        }
    }

    [Theory]
    [InlineData(TableModel.Standard)]
    [InlineData(TableModel.Compact)]
    public void TryGet_AnyVersion_AllocatesNothing(TableModel model)
    {
        var schema = new Schema([new Field("id", DataType.Varchar), new Field("n", DataType.BigInt)], 0);
        using var builder = TableBuilder.Create(model, "t", schema);
        builder.Append(new ChangeBatch(TestTable.Batch(schema, [.. Enumerable.Range(0, 2_000).Select(id => (object?[])[$"key-{id}", (long)id])])));
        ITable first = builder.Complete();
        TableWriter writer = TableWriter.Continue(first, new WriterOptions { OpenRows = 64, MergesBesideWriter = false });
        for (int tick = 0; tick < 40; tick++)
        {
            writer.Apply(new ChangeBatch(TestTable.Batch(schema, [.. Enumerable.Range(0, 50).Select(id => (object?[])[$"key-{id * 40}", (long)tick])])));
            writer.Publish();
        }

        string[] keys = [.. Enumerable.Range(0, 3_000).Select(id => $"key-{id}")];
        foreach (ITable version in (ITable[])[first, writer.Current])
        {
            _ = Found(version, keys);
            int found = 0;
            Allocations.Of(() => found = Found(version, keys)).Should().Be(0);
            found.Should().Be(2_000);
        }
    }

    private static int Found(ITable table, string[] keys)
    {
        int found = 0;
        foreach (string key in keys)
        {
            if (table.TryGet(key, out Row row) && row.Get<long>(1) >= 0) { found++; }
        }

        return found;
    }

    private static ChangeBatch Updates(Random random, long[] expected)
    {
        var rows = new object?[30][];
        int[] weights = new int[rows.Length];
        for (int row = 0; row < rows.Length; row++)
        {
            int id = random.Next(Keys);
            weights[row] = random.Next(5) == 0 ? -1 : 1;
            long n = random.Next(1, 1_000_000);
            rows[row] = [(long)id, n];
            expected[id] = weights[row] > 0 ? n : 0;
        }

        return new ChangeBatch(TestTable.Batch(Numbers, rows), Selection: null, weights);
    }
}
