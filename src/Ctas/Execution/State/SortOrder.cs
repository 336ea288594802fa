using Ctas.Data;
using Ctas.Planning;

namespace Ctas.Execution.State;

/// <summary>Finds the order of rows by sort keys.</summary>
internal static class SortOrder
{
    /// <summary>Row numbers in sorted order; stable.</summary>
    /// <param name="columns">A column for each key.</param>
    /// <param name="keys">Direction and place of NULLs.</param>
    public static int[] Of(Batch columns, IReadOnlyList<SortKey> keys)
    {
        var packed = new PackedSortKeys(columns.RowCount);
        for (int key = 0; key < keys.Count; key++)
        {
            packed.Add(columns[key], keys[key].IsDescending, keys[key].NullsFirst);
        }

        int[] order = packed.Order();
        packed.Release();
        return order;
    }
}
