using Ctas.Execution.Incremental;

namespace Ctas.Tests.Execution.Incremental;

public sealed class HashSlotsTests
{
    private readonly HashSlots _slots = new();

    [Theory]
    [InlineData(1, uint.MaxValue)]
    [InlineData(2, 63u)]
    [InlineData(3, 0xC000_0007u)]
    [InlineData(4, 0xFFFF_0000u)]
    [InlineData(5, 0u)]
    public void RandomAdditionsAndRemovals_AreThoseOfADictionary(int seed, uint hashBits)
    {
        // Few bits make lines of slots run over, into lines that are full themselves.
        var random = new Random(seed);
        var hashOf = new Dictionary<int, uint>();
        for (int round = 0; round < 200; round++)
        {
            for (int place = round * 20; place < (round * 20) + random.Next(20); place++)
            {
                uint hash = (uint)random.NextInt64(1L << 32) & hashBits;
                HashSlots.Search end = _slots.Find(hash);
                while (end.Next() >= 0) { }

                _slots.Add(end, place);
                hashOf.Add(place, hash);
            }

            foreach (int place in hashOf.Keys.Where(_ => random.Next(round % 40 == 0 ? 2 : 16) == 0).ToList())
            {
                _slots.Remove(hashOf[place], place);
                hashOf.Remove(place);
            }

            if (round % 20 == 0) { CheckAll(hashOf); }
        }

        CheckAll(hashOf);
    }

    private void CheckAll(Dictionary<int, uint> hashOf)
    {
        ulong[] marked = new ulong[64];
        _slots.Mark(marked);
        Enumerable.Range(0, 64 * 64).Where(place => (marked[place / 64] >> (place % 64) & 1) != 0).Should().Equal(hashOf.Keys.Order());
        foreach (IGrouping<uint, int> sameHash in hashOf.GroupBy(place => place.Value, place => place.Key))
        {
            var found = new List<int>();
            HashSlots.Search search = _slots.Find(sameHash.Key);
            while (search.Next() is >= 0 and var place) { found.Add(place); }

            found.Should().BeEquivalentTo(sameHash);
        }
    }
}
