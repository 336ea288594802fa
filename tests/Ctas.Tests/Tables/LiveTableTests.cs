using Ctas.Data;
using Ctas.Tables;
using Ctas.Tables.Versions;

namespace Ctas.Tests.Tables;

/// <summary>Tables that are kept fresh, as the registry hands them out.</summary>
public sealed class LiveTableTests
{
    private static readonly Schema Numbers = new([new Field("id", DataType.Int), new Field("n", DataType.BigInt)], 0);

    [Fact]
    public void Advance_SeveralTables_ShowTogetherInSnapshots()
    {
        var registry = new TableRegistry();
        TableWriter left = Register(registry, "left");
        TableWriter right = Register(registry, "right");
        RegistrySnapshot before = registry.Snapshot();
        ITable held = registry["left"];
        ITable fixedVersion = held.Snapshot();

        Insert(left, 1);
        Insert(right, 1);
        registry.Advance([new TableAdvance(left.Publish()), new TableAdvance(right.Publish())]);

        before["left"].RowCount.Should().Be(0);
        fixedVersion.RowCount.Should().Be(0);
        held.RowCount.Should().Be(1);
        held.Version.Should().Be(2);
        held.TryGet(1, out Row row).Should().BeTrue();
        row.Get<long>(1).Should().Be(1);
        registry.Snapshot()["left"].Should().BeSameAs(left.Current);
        registry.Snapshot()["right"].RowCount.Should().Be(1);
        registry.TryGetMetadata("left", out TableMetadata? metadata).Should().BeTrue();
        (metadata!.RowCount, metadata.Version, metadata.State).Should().Be((1, 2, TableState.Live));
    }

    [Fact]
    public void Advance_TableReplacedMeanwhile_LeavesTheNewOne()
    {
        var registry = new TableRegistry();
        TableWriter old = Register(registry, "t");
        TableWriter replacement = TableWriter.Create(TableModel.Standard, "t", Numbers);
        registry.Replace(new TableRegistration(replacement.Current) { IsLive = true });

        Insert(old, 1);
        registry.Advance([new TableAdvance(old.Publish())]);

        registry["t"].RowCount.Should().Be(0);
        registry.Snapshot()["t"].Should().BeSameAs(replacement.Current);
    }

    [Fact]
    public async Task Advance_ManyReaders_NeverSeeHalfATransferAcrossTables()
    {
        const int rounds = 3_000;
        var registry = new TableRegistry();
        TableWriter left = Register(registry, "left");
        TableWriter right = Register(registry, "right");
        using var done = new CancellationTokenSource();
        long[] checks = new long[2];
        Task[] readers = [.. Enumerable.Range(0, checks.Length).Select(reader => Task.Run(() =>
        {
            while (!done.IsCancellationRequested)
            {
                RegistrySnapshot moment = registry.Snapshot();
                (Sum(moment["left"]) + Sum(moment["right"])).Should().Be(0);
                Interlocked.Increment(ref checks[reader]);
            }
        }))];
        var random = new Random(5);
        for (int round = 0; round < rounds || HasIdleReader(); round++)
        {
            if (readers.Any(reader => reader.IsFaulted)) { break; }

            long amount = random.Next(1_000);
            int id = random.Next(20);
            left.Apply(Row(id, amount));
            right.Apply(Row(id, -amount));
            registry.Advance([new TableAdvance(left.Publish()), new TableAdvance(right.Publish())]);
        }

        await done.CancelAsync();
        await Task.WhenAll(readers);

        bool HasIdleReader() => checks.AsSpan().ContainsAnyInRange(0, 10);
    }

    private static long Sum(ITable table) => table.Rows.Sum(row => row.Get<long>(1));

    private static TableWriter Register(TableRegistry registry, string name)
    {
        TableWriter writer = TableWriter.Create(TableModel.Standard, name, Numbers);
        registry.Register(new TableRegistration(writer.Current) { IsLive = true });
        return writer;
    }

    private static void Insert(TableWriter writer, int id) => writer.Apply(Row(id, id));

    private static ChangeBatch Row(int id, long n) => new(TestTable.Batch(Numbers, [[id, n]]));
}
