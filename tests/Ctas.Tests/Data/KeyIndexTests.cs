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

    private static List<int> Candidates(KeyIndex index, ulong hash)
    {
        var rows = new List<int>();
        for (KeyProbe probe = index.Probe(hash); probe.MoveNext();) { rows.Add(probe.Row); }

        return rows;
    }
}
