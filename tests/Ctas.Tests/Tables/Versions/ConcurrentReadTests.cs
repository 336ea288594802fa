using Ctas.Data;
using Ctas.Tables;
using Ctas.Tables.Versions;

namespace Ctas.Tests.Tables.Versions;

/// <summary>One writer that never stops, several readers: no torn row, no half batch, no lost key.</summary>
public sealed class ConcurrentReadTests
{
    private const int Keys = 3_000;

    // Even keys are always there; odd ones come and go. The three columns after the key say the same thing.
    private static readonly Schema Marked = new(
        [new Field("id", DataType.Varchar), new Field("n", DataType.BigInt), new Field("text", DataType.Varchar), new Field("half", DataType.Double)], 0);

    [Theory]
    [InlineData(TableModel.Standard)]
    [InlineData(TableModel.Compact)]
    public async Task Read_WhileOneWriterChangesEverything_SeesWholeVersions(TableModel model)
    {
        const int ticks = 400;
        var registry = new TableRegistry();
        using var builder = TableBuilder.Create(model, "t", Marked);
        builder.Append(new ChangeBatch(TestTable.Batch(Marked, [.. Enumerable.Range(0, Keys).Select(id => Row(id, 0))])));
        ITable loaded = builder.Complete();
        registry.Register(new TableRegistration(loaded) { IsLive = true });
        TableWriter writer = TableWriter.Continue(loaded, new WriterOptions { OpenRows = 512 });
        using var done = new CancellationTokenSource();
        long[] checks = new long[3];
        Task[] readers = [.. Enumerable.Range(0, checks.Length).Select(reader => Task.Run(() =>
        {
            var random = new Random(reader);
            while (!done.IsCancellationRequested)
            {
                Check(registry["t"], random);
                CheckVersion(registry.Snapshot()["t"], random);
                Interlocked.Increment(ref checks[reader]);
            }
        }))];
        var random = new Random(9);
        for (int tick = 1; (tick <= ticks || checks.AsSpan().ContainsAnyInRange(0, 20)) && !readers.Any(r => r.IsFaulted); tick++)
        {
            // Every key gets the number of the tick, in three batches: a version shows all of them or none.
            foreach (int[] part in Enumerable.Range(0, Keys).Chunk(1_000)) { writer.Apply(Tick(part, tick, random)); }

            registry.Advance([new TableAdvance(writer.Publish())]);
        }

        await done.CancelAsync();
        await Task.WhenAll(readers);
    }

    [Theory]
    [InlineData(TableModel.Standard)]
    [InlineData(TableModel.Compact)]
    public async Task TryGet_WhileThisTableIsUpdatedAndAnotherIsLoaded_AllocatesNothing(TableModel model)
    {
        var registry = new TableRegistry();
        ITable loaded = TestTable.Create(model, Marked, [.. Enumerable.Range(0, Keys).Select(id => Row(id, 0))]);
        registry.Register(new TableRegistration(loaded) { IsLive = true });
        TableWriter writer = TableWriter.Continue(loaded, new WriterOptions { OpenRows = 512 });
        using var done = new CancellationTokenSource();
        int ticks = 0, loads = 0;
        Task updating = Task.Run(() =>
        {
            var random = new Random(5);
            while (!done.IsCancellationRequested)
            {
                writer.Apply(Tick([.. Enumerable.Range(0, Keys)], Interlocked.Increment(ref ticks), random));
                registry.Advance([new TableAdvance(writer.Publish())]);
            }
        });
        Task loading = Task.Run(() =>
        {
            while (!done.IsCancellationRequested)
            {
                _ = TestTable.Create(TableModel.Compact, Marked, [.. Enumerable.Range(0, 500).Select(id => Row(id, loads))]);
                Interlocked.Increment(ref loads);
            }
        });
        ITable live = registry["t"];
        string[] keys = [.. Enumerable.Range(0, 20).Select(id => $"key-{id * 2}")];
        for (int round = 0; round < 2_000 || Volatile.Read(ref ticks) < 20 || Volatile.Read(ref loads) < 20; round++)
        {
            if (updating.IsFaulted || loading.IsFaulted) { break; }

            int found = 0;
            Allocations.Of(() => found = FoundOf(live, keys)).Should().Be(0);
            found.Should().Be(keys.Length, "even keys are always there");
        }

        await done.CancelAsync();
        await Task.WhenAll(updating, loading);
    }

    private static int FoundOf(ITable live, string[] keys)
    {
        int found = 0;
        foreach (string key in keys) { found += live.TryGet(key, out Row row) && row.Get<long>(1) >= 0 ? 1 : 0; }

        return found;
    }

    private static ChangeBatch Tick(int[] keys, int tick, Random random) => new(
        TestTable.Batch(Marked, [.. keys.Select(id => Row(id, tick))]),
        Selection: null,
        [.. keys.Select(id => id % 2 == 1 && random.Next(2) == 0 ? -1 : 1)]);

    private static object?[] Row(int id, long n) => [$"key-{id}", n, $"text of {n}", n / 2.0];

    private static void Check(ITable live, Random random)
    {
        for (int read = 0; read < 50; read++)
        {
            int id = random.Next(Keys);
            bool isFound = live.TryGet($"key-{id}", out Row row);
            if (id % 2 == 0) { isFound.Should().BeTrue("key-{0} is always there", id); }

            if (isFound) { CheckRow(row); }
        }
    }

    private static void CheckVersion(ITable version, Random random)
    {
        long? n = null;
        int even = 0;
        foreach (Row row in version.Rows)
        {
            CheckRow(row);
            n ??= row.Get<long>(1);
            row.Get<long>(1).Should().Be(n, "a version shows whole ticks");
            if (int.Parse(row.GetString(0)!.AsSpan(4)) % 2 == 0) { even++; }
        }

        even.Should().Be(Keys / 2);
        for (int read = 0; read < 50; read++)
        {
            if (version.TryGet($"key-{random.Next(Keys)}", out Row row)) { row.Get<long>(1).Should().Be(n); }
        }

        version.Scan(new OrdinalList(1)).Sum(batch => batch.RowCount).Should().Be((int)version.RowCount);
    }

    private static void CheckRow(Row row)
    {
        long n = row.Get<long>(1);
        if (row.Get<double>(3) != n / 2.0 || row.GetString(2) != $"text of {n}")
        {
            Assert.Fail($"A torn row: {row}");
        }
    }
}
