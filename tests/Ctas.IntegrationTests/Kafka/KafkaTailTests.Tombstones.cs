using Confluent.Kafka;

using Ctas.Sources;

namespace Ctas.IntegrationTests.Kafka;

/// <content>Tails that are behind a log from which compaction takes tombstones.</content>
public sealed partial class KafkaTailTests
{
    [Theory]
    [InlineData(25, 24, true)]
    [InlineData(23, 24, false)]
    [InlineData(25, null, false)]
    public async Task Tail_AwayLongerThanTombstonesAreKept_SaysThatDeletionsMayBeGone(int hoursAway, int? hoursKept, bool isOver)
    {
        _topic.TombstoneRetention = hoursKept is { } hours ? TimeSpan.FromHours(hours) : null;
        ScriptedPartition partition = _topic.AddPartition().Records(2);
        _topic.BeforeFetch(4, () =>
        {
            partition.Errors.Enqueue(ErrorCode.Local_Transport);
            partition.Records(2, from: 2);
            _topic.Time.Advance(TimeSpan.FromHours(hoursAway));
        });

        await using ISourceTail tail = await OpenAsync(new PartitionOffset(0, 0));
        Func<Task<List<string>>> read = () => ReadKeysAsync(tail, until: 4);

        if (!isOver)
        {
            (await read()).Should().Equal("k0", "k1", "k2", "k3");
            return;
        }

        SourceException error = (await read.Should().ThrowAsync<SourceException>()).Which;
        error.Message.Should().StartWith("topic \"t\" was not read for 1:1:00:0").And.Contain("delete.retention.ms of 1:0:00:00").And.EndWith("load it again");
        error.IsTransient.Should().BeFalse();
    }

    [Fact]
    public async Task Tail_AwayForLongWhileNothingWasWritten_GoesOn()
    {
        _topic.TombstoneRetention = TimeSpan.FromHours(24);
        ScriptedPartition partition = _topic.AddPartition().Records(2);
        _topic.BeforeFetch(4, () =>
        {
            partition.Errors.Enqueue(ErrorCode.Local_Transport);
            _topic.Time.Advance(TimeSpan.FromHours(100));
        });
        _topic.BeforeFetch(7, () => partition.Records(1, from: 2));

        await using ISourceTail tail = await OpenAsync(new PartitionOffset(0, 0));

        (await ReadKeysAsync(tail, until: 3)).Should().Equal("k0", "k1", "k2");
    }

    /// <summary>A lag that is short and never ends is not one that is long.</summary>
    [Theory]
    [InlineData(8)]
    [InlineData(28)]
    public async Task Tail_AlwaysALittleBehind_GoesOnHoweverLongThatTakes(int lag)
    {
        _topic.TombstoneRetention = TimeSpan.FromHours(24);
        ScriptedPartition partition = _topic.AddPartition().Records(lag);
        for (int fetch = 2; fetch <= 40; fetch++)
        {
            int from = lag + (4 * (fetch - 2));
            _topic.BeforeFetch(fetch, () =>
            {
                // As many as one fetch takes: there are always more.
                partition.Records(4, from);
                _topic.Time.Advance(TimeSpan.FromHours(3));
            });
        }

        await using ISourceTail tail = await OpenAsync(new PartitionOffset(0, 0));

        (await ReadKeysAsync(tail, until: lag + 156)).Should().HaveCount(lag + 156);
    }

    /// <summary>Topics of tests and of changelogs may keep tombstones for no time at all: a tail is never that quick.</summary>
    [Fact]
    public async Task Tail_AlmostAMinuteBehindWhereTombstonesAreKeptForNoTime_GoesOn()
    {
        _topic.TombstoneRetention = TimeSpan.Zero;
        ScriptedPartition partition = _topic.AddPartition().Records(28);
        for (int fetch = 2; fetch <= 40; fetch++)
        {
            int from = 28 + (4 * (fetch - 2));
            _topic.BeforeFetch(fetch, () =>
            {
                partition.Records(4, from);
                _topic.Time.Advance(TimeSpan.FromSeconds(9));
            });
        }

        await using ISourceTail tail = await OpenAsync(new PartitionOffset(0, 0));

        (await ReadKeysAsync(tail, until: 184)).Should().HaveCount(184);
    }
}
