using System.Runtime.CompilerServices;
using Ctas.Data;
using Ctas.Tables;
using Ctas.Tables.Versions;

namespace Ctas.Tests.Tables.Versions;

/// <summary>Streams of changes: applied to an empty table they give the table, at every version.</summary>
public sealed class TableChangesTests
{
    private static readonly Schema Numbers = new([new Field("id", DataType.Int), new Field("n", DataType.BigInt)], 0);

    [Theory]
    [InlineData(TableModel.Standard)]
    [InlineData(TableModel.Compact)]
    public async Task ChangesAsync_SubscribersAtAnyTime_FollowEveryVersion(TableModel model)
    {
        var random = new Random(3);
        TableWriter writer = Create(model, maxHistory: 1_000_000);
        var versions = new Dictionary<long, string[]> { [1] = [] };
        var subscribers = new List<Task<Dictionary<long, string[]>>>();
        for (int tick = 0; tick < 60; tick++)
        {
            if (tick % 10 == 0) { subscribers.Add(FollowAsync(writer.Current)); }

            for (int apply = 0; apply <= tick % 3; apply++) { writer.Apply(RandomChanges(random)); }

            Table version = writer.Publish();
            versions[version.Version] = [.. TestTable.ScanText(version)];
        }

        writer.End();
        foreach (Task<Dictionary<long, string[]>> subscriber in subscribers)
        {
            Dictionary<long, string[]> followed = await subscriber;
            followed.Should().NotBeEmpty();
            foreach ((long version, string[] rows) in followed) { rows.Should().Equal(versions[version]); }
        }
    }

    [Theory]
    [InlineData(TableModel.Standard)]
    [InlineData(TableModel.Compact)]
    public async Task ChangesAsync_FromAVersion_GivesOnlyWhatFollows(TableModel model)
    {
        TableWriter writer = Create(model);
        writer.Apply(Changes((1, 1, 10), (1, 2, 20)));
        ITable second = writer.Publish();
        writer.Apply(Changes((1, 1, 11), (-1, 2, 0), (1, 3, 30), (1, 4, 40), (-1, 4, 0)));
        writer.Publish();
        writer.End();

        List<string> changes = [];
        await foreach (TableChange change in second.ChangesAsync(second.Version)) { changes.Add(Text(change)); }

        changes.Should().BeEquivalentTo("Update 3 1|10 -> 1|11", "Delete 3 2|20 -> ", "Insert 3  -> 3|30");
    }

    [Theory]
    [InlineData(TableModel.Standard)]
    [InlineData(TableModel.Compact)]
    public async Task ChangesAsync_SlowSubscriber_IsToldWhatItLost(TableModel model)
    {
        TableWriter writer = Create(model, maxHistory: 10);
        await using IAsyncEnumerator<TableChange> slow = writer.Current.ChangesAsync().GetAsyncEnumerator();
        ValueTask<bool> first = slow.MoveNextAsync();
        writer.Apply(Changes((1, 1, 1)));
        writer.Publish();
        (await first).Should().BeTrue();
        for (int tick = 0; tick < 20; tick++)
        {
            writer.Apply(Changes((1, 1, tick + 2)));
            writer.Publish();
        }

        await FluentActions.Awaiting(async () => await slow.MoveNextAsync()).Should().ThrowAsync<TableChangesLostException>()
            .Where(lost => lost.AfterVersion == 2);
        FluentActions.Invoking(() => writer.Current.ChangesAsync(99)).Should().Throw<ArgumentOutOfRangeException>();
        await FluentActions.Awaiting(() => CountAsync(writer.Current.ChangesAsync(3)))
            .Should().ThrowAsync<TableChangesLostException>();
        writer.End();
        (await CountAsync(writer.Current.ChangesAsync(writer.Current.Version - 5))).Should().Be(5);
    }

    [Fact]
    public async Task ChangesAsync_StaticTable_EndsAfterItsRows()
    {
        ITable table = TestTable.Create(TableModel.Standard, Numbers, [1, 10L], [2, 20L]);

        (await CountAsync(table.ChangesAsync())).Should().Be(2);
    }

    [Fact]
    public async Task ChangesAsync_Cancelled_Throws()
    {
        TableWriter writer = Create(TableModel.Standard);
        using var cancellation = new CancellationTokenSource();
        Task<int> following = CountAsync(writer.Current.ChangesAsync(0, cancellation.Token));
        await cancellation.CancelAsync();

        await FluentActions.Awaiting(() => following).Should().ThrowAsync<OperationCanceledException>();
    }

