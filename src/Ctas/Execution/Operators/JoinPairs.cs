using System.Runtime.CompilerServices;
using Ctas.Data;

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

    private int[] _left = new int[1024];
    private int[] _right = new int[1024];

    /// <summary>The left rows under probe.</summary>
    public LeftRows Left => left;

    /// <summary>Pairs in this portion.</summary>
    public int Count { get; private set; }

    /// <summary>True when the portion is to be given on.</summary>
    public bool IsFull => Count == MaxPairs;

    /// <summary>Adds a pair of a row under probe and a right row.</summary>
    public void Add(int leftRow, int rightRow)
    {
        if (Count == _left.Length)
        {
            Array.Resize(ref _left, Count * 2);
            Array.Resize(ref _right, Count * 2);
        }

        _left[Count] = leftRow;
        _right[Count++] = rightRow;
    }

    /// <summary>Begins the next portion.</summary>
    public void Clear() => Count = 0;

    /// <summary>The row under probe of a pair.</summary>
    public int LeftRow(int pair) => _left[pair];

    /// <summary>The left rows of the pairs, by their row in the input batch.</summary>
    public int[] InputRows()
    {
        var rows = new int[Count];
        for (int pair = 0; pair < rows.Length; pair++) { rows[pair] = left.InputRow(_left[pair]); }

        return rows;
    }

    /// <summary>The right rows of the pairs.</summary>
    public int[] RightRows() => _right[..Count];

    /// <summary>Notes that the left rows of some pairs, or of all, have a match.</summary>
    public void MarkLeft(int[]? pairs)
    {
        if (matchedLeft is null) { return; }

        int count = pairs?.Length ?? Count;
        for (int pair = 0; pair < count; pair++) { matchedLeft[_left[pairs is null ? pair : pairs[pair]]] = true; }
    }
}
