using Ctas.Execution.Incremental;

namespace Ctas.Tests.Execution.Incremental;

public sealed class PlaceListsTests
{
    private const int Lists = 20;

    private readonly Dictionary<int, int> _indexes = [];
    private readonly PlaceLists _memory;
    private readonly PlaceList[] _lists = new PlaceList[Lists];
    private readonly List<int>[] _model = [.. Enumerable.Range(0, Lists).Select(_ => new List<int>())];
    private int _nextPlace;

    public PlaceListsTests() => _memory = new PlaceLists((place, index) => _indexes[place] = index);

    [Theory]
    [InlineData(1, 4)]
    [InlineData(2, 20)]
    [InlineData(3, 200)]
    [InlineData(4, 3_000)]
    public void RandomAdditionsAndRemovals_KeepTheOrderOfALists(int seed, int most)
    {
        var random = new Random(seed);
        for (int round = 0; round < 300; round++)
        {
            int list = random.Next(Lists);
            int wanted = random.Next(3) == 0 ? 0 : random.Next(most);
            while (_model[list].Count < wanted) { Add(list); }

            while (_model[list].Count > wanted) { Remove(list, random.Next(_model[list].Count)); }

            // One comes and one goes: an update.
            for (int update = 0; wanted > 0 && update < 10; update++)
            {
                Add(list);
                Remove(list, random.Next(_model[list].Count));
            }

            Places(list).SequenceEqual(_model[list]).Should().BeTrue("places stay in the order in which they came");
            _lists[list].Count.Should().Be(_model[list].Count);
        }

        for (int list = 0; list < Lists; list++) { Places(list).SequenceEqual(_model[list]).Should().BeTrue("lists share no memory"); }
    }

    [Fact]
    public void Updates_OfFullLists_TakeNoMoreMemory()
    {
        for (int list = 0; list < Lists; list++)
        {
            for (int place = 0; place < 12; place++) { Add(list); }
        }

        long before = _memory.SizeInBytes;
        for (int update = 0; update < 10_000; update++)
        {
            Add(update % Lists);
            Remove(update % Lists, 0);
        }

        _memory.SizeInBytes.Should().Be(before);
    }

    [Fact]
    public void Remove_OfNearlyAllPlaces_LeavesMemoryToOtherLists()
    {
        for (int place = 0; place < 10_000; place++) { Add(0); }

        while (_model[0].Count > 3) { Remove(0, 0); }

        long before = _memory.SizeInBytes;
        for (int place = 0; place < 10_000; place++) { Add(1); }

        _memory.SizeInBytes.Should().BeLessThan(before * 5 / 4);
        Places(0).Should().Equal(_model[0]);
    }

    private void Add(int list)
    {
        _memory.Add(ref _lists[list], _nextPlace);
        _model[list].Add(_nextPlace++);
    }

    private void Remove(int list, int at)
    {
        int place = _model[list][at];
        _model[list].RemoveAt(at);
        _memory.Remove(ref _lists[list], place, _indexes.GetValueOrDefault(place));
    }

    private List<int> Places(int list)
    {
        var places = new List<int>();
        foreach (int place in _lists[list].Places) { places.Add(place); }

        return places;
    }
}
