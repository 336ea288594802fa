using Ctas.Data;
using Ctas.Loading;
using Ctas.Maintenance;
using Ctas.Sinks;
using Ctas.Tables.Snapshots;
using Ctas.Tests.Tables;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Ctas.Tests.Sinks;

/// <summary>The positions that are committed with what is delivered: what is behind them would be shown again after a restart.</summary>
public sealed class DeliveredPositionsTests
{
    private static readonly Schema Numbers = new([new Field("n", DataType.BigInt)]);

    [Fact]
    public async Task Offer_WhileRoundsAreTaken_PositionsAreThoseOfTheLastTickOfEach()
    {
        const int Ticks = 400_000, TicksAtATime = 1000;
        var sink = new PositionedSink();
        TableDelivery delivery = Over(sink, TimeProvider.System);
        delivery.Start(FirstChanges.None, PositionsAt(0), free: Task.CompletedTask);
        using var patience = new CancellationTokenSource(RecordingObserver.HangGuard);
        for (int tick = 1; tick <= Ticks; tick++)
        {
            delivery.Offer(TickOf(tick), PositionsAt(tick));

            // So that rounds are taken all the while.
            if (tick % TicksAtATime == 0) { await delivery.WaitAsync(patience.Token); }
        }

        await delivery.DisposeAsync();

        sink.Commits.Where(commit => commit.Offset != commit.Written).Should().BeEmpty();
        sink.Commits[^1].Written.Should().Be(Ticks);
    }

    [Fact]
    public async Task Start_NothingHappensForDays_PositionsAreCommittedAgainSoThatBrokersDoNotForgetThem()
    {
        var time = new FakeTimeProvider();
        var sink = new PositionedSink();
        TableDelivery delivery = Over(sink, time);
        delivery.Start(FirstChanges.None, PositionsAt(7), free: Task.CompletedTask);
        delivery.Offer(TickOf(8), PositionsAt(8));
        Task committed = sink.UntilCommitsAsync(4);
        while (!committed.IsCompleted)
        {
            time.Advance(TimeSpan.FromMinutes(10));
            await Task.Yield();
        }

        await delivery.DisposeAsync();

        sink.Commits.Distinct().Should().Equal((8, 8));
    }

    [Fact]
    public async Task Start_PositionsAreNotKept_NothingIsCommittedWithoutTicks()
    {
        var time = new FakeTimeProvider();
        var sink = new PositionedSink();
        await using TableDelivery delivery = Over(sink, time, keepsPositions: false);
        delivery.Start(FirstChanges.None, [], free: Task.CompletedTask);

        for (int hour = 0; hour < 50; hour++)
        {
            time.Advance(TimeSpan.FromHours(1));
            await Task.Yield();
        }

        sink.Commits.Should().BeEmpty();
    }

    [Fact]
    public async Task Status_PositionsThatASinkCouldNotKeep_AreNotTold()
    {
        var sink = new PositionedSink();
        await using TableDelivery delivery = Over(sink, TimeProvider.System, committed: PositionsAt(3));
        delivery.Start(FirstChanges.None, PositionsAt(3), free: Task.CompletedTask);
        delivery.Status.Positions.Should().Equal(PositionsAt(3), "it goes on from there");

        await DeliverAsync(delivery, 4);
        delivery.Status.Positions.Should().Equal(PositionsAt(4));

        sink.Warning = "the group is full";
        await DeliverAsync(delivery, 5);
        delivery.Status.Positions.Should().Equal(PositionsAt(4), "a restart begins there");

        sink.Warning = null;
        await DeliverAsync(delivery, 6);
        delivery.Status.Positions.Should().Equal(PositionsAt(6));
    }

    [Fact]
    public async Task Mark_PositionsThatASinkCouldNotKeep_AreCommittedAgain()
    {
        using var patience = new CancellationTokenSource(RecordingObserver.HangGuard);
        var sink = new PositionedSink { Warning = "the group is full" };
        await using TableDelivery delivery = Over(sink, TimeProvider.System);
        delivery.Start(FirstChanges.None, PositionsAt(3), free: Task.CompletedTask);
        await DeliverAsync(delivery, 4);

        sink.Warning = null;
        await delivery.Mark().WaitAsync(patience.Token);
        await delivery.Mark().WaitAsync(patience.Token);

        sink.Commits.Should().Equal([(4, 4), (4, 4)], "what has been kept need not be kept again");
        delivery.Status.Positions.Should().Equal(PositionsAt(4));
    }

