using Ctas.IntegrationTests.Kafka;
using Ctas.Loading;
using Microsoft.Extensions.Time.Testing;

namespace Ctas.IntegrationTests.Loading;

/// <content>Snapshots of compacted topics, whose tombstones are gone after a while.</content>
public sealed partial class UnifiedLoadingTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    [Theory]
    [InlineData("")]
    [InlineData("EMIT CHANGES")]
    public async Task Snapshot_OlderThanTombstonesAreKept_FallsBackToFull(string emit)
    {
        ScriptedTopic topic = Compacted();
        await LoadAgedAsync(topic, emit);
        topic.Partitions[0].Record("k1", null).Records(1, from: 3);
        _time.Advance(TimeSpan.FromHours(25));
        topic.Partitions[0].Compact(1, 3);

        (TableLoadResult result, string[] rows) = await LoadAgedAsync(topic, emit);

        (result.Kind, result.KindReason).Should().Be((
            LoadKind.Full,
            "there are new records, and compaction may have removed tombstones since 2026-01-01 00:00:00Z, longer ago than SnapshotOptions.MaxAge"));
        rows.Should().Equal("k0|0", "k2|2", "k3|3");
    }

    [Theory]
    [InlineData("", 23, 24, LoadKind.Continued)]
    [InlineData("EMIT CHANGES", 23, 24, LoadKind.Continued)]
    [InlineData("", 100, 100, LoadKind.Continued)]
    [InlineData("", 2, 1, LoadKind.Full)]
    public async Task Snapshot_AsOldAsTombstonesAreKept_Continues(string emit, int hours, int maxHours, LoadKind kind)
    {
        ScriptedTopic topic = Compacted();
        await LoadAgedAsync(topic, emit, TimeSpan.FromHours(maxHours));
        topic.Partitions[0].Record("k1", null).Records(1, from: 3);
        _time.Advance(TimeSpan.FromHours(hours));

        (TableLoadResult result, string[] rows) = await LoadAgedAsync(topic, emit, TimeSpan.FromHours(maxHours));

        result.Kind.Should().Be(kind, result.KindReason);
        rows.Should().Equal("k0|0", "k2|2", "k3|3");
    }

    /// <summary>What the brokers say of the topic counts, whatever the options assume.</summary>
    [Theory]
    [InlineData("", 100, 168, LoadKind.Continued)]
    [InlineData("EMIT CHANGES", 100, 168, LoadKind.Continued)]
    [InlineData("", 2, 1, LoadKind.Full)]
    [InlineData("EMIT CHANGES", 2, 1, LoadKind.Full)]
    [InlineData("", 10000, null, LoadKind.Continued)]
    public async Task Snapshot_OfATopicWhoseRetentionOfTombstonesIsKnown_GoesByThat(string emit, int hours, int? hoursKept, LoadKind kind)
    {
        ScriptedTopic topic = Compacted();
        topic.TombstoneRetention = hoursKept is { } kept ? TimeSpan.FromHours(kept) : TimeSpan.MaxValue;
        await LoadAgedAsync(topic, emit);
        topic.Partitions[0].Record("k1", null).Records(1, from: 3);
        _time.Advance(TimeSpan.FromHours(hours));

        (TableLoadResult result, string[] rows) = await LoadAgedAsync(topic, emit);

        result.Kind.Should().Be(kind, result.KindReason);
        if (kind == LoadKind.Full) { result.KindReason.Should().EndWith("longer ago than delete.retention.ms of the topic, 1:00:00"); }

        rows.Should().Equal("k0|0", "k2|2", "k3|3");
    }

    [Theory]
    [InlineData("")]
    [InlineData("EMIT CHANGES")]
    public async Task Snapshot_OldWithoutNewRecords_IsRestored(string emit)
    {
        ScriptedTopic topic = Compacted();
        await LoadAgedAsync(topic, emit);
        _time.Advance(TimeSpan.FromDays(30));

        (TableLoadResult result, string[] rows) = await LoadAgedAsync(topic, emit);

        result.Kind.Should().Be(LoadKind.Restored, result.KindReason);
        rows.Should().Equal("k0|0", "k1|1", "k2|2");
    }

    private static ScriptedTopic Compacted()
    {
        var topic = new ScriptedTopic(new InstantTime());
        topic.AddPartition().Records(3);
        return topic;
    }

    private async Task<(TableLoadResult Result, string[] Rows)> LoadAgedAsync(ScriptedTopic topic, string emit, TimeSpan? maxAge = null)
    {
        var snapshots = new SnapshotOptions(_folder.Path);
        if (maxAge is { } age) { snapshots = snapshots with { MaxAge = age }; }

        await using CtasEngine engine = new CtasEngineBuilder()
            .UseSource("t", ScriptedSource.Over(topic, ScriptedSource.Definition with { Mode = Ctas.Sources.ReadMode.Changelog }))
            .AddTable($"CREATE TABLE loaded AS SELECT id, n FROM t {emit}")
            .UseTimeProvider(_time)
            .UseSnapshots(snapshots)
            .Build();
        LoadResult result = await engine.LoadAsync().Guarded();
        result.ThrowIfFailed();
        return (result["loaded"], engine.Tables["loaded"].Contents());
    }
}
