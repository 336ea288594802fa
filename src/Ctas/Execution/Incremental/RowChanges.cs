using System.Runtime.InteropServices;

namespace Ctas.Execution.Incremental;

/// <summary>Places of rows that are given on, with their weights. Reused; single-threaded.</summary>
internal sealed class RowChanges
{
    private const int PortionRows = 8192;

    private readonly List<int> _places = [];
    private readonly List<int> _weights = [];

    /// <summary>Changes collected.</summary>
    public int Count => _places.Count;

    /// <summary>True when enough is collected to be given on.</summary>
    public bool IsFull => _places.Count >= PortionRows;

    /// <summary>The places.</summary>
    public ReadOnlySpan<int> Places => CollectionsMarshal.AsSpan(_places);

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
