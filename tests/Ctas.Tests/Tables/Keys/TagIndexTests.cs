using Ctas.Data;
using Ctas.Tables.Keys;

namespace Ctas.Tests.Tables.Keys;

/// <summary>The key index alone: every row is found by its hash, whatever the hashes are.</summary>
public sealed class TagIndexTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(12)]
    [InlineData(13)]
    [InlineData(300)]
    [InlineData(100_000)]
    public void Of_AnyCount_FindsEveryRow(int count)
    {
        uint[] hashes = Hashes(count, seed: 1);
        TagIndex index = TagIndex.Of(hashes, rows: default);

        for (int row = 0; row < count; row++) { Candidates(index, hashes[row]).Should().Contain(row); }

        long bytes = index.SizeInBytes;
        if (count == 100_000) { (bytes / (double)count).Should().BeLessThan(6.5); }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void Of_GivenRows_FindsEveryRowOfManyParts(int maxThreads)
    {
        uint[] hashes = Hashes(300_000, seed: 8);
        int[] rows = [.. Enumerable.Range(0, hashes.Length).Select(key => (key * 7) + 5)];
        TagIndex index = TagIndex.Of(hashes, rows, maxThreads);

        for (int key = 0; key < hashes.Length; key++) { Candidates(index, hashes[key]).Should().Contain(rows[key]); }

        index.Current.Parts.Should().HaveCountGreaterThan(16);
        (index.SizeInBytes / (double)hashes.Length).Should().BeLessThan(6.5);
    }

    [Theory]
    [InlineData(0xFFFFFFFFu)]
    [InlineData(0x000000FFu)]
    [InlineData(0xFF000000u)]
    [InlineData(0u)]
    public void Add_CollidingHashes_FindsEveryRow(uint mask)
    {
        const int count = 3_000;
        uint[] hashes = [.. Hashes(count, seed: 2).Select(hash => hash & mask)];
        var rows = new Rows(hashes);
        var index = new TagIndex();
        for (int row = 0; row < count; row++) { index.Add(hashes[row], row, rows); }

        for (int row = 0; row < count; row++) { Candidates(index, hashes[row]).Should().Contain(row); }
    }

    [Fact]
    public void Add_ManyRows_LeavesPublishedDirectoriesAsTheyWere()
    {
        const int count = 200_000;
        uint[] hashes = Hashes(count, seed: 3);
        var rows = new Rows(hashes);
        var index = new TagIndex();
        var published = new List<(int Count, TagDirectory Directory)>();
        for (int row = 0; row < count; row++)
        {
            if (row % 10_000 == 0) { published.Add((row, index.Publish())); }

            index.Add(hashes[row], row, rows);
        }

        foreach ((int known, TagDirectory directory) in published)
        {
            for (int row = 0; row < known; row += 17) { Candidates(directory, hashes[row]).Should().Contain(row); }
        }

        (index.SizeInBytes / (double)count).Should().BeLessThan(13);
    }

    [Fact]
    public void Add_MostRowsDead_ReusesTheirRoom()
    {
        const int count = 500_000;
        const int alive = 1_000;
        uint[] hashes = Hashes(count, seed: 4);
        var rows = new Rows(hashes);
        var index = new TagIndex();
        for (int row = 0; row < count; row++)
        {
            rows.FirstAlive = Math.Max(0, row - alive);
            index.Add(hashes[row], row, rows);
        }

        index.SizeInBytes.Should().BeLessThan(alive * 200);
        for (int row = count - alive; row < count; row++) { Candidates(index, hashes[row]).Should().Contain(row); }
    }

    [Fact]
    public void Renumber_GivesTheSameKeysOtherRows()
    {
        uint[] hashes = Hashes(50_000, seed: 5);
        TagIndex index = TagIndex.Of(hashes, rows: default);
        TagIndex renumbered = index.Renumber(row => row + 1_000_000);

        for (int row = 0; row < hashes.Length; row += 7)
        {
            Candidates(renumbered, hashes[row]).Should().Contain(row + 1_000_000).And.NotContain(row);
            Candidates(index, hashes[row]).Should().Contain(row);
        }
    }

    [Fact]
    public void Probe_MissingKeys_GivesFewCandidates()
    {
        TagIndex index = TagIndex.Of(Hashes(100_000, seed: 6), rows: default);
        double candidates = Hashes(100_000, seed: 7).Average(hash => Candidates(index, hash).Count);

        candidates.Should().BeLessThan(0.12);
    }

    private static uint[] Hashes(int count, int seed)
    {
        uint first = (uint)seed * 1_000_003u;
        return [.. Enumerable.Range(0, count).Select(row => KeyIndex.Shorten(Hashing.Int64(first + (ulong)row)))];
    }

    private static List<int> Candidates(TagIndex index, uint hash) => Candidates(index.Current, hash);

    private static List<int> Candidates(TagDirectory directory, uint hash)
    {
        var rows = new List<int>();
        for (TagProbe probe = directory.Probe(hash); probe.MoveNext();) { rows.Add(probe.Row); }

        return rows;
    }

    private sealed class Rows(uint[] hashes) : IIndexedRows
    {
        public int FirstAlive { get; set; }

        public bool TryHash(int row, out uint hash)
        {
            hash = hashes[row];
            return row >= FirstAlive;
        }
    }
}
