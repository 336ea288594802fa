using CsCheck;

using Ctas.Data;
using Ctas.Kafka.Scanning;
using Ctas.Sources;

namespace Ctas.IntegrationTests.Kafka;

/// <summary>How the partitions of a scan are shared out among its readers.</summary>
public sealed class PartitionSharesTests
{
    private static readonly SourceDefinition Stream =
        new("t", new TopicLocation("t", null)) { Columns = [ScriptedSource.N], Mode = ReadMode.Append };

    [Fact]
    public void Deal_AnyLengths_GivesEachPartitionToOneReaderAndNoneNothing() =>
        Gen.Select(Gen.Int[0, 1000].Array[1, 20], Gen.Int[1, 8], Gen.Int[1, 500]).Sample((lengths, readers, minOffsets) =>
        {
            IReadOnlyList<IReadOnlyList<int>> shares = PartitionShares.Deal(Partitions(lengths), readers, minOffsets);

            shares.SelectMany(share => share).Order().Should().Equal(Enumerable.Range(0, lengths.Length));
            shares.Should().OnlyContain(share => share.Count > 0);
            shares.Count.Should().BeLessThanOrEqualTo(readers);
        });

    [Fact]
    public void Deal_UnequalPartitions_GivesTheLongestOneAReaderOfItsOwn() =>
        PartitionShares.Deal(Partitions(100, 900, 300, 500), readers: 2, minOffsets: 1)
            .Should().BeEquivalentTo([new[] { 1 }, new[] { 0, 2, 3 }], options => options.WithStrictOrdering());

    [Theory]
    [InlineData(99, 1)]
    [InlineData(200, 2)]
    [InlineData(10_000, 3)]
    public void Deal_FewOffsets_AreNotWorthAReader(int offsets, int readers) =>
        PartitionShares.Deal(Partitions(offsets, 0, 0, 0), readers: 3, minOffsets: 100).Should().HaveCount(readers);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(4, 2)]
    [InlineData(64, PartitionShares.MaxReaders)]
    public void ReadersFor_Threads_TakesTwoForEachReader(int threads, int readers) =>
        PartitionShares.ReadersFor(Stream, new ScanRequest { MaxDegreeOfParallelism = threads }).Should().Be(readers);

    [Fact]
    public void ReadersFor_WhatDependsOnTheOrderOfRecords_IsReadByOne()
    {
        var request = new ScanRequest { MaxDegreeOfParallelism = 8 };
        var inferred = new SourceColumn("x", DataType.Unknown);

        PartitionShares.ReadersFor(Stream with { Columns = null }, request).Should().Be(1);
        PartitionShares.ReadersFor(Stream with { Columns = [inferred] }, request).Should().Be(1);
        PartitionShares.ReadersFor(Stream with { MaxRecords = 10 }, request).Should().Be(1);
        PartitionShares.ReadersFor(Stream with { Mode = ReadMode.Auto }, request).Should().Be(1);
    }

    private static List<SourcePartition> Partitions(params IEnumerable<int> lengths) =>
        [.. lengths.Select((length, id) => new SourcePartition($"t[{id}]", id, new OffsetRange(7, 7 + length)))];
}