    [Theory]
    [InlineData(TableModel.Standard)]
    [InlineData(TableModel.Compact)]
    public async Task ChangesAsync_ReaderThatFollows_HoldsNoVersionThatItHasLeft(TableModel model)
    {
        TableWriter writer = Create(model, maxHistory: 2);
        (IAsyncEnumerator<TableChange> changes, WeakReference first) = await BeginAsync(writer);
        await using (changes)
        {
            for (int tick = 2; tick < 20; tick++)
            {
                Put(writer, tick);
                (await changes.MoveNextAsync()).Should().BeTrue();
            }

            GC.Collect();
            GC.WaitForPendingFinalizers();
            GC.Collect();
            first.IsAlive.Should().BeFalse();
        }

        // Nothing in here may be in the frame of the caller.
        [MethodImpl(MethodImplOptions.NoInlining)]
        static async Task<(IAsyncEnumerator<TableChange> Changes, WeakReference First)> BeginAsync(TableWriter writer)
        {
            Put(writer, 1);
            IAsyncEnumerator<TableChange> changes = writer.Current.ChangesAsync().GetAsyncEnumerator();
            (await changes.MoveNextAsync()).Should().BeTrue();
            return (changes, new WeakReference(writer.Current));
        }

        static void Put(TableWriter writer, int tick)
        {
            writer.Apply(Changes((1, 1, tick)));
            writer.Publish();
        }
    }

    [Fact]
    public async Task ChangesAsync_VersionThatIsPrepared_ShowsWithTheTable()
    {
        TableWriter writer = Create(TableModel.Standard);
        await using IAsyncEnumerator<TableChange> changes = writer.Current.ChangesAsync().GetAsyncEnumerator();
        ValueTask<bool> first = changes.MoveNextAsync();
        writer.Apply(Changes((1, 1, 1)));
        ITable prepared = writer.Prepare(operatorBytes: 0);

        // A reader of the version itself goes on behind it, whoever has seen it by now.
        await using IAsyncEnumerator<TableChange> behind = prepared.ChangesAsync(prepared.Version).GetAsyncEnumerator();
        ValueTask<bool> next = behind.MoveNextAsync();
        first.IsCompleted.Should().BeFalse();
        writer.Show();
        (await first).Should().BeTrue();
        writer.Apply(Changes((1, 1, 2)));
        writer.Publish();

        (await next).Should().BeTrue();
        Text(behind.Current).Should().Be("Update 3 1|1 -> 1|2");
    }

    private static TableWriter Create(TableModel model, int maxHistory = 100) => TableWriter.Create(
        model, "t", Numbers, new WriterOptions { MaxHistoryChanges = maxHistory, OpenRows = 8, MergesBesideWriter = false });

    private static async Task<int> CountAsync(IAsyncEnumerable<TableChange> changes)
    {
        int count = 0;
        await foreach (TableChange _ in changes) { count++; }

        return count;
    }

    private static async Task<Dictionary<long, string[]>> FollowAsync(Table table)
    {
        var rows = new HashSet<string>();
        var versions = new Dictionary<long, string[]>();
        long last = table.Version;
        await Task.Yield();
        await foreach (TableChange change in table.ChangesAsync())
        {
            if (change.Version != last) { versions[last] = [.. rows.Order(StringComparer.Ordinal)]; }

            last = change.Version;
            if (change.OldRow is { } old) { rows.Remove(TestTable.Text(TestTable.Values(old))).Should().BeTrue(); }

            if (change.NewRow is { } row) { rows.Add(TestTable.Text(TestTable.Values(row))).Should().BeTrue(); }
        }

        versions[last] = [.. rows.Order(StringComparer.Ordinal)];
        return versions;
    }

    private static string Text(TableChange change) =>
        $"{change.Kind} {change.Version} {Text(change.OldRow)} -> {Text(change.NewRow)}";

    private static string Text(Row? row) => row is { } some ? TestTable.Text(TestTable.Values(some)) : "";

    private static ChangeBatch RandomChanges(Random random) => Changes(
        [.. Enumerable.Range(0, 12).Select(_ => (random.Next(3) == 0 ? -1 : 1, random.Next(40), random.NextInt64(1_000_000)))]);

    private static ChangeBatch Changes(params (int Weight, int Id, long N)[] changes) => new(
        TestTable.Batch(Numbers, [.. changes.Select(change => (object?[])[change.Id, change.N])]),
        Selection: null,
        [.. changes.Select(change => change.Weight)]);
}
