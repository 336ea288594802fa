using System.Text;
using Ctas.Data;
using Ctas.Sources;

namespace Ctas.Tests.Sources;

/// <summary>A record of the contract tests.</summary>
/// <param name="Value">A JSON object; null is a tombstone.</param>
/// <param name="Key">The key, null for none.</param>
/// <param name="Partition">The partition, from 0.</param>
public sealed record ContractRecord(string? Value, string? Key = null, int Partition = 0);

/// <summary>What every source has to do. Public API only, so that sources of other assemblies can be tested by it.</summary>
public abstract class SourceContractTests
{
    private static readonly SourceColumn Id = new("id", DataType.BigInt);
    private static readonly SourceColumn Name = new("name", DataType.Varchar);
    private static readonly SourceColumn Amount = new("amount", DataType.Double);

    /// <summary>A value that cannot be decoded, without ending the whole source.</summary>
    protected virtual string Malformed => "[1]";

    /// <summary>True where bytes are those of keys and values as the test wrote them.</summary>
    protected virtual bool CountsValueBytes => true;

    /// <summary>Makes a source of the records.</summary>
    /// <param name="configure">What the definition shall say beside name and location.</param>
    /// <param name="partitionCount">Number of partitions.</param>
    /// <param name="records">The records in order.</param>
    protected abstract Task<ISource> CreateAsync(
        Func<SourceDefinition, SourceDefinition> configure, int partitionCount, params ContractRecord[] records);

    /// <summary>Adds records to a source that was made by <see cref="CreateAsync"/>.</summary>
    protected abstract Task AppendAsync(ISource source, params ContractRecord[] records);

    [Fact]
    public async Task Read_EmptySource_EndsAtOnce()
    {
        ISource source = await CreateAsync(Declared, 2);

        ContractRows rows = await ReadAsync(source);

        rows.Rows.Should().BeEmpty();
        (rows.Statistics.Records, rows.Statistics.Rejected).Should().Be((0, 0));
        rows.Statistics.Positions.Should().Equal(rows.Partitions.Select(partition => partition.Range.End));
    }

    [Fact]
    public async Task Read_DeclaredColumns_RoundTripsUnicodeNullsAndExtremes()
    {
        ISource source = await CreateAsync(
            Declared,
            1,
            new ContractRecord("""{"id":9223372036854775807,"name":"naïve 日本 😀 \"q\", x","amount":1.7976931348623157E+308}"""),
            new ContractRecord("""{"id":-9223372036854775808,"name":"","amount":-0.1}"""),
            new ContractRecord("""{"id":null,"name":null,"amount":5E-324}"""),
            new ContractRecord("""{"id":0,"name":"line\nend","amount":null}"""));

        ContractRows rows = await ReadAsync(source);

        rows.Should(
            [long.MaxValue, "naïve 日本 😀 \"q\", x", double.MaxValue],
            [long.MinValue, "", -0.1],
            [null, null, double.Epsilon],
            [0L, "line\nend", null]);
    }

    [Fact]
    public async Task Read_NestedColumns_HoldWhatTheJsonHolds()
    {
        SourceColumn[] columns =
        [
            new("name", DataType.Struct([new Field("x", DataType.Varchar), new Field("y", DataType.Int)])),
            new("amount", DataType.Array(DataType.Map(DataType.Varchar, DataType.Double))),
        ];
        ISource source = await CreateAsync(
            definition => definition with { Columns = columns },
            1,
            new ContractRecord("""{"id":1,"name":{"y":2,"x":"a, \"b\""},"amount":[{"k":1.5,"j":null},null]}"""),
            new ContractRecord("""{"id":2,"name":null,"amount":[]}"""));

        ContractRows rows = await ReadAsync(source);

        rows.Named("name")[0].Should().BeEquivalentTo(new Dictionary<string, object?> { ["x"] = "a, \"b\"", ["y"] = 2 });
        rows.Named("name")[1].Should().BeNull();
        var maps = (object?[])rows.Named("amount")[0]!;
        maps[0].Should().BeEquivalentTo(new Dictionary<object, object?> { ["j"] = null, ["k"] = 1.5 });
        maps[1].Should().BeNull();
        rows.Named("amount")[1].Should().BeEquivalentTo(Array.Empty<object?>());
    }

    [Fact]
    public async Task Read_InferredColumns_WidenAndAppear()
    {
        ISource source = await CreateAsync(
            // One partition: the order of partitions is free, and with it what widens to what.
            definition => definition with { BatchRows = 1, Mode = ReadMode.Append },
            1,
            new ContractRecord("""{"a":1,"b":true}"""),
            new ContractRecord("""{"a":3000000000,"b":null}"""),
            new ContractRecord("""{"a":1.5,"b":"x","c":"new"}"""));

        ContractRows rows = await ReadAsync(source);

        rows.Schemas[^1].ToString().Should().Contain("c VARCHAR");
        rows.Named("a").Should().BeEquivalentTo(new object[] { 1, 3000000000L, 1.5 });
        rows.Named("b").Should().BeEquivalentTo(new object?[] { true, null, "x" });
        rows.Named("c").Should().BeEquivalentTo(new object?[] { null, null, "new" });
    }

