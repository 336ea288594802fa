using Ctas.Data;
using Ctas.Sources;

namespace Ctas.Tests.Sources;

/// <summary>What every source whose records have keys has to do, beyond <see cref="SourceContractTests"/>.</summary>
public abstract class KeyedSourceContractTests : SourceContractTests
{
    private static readonly SourceColumn Key = new("k", DataType.Varchar, SourceColumnRole.Key);
    private static readonly SourceColumn V = new("v", DataType.Int);

    [Fact]
    public async Task Read_Changelog_KeepsTheLastVersionAndDeletesByTombstone()
    {
        ISource source = await CreateAsync(
            Changelog,
            1,
            new ContractRecord("""{"v":1}""", "a"),
            new ContractRecord("""{"v":2}""", "b"),
            new ContractRecord("""{"v":3}""", "a"),
            new ContractRecord(null, "b"),
            new ContractRecord("""{"v":4}""", "c"),
            new ContractRecord(null, "never"),
            new ContractRecord(null, "c"),
            new ContractRecord("""{"v":5}""", "c"));

        ContractRows rows = await ReadAsync(source);

        rows.Schemas.Should().OnlyContain(schema => schema.ToString() == "k VARCHAR KEY, v INT");
        rows.Compacted().Should().BeEquivalentTo(
            new object?[][] { ["a", 3], ["c", 5] }, options => options.WithStrictOrdering());
        rows.Statistics.Records.Should().Be(8);
    }

    [Fact]
    public async Task Read_AutoWithKeys_IsKeyedByRowKey()
    {
        ISource source = await CreateAsync(
            definition => definition, 1, new ContractRecord("""{"v":1}""", "a"), new ContractRecord("""{"v":2}""", "a"));

        ContractRows rows = await ReadAsync(source);

        rows.Schemas[0].ToString().Should().Be("ROWKEY VARCHAR KEY, v INT");
        rows.Compacted().Should().BeEquivalentTo(new object?[][] { ["a", 2] });
    }

    [Fact]
    public async Task Read_AppendWithKeys_KeepsEveryRecord()
    {
        ISource source = await CreateAsync(
            definition => Changelog(definition) with { Mode = ReadMode.Append },
            1,
            new ContractRecord("""{"v":1}""", "a"),
            new ContractRecord("""{"v":2}""", "a"),
            new ContractRecord("""{"v":3,"k":"from value"}"""));

        (await ReadAsync(source)).Should(["a", 1], ["a", 2], ["from value", 3]);
    }

    [Theory]
    [InlineData(NullKeyPolicy.Skip)]
    [InlineData(NullKeyPolicy.Append)]
    public async Task Read_KeylessInAChangelog_FollowsThePolicy(NullKeyPolicy policy)
    {
        ISource source = await CreateAsync(
            definition => Changelog(definition) with { NullKey = policy },
            1,
            new ContractRecord("""{"v":1}""", "a"),
            new ContractRecord("""{"v":2}"""),
            new ContractRecord("""{"v":3}"""));

        ContractRows rows = await ReadAsync(source);

        rows.Compacted().Select(row => row[1]).Should().Equal(policy == NullKeyPolicy.Append ? [1, 2, 3] : [1]);
        rows.Statistics.Rejected.Should().Be(policy == NullKeyPolicy.Append ? 0 : 2);
    }

    [Fact]
    public async Task Read_KeylessUnderError_FailsAndNamesTheOffset()
    {
        ISource source = await CreateAsync(Changelog, 1, new ContractRecord("""{"v":1}""", "a"), new ContractRecord("""{"v":2}"""));

        Func<Task> read = () => ReadAsync(source);

        SourceException failure = (await read.Should().ThrowAsync<SourceException>()).Which;
        failure.Offset.Should().Be(1);
        failure.Message.Should().Contain("@1 has no key");
    }

    [Fact]
    public async Task Read_KeyNotAskedFor_ComesBehindTheColumns()
    {
        ISource source = await CreateAsync(Changelog, 1, new ContractRecord("""{"v":1}""", "a"));

        ContractRows rows = await ReadAsync(source, new ScanRequest([V]));

        rows.Schemas.Single().ToString().Should().Be("v INT, k VARCHAR KEY");
        rows.Should([1, "a"]);
    }

    [Fact]
    public async Task Statistics_CountKeysAndTombstones()
    {
        ISource source = await CreateAsync(Changelog, 1, new ContractRecord("""{"v":1}""", "abc"), new ContractRecord(null, "abc"));

        ScanStatistics statistics = (await ReadAsync(source)).Statistics;

        (statistics.Records, statistics.Bytes).Should().Be((2, 13));
    }

    private static SourceDefinition Changelog(SourceDefinition definition) =>
        definition with { Columns = [Key, V], Mode = ReadMode.Changelog };
}
