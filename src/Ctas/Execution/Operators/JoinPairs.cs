using System.Runtime.CompilerServices;
using Ctas.Data;
using Ctas.Execution.State;

namespace Ctas.Execution.Operators;

/// <summary>The left rows under probe.</summary>
/// <param name="Rows">The batch they are in.</param>
/// <param name="InputRows">Row in the batch of each; null when they are the same.</param>
/// <param name="Count">How many.</param>
internal readonly record struct LeftRows(Batch Rows, RowSelection? InputRows, int Count)
{
    /// <summary>Replaces numbers of rows under probe by their rows in the batch.</summary>
    public void ToInputRows(Span<int> rows)
    {
        if (InputRows is not { } inputRows) { return; }

        ReadOnlySpan<int> from = inputRows.Span;
        for (int row = 0; row < rows.Length; row++) { rows[row] = from[rows[row]]; }
    }
}

/// <summary>Loops over the rows that a probe has found.</summary>
internal static class FoundRows
{
    /// <summary>Writes row and number where the number is not negative, packed; both targets are as long as the numbers.</summary>
    /// <returns>How many there are.</returns>
    [MethodImpl(HotLoop.Options)]
    public static int Matches(ReadOnlySpan<int> numbers, Span<int> rows, Span<int> found)
    {
        int count = 0;
        for (int row = 0; row < numbers.Length; row++)
        {
            // Written always and kept by counting, so that nothing must be foreseen.
            rows[count] = row;
            found[count] = numbers[row];
            count += numbers[row] >= 0 ? 1 : 0;
        }

        return count;
    }

    /// <summary>Writes the rows whose bit is clear; the target has room for one more than there are.</summary>
    /// <returns>How many there are.</returns>
    public static int Unmatched(Bitmap matched, Span<int> rows)
    {
        int count = 0;
        for (int row = 0; row < matched.Length; row++)
        {
            rows[count] = row;
            count += matched[row] ? 0 : 1;
        }

        return count;
    }
}

/// <summary>Candidate pairs of a probe, given on in portions of bounded size.</summary>
internal sealed class JoinPairs(LeftRows left, Bitmap? matchedLeft)
{
    private const int MaxPairs = 16 * 1024;
    private const int FewPairs = 1024;

    private int[] _left = PooledArrays.Rent<int>(FewPairs);
    private int[] _right = PooledArrays.Rent<int>(FewPairs);
    private int[] _inputRows = [];

    /// <summary>The left rows under probe.</summary>
    public LeftRows Left => left;

    /// <summary>Pairs in this portion.</summary>
    public int Count { get; private set; }

    /// <summary>True when the portion is to be given on.</summary>
    public bool IsFull => Count == MaxPairs;

    /// <summary>The right rows of the pairs; read until the next pair is added.</summary>
    public ReadOnlySpan<int> RightRows => _right.AsSpan(0, Count);

    /// <summary>Adds a pair of a row under probe and a right row.</summary>
    public void Add(int leftRow, int rightRow)
    {
        if (Count == Math.Min(_left.Length, _right.Length))
        {
            PooledArrays.GrowUncleared(ref _left, Count + 1, Count);
            PooledArrays.GrowUncleared(ref _right, Count + 1, Count);
        }

        _left[Count] = leftRow;
        _right[Count++] = rightRow;
    }

    /// <summary>Begins the next portion.</summary>
    public void Clear() => Count = 0;

    /// <summary>The row under probe of a pair.</summary>
    public int LeftRow(int pair) => _left[pair];

    /// <summary>The left rows of the pairs, by their row in the input batch; read until the next pair is added.</summary>
    public ReadOnlySpan<int> InputRows()
    {
        ReadOnlySpan<int> rows = _left.AsSpan(0, Count);
        if (left.InputRows is null) { return rows; }

        PooledArrays.GrowUncleared(ref _inputRows, Count, used: 0);
        Span<int> inputRows = _inputRows.AsSpan(0, Count);
        rows.CopyTo(inputRows);
        left.ToInputRows(inputRows);
        return inputRows;
    }

    /// <summary>Notes that the left rows of all pairs have a match.</summary>
    public void MarkLeft()
    {
        for (int pair = 0; matchedLeft is not null && pair < Count; pair++) { matchedLeft[_left[pair]] = true; }
    }

    /// <summary>Keeps some of the pairs.</summary>
    /// <param name="pairs">Which, ascending.</param>
    public void Keep(ReadOnlySpan<int> pairs)
    {
        for (int kept = 0; kept < pairs.Length; kept++)
        {
            _left[kept] = _left[pairs[kept]];
            _right[kept] = _right[pairs[kept]];
        }

        Count = pairs.Length;
    }

    /// <summary>Gives the memory back; nothing is called afterwards.</summary>
    public void Release()
    {
        PooledArrays.Release(ref _left);
        PooledArrays.Release(ref _right);
        PooledArrays.Release(ref _inputRows);
    }
}