    [Fact]
    public async Task Read_Inferred_SaysWhatWidenedAndAppeared()
    {
        ISource source = await CreateAsync(
            definition => definition with { Mode = ReadMode.Append },
            2,
            new ContractRecord("""{"a":1}"""),
            new ContractRecord("""{"a":1.5}"""),
            new ContractRecord("""{"a":1,"c":"new"}""", Partition: 1));

        IReadOnlyList<string> warnings = (await ReadAsync(source)).Statistics.Warnings;

        warnings.Should().Contain(warning => warning.StartsWith("column \"a\" widened from ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Read_Partitions_KeepTheOrderWithinEach()
    {
        ContractRecord[] records =
            [.. Enumerable.Range(0, 300).Select(id => new ContractRecord($$"""{"id":{{id}},"name":"p{{id % 3}}"}""", Partition: id % 3))];
        ISource source = await CreateAsync(definition => Declared(definition) with { BatchRows = 7 }, 3, records);

        ContractRows rows = await ReadAsync(source);

        rows.Partitions.Should().HaveCount(3);
        rows.Schemas.Should().OnlyContain(schema => schema.Fields.Count == 3);
        for (int partition = 0; partition < 3; partition++)
        {
            rows.Rows.Where(row => (string?)row[1] == $"p{partition}").Select(row => (long)row[0]!)
                .Should().Equal(Enumerable.Range(0, 100).Select(step => (long)((step * 3) + partition)));
        }
    }

    [Fact]
    public async Task Read_SomeColumns_DeliversThoseInTheOrderAskedFor()
    {
        ISource source = await CreateAsync(Declared, 1, new ContractRecord("""{"id":1,"name":"a","amount":2}"""));

        ContractRows rows = await ReadAsync(source, new ScanRequest([Amount, Id]));

        rows.Schemas.Single().Fields.Select(field => field.Name).Should().Equal("amount", "id");
        rows.Should([2.0, 1L]);
    }

    [Fact]
    public async Task Read_NoColumns_StillDeliversRows()
    {
        ISource source = await CreateAsync(Declared, 1, new ContractRecord("""{"id":1}"""), new ContractRecord("""{"id":2}"""));

        (await ReadAsync(source, new ScanRequest([]))).Rows.Should().HaveCount(2);
    }

    [Fact]
    public async Task Read_PseudoColumns_TellWhereRecordsLie()
    {
        ISource source = await CreateAsync(
            Declared,
            2,
            new ContractRecord("""{"id":1,"name":"a"}"""),
            new ContractRecord("""{"id":2,"name":"b"}"""),
            new ContractRecord("""{"id":3,"name":"c"}""", Partition: 1));
        SourceColumn[] columns =
        [
            Id,
            new("ROWPARTITION", DataType.Int, SourceColumnRole.RowPartition),
            new("ROWOFFSET", DataType.BigInt, SourceColumnRole.RowOffset),
            new("ROWTIME", DataType.Timestamp, SourceColumnRole.RowTime),
            new("ROWKEY", DataType.Varchar, SourceColumnRole.RowKey),
        ];

        ContractRows rows = await ReadAsync(source, new ScanRequest(columns));

        object?[][] byId = [.. rows.Rows.OrderBy(row => (long)row[0]!)];
        byId.Select(row => row[1]).Should().Equal(0, 0, 1);
        ((long)byId[1][2]!).Should().BeGreaterThan((long)byId[0][2]!);
        rows.Partitions[1].Range.Start.Should().BeLessThanOrEqualTo((long)byId[2][2]!);
        byId.Select(row => row[3]).Should().AllBeOfType<DateTime>();
        byId.Select(row => row[4]).Should().OnlyContain(key => key == null);
    }

    [Fact]
    public async Task Read_InferredWithPseudoColumns_PutsThemBehind()
    {
        ISource source = await CreateAsync(definition => definition with { Mode = ReadMode.Append }, 1, new ContractRecord("""{"a":1,"b":"x"}"""));

        ContractRows rows = await ReadAsync(source, new ScanRequest(PseudoColumns: [SourceColumnRole.RowPartition]));

        rows.Schemas.Single().ToString().Should().Be("a INT, b VARCHAR, ROWPARTITION INT");
    }

    [Fact]
    public async Task Read_RecordsThatArriveAfterOpening_AreNotRead()
    {
        ISource source = await CreateAsync(definition => Declared(definition) with { BatchRows = 1 }, 1,
            new ContractRecord("""{"id":1,"name":"a"}"""), new ContractRecord("""{"id":2,"name":"b"}"""));
        await using ISourceScan scan = await source.OpenAsync(new ScanRequest(), CancellationToken.None);
        await AppendAsync(source, new ContractRecord("""{"id":3,"name":"c"}"""));

        ContractRows rows = await ContractRows.ReadAsync(scan);

        rows.Rows.Select(row => row[0]).Should().Equal(1L, 2L);
        rows.Statistics.Positions.Should().Equal(rows.Partitions.Select(partition => partition.Range.End));
        (await ReadAsync(source)).Rows.Select(row => row[0]).Should().Equal(1L, 2L, 3L);
    }

    [Fact]
    public async Task Open_Twice_ScansDoNotDisturbEachOther()
    {
        ISource source = await CreateAsync(definition => Declared(definition) with { BatchRows = 1 }, 1,
            new ContractRecord("""{"id":1,"name":"a"}"""), new ContractRecord("""{"id":2,"name":"b"}"""));
        await using ISourceScan first = await source.OpenAsync(new ScanRequest(), CancellationToken.None);
        SourceBatch? begun = await first.ReadAsync(CancellationToken.None);

        ContractRows second = await ReadAsync(source);
        ContractRows rest = await ContractRows.ReadAsync(first);

        begun!.Rows.RowCount.Should().Be(1);
        second.Rows.Should().HaveCount(2);
        rest.Rows.Select(row => row[0]).Should().Equal(2L);
    }

    [Fact]
    public async Task Read_MalformedUnderFail_NamesSourcePartitionAndOffset()
    {
        ISource source = await CreateAsync(Declared, 1, new ContractRecord("""{"id":1,"name":"a"}"""), new ContractRecord(Malformed));

        Func<Task> read = () => ReadAsync(source);

        SourceException failure = (await read.Should().ThrowAsync<SourceException>()).Which;
        failure.SourceName.Should().Be(source.Definition.Name);
        failure.IsTransient.Should().BeFalse();
        failure.Partition.Should().NotBeNull();
        failure.Offset.Should().BePositive();
        failure.Message.Should().Contain(failure.Partition).And.StartWith("cannot decode the record at ");
    }

    [Fact]
    public async Task Read_MalformedUnderSkip_LeavesItOutAndSamplesIt()
    {
        ISource source = await CreateAsync(
            definition => Declared(definition) with { OnError = RecordErrorPolicy.Skip },
            1,
            new ContractRecord("""{"id":1,"name":"a"}"""),
            new ContractRecord(Malformed),
            new ContractRecord("""{"id":3,"name":"c"}"""));

        ContractRows rows = await ReadAsync(source);

        rows.Rows.Select(row => row[0]).Should().Equal(1L, 3L);
        (rows.Statistics.Records, rows.Statistics.Rejected).Should().Be((3, 1));
        rows.Statistics.RejectedSamples.Should().ContainSingle(sample => sample.Partition == rows.Partitions[0].Name
            && sample.Offset > 0 && sample.Reason.Length > 0);
    }

    [Fact]
    public async Task Read_MoreRecordsThanAllowed_Fails()
    {
        ISource source = await CreateAsync(definition => Declared(definition) with { MaxRecords = 1 }, 1,
            new ContractRecord("""{"id":1,"name":"a"}"""), new ContractRecord("""{"id":2,"name":"b"}"""));

        Func<Task> read = () => ReadAsync(source);

        (await read.Should().ThrowAsync<SourceException>()).WithMessage("more than 1 records*");
    }

    [Fact]
    public async Task Statistics_AtTheEnd_AreExact()
    {
        ContractRecord[] records =
            [.. Enumerable.Range(0, 50).Select(id => new ContractRecord($$"""{"id":{{id}},"name":"n"}""", Partition: id % 2))];
        ISource source = await CreateAsync(definition => Declared(definition) with { BatchRows = 8 }, 2, records);

        ContractRows rows = await ReadAsync(source);

        rows.Statistics.Records.Should().Be(50);
        rows.Statistics.Retries.Should().Be(0);
        rows.Statistics.Positions.Should().Equal(rows.Partitions.Select(partition => partition.Range.End));
        if (CountsValueBytes) { rows.Statistics.Bytes.Should().Be(records.Sum(record => Encoding.UTF8.GetByteCount(record.Value!))); }
        else { rows.Statistics.Bytes.Should().BePositive(); }
    }

    [Fact]
    public async Task Read_Cancelled_IsNotWrapped()
    {
        ISource source = await CreateAsync(Declared, 1, new ContractRecord("""{"id":1,"name":"a"}"""));
        await using ISourceScan scan = await source.OpenAsync(new ScanRequest(), CancellationToken.None);

        Func<Task> read = async () => await scan.ReadAsync(new CancellationToken(canceled: true));

        await read.Should().ThrowAsync<OperationCanceledException>();
    }

    /// <summary>Opens and reads to the end.</summary>
    protected static async Task<ContractRows> ReadAsync(ISource source, ScanRequest? request = null)
    {
        await using ISourceScan scan = await source.OpenAsync(request ?? new ScanRequest(), CancellationToken.None);
        return await ContractRows.ReadAsync(scan);
    }

    private static SourceDefinition Declared(SourceDefinition definition) =>
        definition with { Columns = [Id, Name, Amount], Mode = ReadMode.Append };
}
