using Ctas.Data;

namespace Ctas.Tests.Data;

public sealed class KeyIndexTests
{
    [Theory]
    [InlineData(1, 1UL << 40)]
    [InlineData(2, 16UL)]
    [InlineData(3, 3UL)]
    public void AddRemove_RandomWithCollisions_EqualsDictionary(int seed, ulong hashes)
    {
        var random = new Random(seed);
        var index = new KeyIndex();
        var expected = new Dictionary<int, ulong>();
        for (int round = 0; round < 5_000; round++)
        {
            int row = random.Next(100);
            if (expected.Remove(row, out ulong hash)) { index.Remove(hash, row).Should().BeTrue(); }
            else
            {
                expected.Add(row, (ulong)random.NextInt64((long)hashes));
                index.Add(expected[row], row);
            }

            index.Count.Should().Be(expected.Count);
            if (round % 100 != 0) { continue; }

            foreach ((int there, ulong of) in expected) { Candidates(index, of).Should().Contain(there); }

            index.Remove(0, 1_000).Should().BeFalse();
        }
    }

    [Fact]
    public void SetRow_OfCandidate_MovesTheKey()
    {
        var index = new KeyIndex();
        index.Add(42, 1);
        KeyProbe probe = index.Probe(42);
        probe.MoveNext().Should().BeTrue();
        probe.SetRow(7);

        Candidates(index, 42).Should().Equal(7);
    }

    [Theory]
    [InlineData(4, ~0UL)]
    [InlineData(5, 0xFFFFFUL)] // the first bits are the same in all hashes
    [InlineData(6, 0xFFFUL)] // many keys share a hash
    public void AddRemove_ManyKeys_EqualsDictionary(int seed, ulong bits)
    {
        var random = new Random(seed);
        var index = new KeyIndex();
        var expected = new Dictionary<int, ulong>();
        for (int row = 0; row < 30_000; row++)
        {
            expected.Add(row, (ulong)random.NextInt64() & bits);
            index.Add(expected[row], row);
            int removed = random.Next(row + 1);
            if (row % 5 == 0 && expected.Remove(removed, out ulong hash)) { index.Remove(hash, removed).Should().BeTrue(); }
        }

        index.Count.Should().Be(expected.Count);
        index.Parts.Sum(part => part.Count).Should().Be(expected.Count);
        ulong[] contents = [.. index.Parts.SelectMany(ContentsOf)];
        contents.Order().SequenceEqual(expected.Select(key => KeyIndex.ContentOf(KeyIndex.Shorten(key.Value), key.Key)).Order())
            .Should().BeTrue();
        foreach ((int row, ulong hash) in expected.Take(500)) { Candidates(index, hash).Should().Contain(row); }
    }

    [Fact]
    public void Add_ToALargeIndex_CopiesOnePartAtMost()
    {
        var index = new KeyIndex();
        long dearest = 0;
        for (int row = 0; row < 500_000; row++)
        {
            ulong hash = Hashing.Int64((ulong)row);
            long before = GC.GetAllocatedBytesForCurrentThread();
            index.Add(hash, row);
            dearest = Math.Max(dearest, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        index.SizeInBytes.Should().BeGreaterThan(5 << 20);
        dearest.Should().BeLessThan(256 << 10);
    }

    private static ulong[] ContentsOf(KeyIndexPart part)
    {
        ulong[] contents = new ulong[part.Count];
        part.CopyTo(contents);
        return contents;
    }

    private static List<int> Candidates(KeyIndex index, ulong hash)
    {
        var rows = new List<int>();
        for (KeyProbe probe = index.Probe(hash); probe.MoveNext();) { rows.Add(probe.Row); }

        return rows;
    }
}
