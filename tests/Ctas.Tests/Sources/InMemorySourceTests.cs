using Ctas.Data;
using Ctas.Sources;

namespace Ctas.Tests.Sources;

public sealed class InMemorySourceTests : KeyedSourceContractTests
{
    protected override Task<ISource> CreateAsync(
        Func<SourceDefinition, SourceDefinition> configure, int partitionCount, params ContractRecord[] records)
    {
        var source = new InMemorySource(
            configure(new SourceDefinition("memory", new InMemoryLocation("memory"))), partitionCount);
        Append(source, records);
        return Task.FromResult<ISource>(source);
    }

    protected override Task AppendAsync(ISource source, params ContractRecord[] records)
    {
        Append((InMemorySource)source, records);
        return Task.CompletedTask;
    }

    [Fact]
    public async Task Read_GapsAndEndWithoutRecord_ReachesTheCapturedEnd()
    {
        InMemorySource source = new InMemorySource(new SourceDefinition("m", new InMemoryLocation("m")))
            .Add(InMemoryRecord.FromText(null, """{"a":1}""") with { Offset = 5 })
            .Add(InMemoryRecord.FromText(null, """{"a":2}""") with { Offset = 9 })
            .AdvanceEnd(0, 12);

        ContractRows rows = await ReadAsync(source, new ScanRequest(PseudoColumns: [SourceColumnRole.RowOffset]));

        rows.Should([1, 5L], [2, 9L]);
        rows.Partitions[0].Range.Should().Be(new OffsetRange(5, 12));
        rows.Statistics.Positions.Should().Equal(12);
    }

    [Fact]
    public async Task FromRows_EveryType_RoundTrips()
    {
        Field[] fields =
        [
            new("id", DataType.Int), new("b", DataType.Boolean), new("l", DataType.BigInt), new("d", DataType.Double),
            new("m", DataType.Decimal(20, 3)), new("s", DataType.Varchar), new("x", DataType.Bytes),
            new("day", DataType.Date), new("t", DataType.Time), new("z", DataType.Timestamp),
        ];
        object?[] row =
        [
            1, true, long.MinValue, 0.1, -12345678901234567.125m, "ü\"\n", new byte[] { 0, 255 },
            new DateOnly(1999, 12, 31), new TimeOnly(1, 2, 3, 4, 5), new DateTime(2026, 1, 2, 3, 4, 5, 6, 7, DateTimeKind.Utc),
        ];
        object?[] nulls = [2, null, null, null, null, null, null, null, null, null];
        InMemorySource source = InMemorySource.FromRows("rows", new Schema(fields, 0), row, nulls);

        ContractRows rows = await ReadAsync(source);

        rows.Schemas[0].Should().Be(new Schema(fields, 0));
        rows.Should(row, nulls);
    }

    [Fact]
    public void FromRows_RowThatDoesNotFit_IsRefused()
    {
        var schema = new Schema([new Field("a", DataType.Int)]);

        FluentActions.Invoking(() => InMemorySource.FromRows("r", schema, [1, 2])).Should().Throw<ArgumentException>();
        FluentActions.Invoking(() => InMemorySource.FromRows("r", schema, new object?[] { new object() }))
            .Should().Throw<ArgumentException>();
    }

    [Fact]
    public async Task Read_FromLatestTimestampOrOffsets_StartsThere()
    {
        foreach ((StartPosition start, int[] expected) in new (StartPosition, int[])[]
        {
            (new StartPosition(StartKind.Latest), []),
            (new StartPosition(StartKind.Timestamp, DateTimeOffset.FromUnixTimeMilliseconds(20)), [2, 3]),
            (new StartPosition(StartKind.Offsets, Offsets: new Dictionary<int, long> { [0] = 2 }), [3]),
        })
        {
            var source = new InMemorySource(new SourceDefinition("m", new InMemoryLocation("m")) { Start = start });
            for (int v = 1; v <= 3; v++)
            {
                source.Add(InMemoryRecord.FromText(null, $$"""{"a":{{v}}}""") with { TimestampMilliseconds = v * 10 });
            }

            (await ReadAsync(source)).Rows.Select(row => (int)row[0]!).Should().Equal(expected);
        }
    }

    [Fact]
    public async Task BeforeRecord_HeldAndThenFailing_StopsTheScanThere()
    {
        var gate = new TaskCompletionSource();
        var source = new InMemorySource(new SourceDefinition("m", new InMemoryLocation("m")))
        {
            BeforeRecord = async (_, offset, token) =>
            {
                if (offset == 1) { await gate.Task.WaitAsync(token); }
            },
        };
        source.Add(InMemoryRecord.FromText(null, "{}")).Add(InMemoryRecord.FromText(null, "{}"));
        await using ISourceScan scan = await source.OpenAsync(new ScanRequest(), CancellationToken.None);
        Task<SourceBatch?> reading = scan.ReadAsync(CancellationToken.None).AsTask();

        reading.IsCompleted.Should().BeFalse();
        gate.SetException(new SourceException("m", "injected", isTransient: true));

        await FluentActions.Awaiting(() => reading).Should().ThrowAsync<SourceException>().WithMessage("injected");
    }

    [Fact]
    public void Add_OffsetBeforeTheEnd_IsRefused() =>
        new InMemorySource(new SourceDefinition("m", new InMemoryLocation("m"))).Add(new InMemoryRecord { Offset = 3 })
            .Invoking(source => source.Add(new InMemoryRecord { Offset = 3 })).Should().Throw<ArgumentException>();

    private static void Append(InMemorySource source, ContractRecord[] records)
    {
        foreach (ContractRecord record in records)
        {
            source.Add(InMemoryRecord.FromText(record.Key, record.Value, record.Partition));
        }
    }
}
