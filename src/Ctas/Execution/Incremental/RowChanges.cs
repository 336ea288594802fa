using System.Runtime.InteropServices;

namespace Ctas.Execution.Incremental;

/// <summary>Places of rows that are given on, with their weights; a place is visited once. Reused; single-threaded.</summary>
internal sealed class RowChanges
{
    private const int PortionRows = 8192;

    private readonly List<int> _places = [];
    private readonly List<int> _weights = [];
    private int[] _visits = [];
    private int _visit;

    /// <summary>Changes collected.</summary>
    public int Count => _places.Count;

    /// <summary>True when enough is collected to be given on.</summary>
    public bool IsFull => _places.Count >= PortionRows;

    /// <summary>The places.</summary>
    public ReadOnlySpan<int> Places => CollectionsMarshal.AsSpan(_places);

    /// <summary>Forgets which places were visited.</summary>
    public void Begin() => _visit++;

    /// <summary>True the first time since <see cref="Begin"/>.</summary>
    public bool Visit(int place)
    {
        if (place >= _visits.Length) { Array.Resize(ref _visits, Math.Max(place + 1, _visits.Length * 2)); }

        bool isFirst = _visits[place] != _visit;
        _visits[place] = _visit;
        return isFirst;
    }

    /// <summary>Collects a change.</summary>
    public void Add(int place, int weight)
    {
        _places.Add(place);
        _weights.Add(weight);
    }

    /// <summary>The weights, null when all are +1; nothing is collected afterwards.</summary>
    public int[]? TakeWeights()
    {
        int[]? weights = CollectionsMarshal.AsSpan(_weights).ContainsAnyExcept(1) ? [.. _weights] : null;
        _places.Clear();
        _weights.Clear();
        return weights;
    }
}
