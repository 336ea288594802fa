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
    [InlineData(4, ~0UL, 0)]
    [InlineData(5, 0xFFFFFUL, 0)] // the first bits are the same in all hashes
    [InlineData(6, 0xFFFUL, 0)] // many keys share a hash
    [InlineData(7, ~0UL, 24_000)]
    [InlineData(8, ~0UL, 1_000_000_000)]
    [InlineData(9, ~0UL, 3)]
    [InlineData(10, 0xFFFFFUL, 7_000)]
    [InlineData(11, 0xFFFUL, 7_000)]
    public void AddRemove_ManyKeys_EqualsDictionary(int seed, ulong bits, int expectedKeys)
    {
        var random = new Random(seed);
        var index = new KeyIndex(expectedKeys);
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
            (int added, ulong hash) = (row, Hashing.Int64((ulong)row));
            dearest = Math.Max(dearest, Allocations.Of(() => index.Add(hash, added)));
        }

        index.SizeInBytes.Should().BeGreaterThan(5 << 20);
        dearest.Should().BeLessThan(256 << 10);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    [InlineData(700)]
    [InlineData(2_500)]
    public void Add_FarMoreKeysThanWereExpected_TakesNoMoreThanOfUnknownNumber(int expected)
    {
        (KeyIndex index, KeyIndex unknown) = (new KeyIndex(expected), new KeyIndex());
        var random = new Random(3);
        for (int row = 0; row < 400_000; row++)
        {
            ulong hash = (ulong)random.NextInt64();
            index.Add(hash, row);
            unknown.Add(hash, row);
        }

        index.SizeInBytes.Should().BeLessThan(unknown.SizeInBytes * 5 / 4);
    }

    [Theory]
    [InlineData(1_000)]
    [InlineData(7_000)]
    [InlineData(50_000)]
    [InlineData(500_000)]
    [InlineData(800_000)]
    public void Add_AsManyKeysAsWereExpected_LeavesPartsWellFilled(int keys)
    {
        var index = new KeyIndex(keys);
        for (int row = 0; row < keys; row++) { index.Add(Hashing.Int64((ulong)row), row); }

        double slots = index.Parts.Sum(part => (double)part.Slots.Length);

        (keys / slots).Should().BeInRange(0.64, 0.75);
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
