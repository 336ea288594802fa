using Ctas.Data;

namespace Ctas.Execution.Incremental;

/// <summary>Operators give a row that comes several times once, with a weight; outside, every change has weight +1 or −1.</summary>
internal static class UnitWeights
{
    /// <summary>The same changes, each as often as its weight says.</summary>
    public static ChangeBatch Of(ChangeBatch changes)
    {
        ChangeBatch dense = changes.Densify();
        if (dense.Weights is not { } weights || !weights.AsSpan().ContainsAnyExceptInRange(-1, 1)) { return dense; }

        var rows = new List<int>(weights.Length);
        var units = new List<int>(weights.Length);
        for (int row = 0; row < weights.Length; row++)
        {
            for (int copy = Math.Abs(weights[row]); copy > 0; copy--)
            {
                rows.Add(row);
                units.Add(Math.Sign(weights[row]));
            }
        }

        int[]? signs = units.TrueForAll(unit => unit == 1) ? null : [.. units];
        return new ChangeBatch(dense.Rows.Gather([.. rows]), Selection: null, signs);
    }
}
