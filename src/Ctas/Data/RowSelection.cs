namespace Ctas.Data;

/// <summary>Row indexes of a batch that count, ascending. Immutable for as long as whoever made it lends it.</summary>
public sealed class RowSelection
{
    private readonly int[] _rows;
    private readonly int _start;

    /// <summary>Takes over the first of <paramref name="rows"/>.</summary>
    /// <param name="rows">Row indexes, ascending.</param>
    /// <param name="length">How many of them count.</param>
    public RowSelection(int[] rows, int length)
        : this(rows, 0, length)
    {
    }

    private RowSelection(int[] rows, int start, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(length, rows.Length - start);
        _rows = rows;
        _start = start;
        Length = length;
    }

    /// <summary>Number of rows that count.</summary>
    public int Length { get; }

    /// <summary>The row indexes.</summary>
    public ReadOnlySpan<int> Span => _rows.AsSpan(_start, Length);

    /// <summary>Takes over all of <paramref name="rows"/>; null stays null, so that every row counts.</summary>
    public static implicit operator RowSelection?(int[]? rows) => Of(rows);

    /// <inheritdoc cref="op_Implicit"/>
    public static RowSelection? Of(int[]? rows) => rows is null ? null : new RowSelection(rows, rows.Length);

    /// <summary>Some of the indexes; nothing is copied.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There are not so many.</exception>
    public RowSelection Slice(int start, int length)
    {
        // The array may go on behind them.
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)start, (uint)Length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)length, (uint)(Length - start));
        return new RowSelection(_rows, _start + start, length);
    }
}
