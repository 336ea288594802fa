using System.Runtime.CompilerServices;
using Ctas.Data;
using Ctas.Execution.State;

namespace Ctas.Execution.Operators;

/// <summary>The left rows under probe.</summary>
/// <param name="Rows">The batch they are in.</param>
/// <param name="InputRows">Row in the batch of each; null when they are the same.</param>
/// <param name="Count">How many.</param>
internal readonly record struct LeftRows(Batch Rows, int[]? InputRows, int Count)
{
    /// <summary>Row in the batch of a row under probe.</summary>
    public int InputRow(int row) => InputRows is null ? row : InputRows[row];
}

/// <summary>Pairs of a left and a right row, at most as many as it was made for.</summary>
internal struct RowPairs(int capacity)
{
    private readonly int[] _left = new int[capacity];
    private readonly int[] _right = new int[capacity];
    private int _count;

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

    public readonly ReadOnlySpan<int> Left => _left.AsSpan(0, _count);

    public readonly ReadOnlySpan<int> Right => _right.AsSpan(0, _count);

    public void Add(int left, int right)
    {
        _left[_count] = left;
        _right[_count++] = right;
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
        if (left.InputRows is not { } inputRows) { return _left.AsSpan(0, Count); }

        PooledArrays.GrowUncleared(ref _inputRows, Count, used: 0);
        for (int pair = 0; pair < Count; pair++) { _inputRows[pair] = inputRows[_left[pair]]; }

        return _inputRows.AsSpan(0, Count);
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