    [Theory]
    [InlineData("the group is full", 2)]
    [InlineData(null, 1)]
    public async Task Dispose_PositionsThatASinkCouldNotKeep_AreCommittedAgain(string? warning, int commits)
    {
        var sink = new PositionedSink { Warning = warning };
        TableDelivery delivery = Over(sink, TimeProvider.System);
        delivery.Start(FirstChanges.None, PositionsAt(3), free: Task.CompletedTask);
        await DeliverAsync(delivery, 4);

        await delivery.DisposeAsync();

        sink.Commits.Should().Equal(Enumerable.Repeat((4L, 4L), commits));
    }

    private static async Task DeliverAsync(TableDelivery delivery, long tick)
    {
        using var patience = new CancellationTokenSource(RecordingObserver.HangGuard);
        delivery.Offer(TickOf(tick), PositionsAt(tick));
        await delivery.WaitAsync(patience.Token);
    }

    [Fact]
    public async Task WaitForSinks_SeveralThatHaveNotGotWhatIsToBeStored_TakesAsLongAsForOne()
    {
        var time = new FakeTimeProvider();
        var snapshots = new TableSnapshots(new SnapshotOptions("unused"), SourceCatalog.Files, time, NullLoggerFactory.Instance);
        SinkPatience patience = snapshots.PatienceOf(TimeSpan.FromSeconds(10));

        // What was never started delivers nothing.
        Task first = snapshots.WaitForSinksAsync([new DeliveryMark(Over(new PositionedSink(), time), 1)], patience, CancellationToken.None);
        time.Advance(TimeSpan.FromSeconds(10));
        Task second = snapshots.WaitForSinksAsync([new DeliveryMark(Over(new PositionedSink(), time), 1)], patience, CancellationToken.None);

        foreach (Task wait in new[] { first, second })
        {
            await wait.Awaiting(it => it.WaitAsync(RecordingObserver.HangGuard)).Should().ThrowAsync<SnapshotException>().WithMessage("*within 00:00:10*");
        }
    }

    private static TableDelivery Over(
        PositionedSink sink, TimeProvider time, bool keepsPositions = true, IReadOnlyList<SinkPosition>? committed = null)
    {
        var options = new DeliveryOptions();
        var target = new DeliveryTarget("t", new SinkWriter("s", sink, options, time, NullLogger.Instance))
        {
            KeepsPositions = keepsPositions,
            Committed = committed ?? [],
        };
        return new TableDelivery(target, options, time, NullLogger.Instance);
    }

    private static SinkPosition[] PositionsAt(long tick) => [new("events", 0, tick)];

    private static SinkBatch TickOf(long tick) =>
        new("t", Numbers, [new ChangeBatch(new Batch([new FixedColumn<long>(DataType.BigInt, [tick], 1, validity: null)], 1))]);

    /// <summary>Keeps what it was given with each commit: the last tick, and the offset behind it.</summary>
    private sealed class PositionedSink : ISink
    {
        private readonly SemaphoreSlim _committed = new(0);
        private long _written;

        public string? Warning { get; set; }

        public List<(long Written, long Offset)> Commits { get; } = [];

        /// <summary>Waits until there are so many commits.</summary>
        public async Task UntilCommitsAsync(int count)
        {
            while (Commits.Count < count) { await _committed.WaitAsync(); }
        }

        public ValueTask<SinkProgress> GetProgressAsync(IReadOnlyCollection<string> sources, CancellationToken cancellationToken) =>
            ValueTask.FromResult(SinkProgress.None);

        public ValueTask BeginAsync(IReadOnlyList<SinkPosition> positions, CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public ValueTask<SinkWritten> WriteAsync(SinkBatch batch, CancellationToken cancellationToken)
        {
            _written = batch.Changes[^1].Rows.GetInt64(0, 0);
            return ValueTask.FromResult(new SinkWritten(1, sizeof(long)));
        }

        public ValueTask CommitAsync(IReadOnlyList<SinkPosition> positions, CancellationToken cancellationToken)
        {
            Commits.Add((_written, positions[0].Offset));
            _committed.Release();
            return ValueTask.CompletedTask;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
