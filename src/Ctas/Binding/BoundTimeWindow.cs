namespace Ctas.Binding;

/// <summary>The kinds of windows of event time.</summary>
internal enum BoundTimeWindowKind
{
    Tumbling,
    Hopping,
    Session,
}

/// <summary>
/// Puts rows into windows of event time: a row comes once for each window it is in, with the window's start (and, of a
/// session, its end). Rows without event time are in none.
/// </summary>
/// <param name="input">The input.</param>
/// <param name="kind">The kind.</param>
/// <param name="time">Event time, a TIMESTAMP.</param>
/// <param name="size">Length in microseconds; of a session, the longest gap within it.</param>
/// <param name="advance">Microseconds from one start to the next; of a tumbling window its size.</param>
/// <param name="keys">Of a session: rows with equal keys make sessions.</param>
/// <param name="start">Column of the window's start.</param>
/// <param name="end">Column of a session's end; null for the others.</param>
internal sealed class BoundTimeWindow(
    BoundRelation input,
    BoundTimeWindowKind kind,
    BoundExpression time,
    long size,
    long advance,
    IReadOnlyList<BoundExpression> keys,
    ColumnSymbol start,
    ColumnSymbol? end) : BoundRelation
{
    public BoundRelation Input { get; } = input;

    public BoundTimeWindowKind Kind { get; } = kind;

    public BoundExpression Time { get; } = time;

    public long Size { get; } = size;

    public long Advance { get; } = advance;

    public IReadOnlyList<BoundExpression> Keys { get; } = keys;

    public ColumnSymbol Start { get; } = start;

    public ColumnSymbol? End { get; } = end;

    public override IReadOnlyList<ColumnSymbol> Columns =>
        End is null ? [.. Input.Columns, Start] : [.. Input.Columns, Start, End];

    /// <summary>How long after its end a window takes late rows, in microseconds; null where nothing is said.</summary>
    public long? Grace { get; init; }

    /// <summary>The same windows over another input and other expressions.</summary>
    public BoundTimeWindow With(BoundRelation input, BoundExpression time, IReadOnlyList<BoundExpression> keys) =>
        new(input, Kind, time, Size, Advance, keys, Start, End) { Grace = Grace };
}
