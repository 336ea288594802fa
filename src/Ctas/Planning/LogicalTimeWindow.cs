using Ctas.Data;

namespace Ctas.Planning;

/// <summary>The kinds of windows of event time.</summary>
internal enum TimeWindowKind
{
    /// <summary>Windows of one size, one after the other; a row is in one.</summary>
    Tumbling,

    /// <summary>Windows of one size that start at equal distances; a row is in several.</summary>
    Hopping,

    /// <summary>Rows of one key that follow each other within a gap; from the first one's time to the last one's.</summary>
    Session,
}

/// <summary>Puts rows into windows of event time: a row comes once for each of its windows.</summary>
/// <remarks>
/// Starts of tumbling and hopping windows are multiples of the advance since 1970-01-01T00:00:00Z, in [start, start +
/// size); a row that is not before 1970 is in no window that starts before. A row without event time is in none.
/// </remarks>
/// <param name="Input">The input.</param>
/// <param name="Window">The kind.</param>
/// <param name="Time">Event time, a TIMESTAMP over the input.</param>
/// <param name="Size">Microseconds; of a session, the longest gap within it.</param>
/// <param name="Advance">Microseconds from one start to the next.</param>
/// <param name="Keys">Of a session: rows with equal keys make sessions; NULLs are equal.</param>
/// <param name="Schema">Columns of the input, then the start, then the end of a session.</param>
/// <param name="Kind">Change kind.</param>
internal sealed record LogicalTimeWindow(
    LogicalPlan Input,
    TimeWindowKind Window,
    ScalarExpression Time,
    long Size,
    long Advance,
    IReadOnlyList<ScalarExpression> Keys,
    Schema Schema,
    ChangeKind Kind) : LogicalPlan(Schema, Kind)
{
    /// <summary>How long after its end a window takes late rows, in microseconds; null: for ever.</summary>
    /// <remarks>A load reads all rows at once, so that none is late.</remarks>
    public long? Grace { get; init; }

    /// <summary>Ordinal of the window's start.</summary>
    public int StartOrdinal => Input.Schema.Fields.Count;

    /// <summary>Ordinal of the column that tells when a window closes: the end of a session, the start of any other.</summary>
    public int ClosingOrdinal => Schema.Fields.Count - 1;

    public override IReadOnlyList<LogicalPlan> Children => [Input];

    public override LogicalPlan WithChildren(IReadOnlyList<LogicalPlan> children) => this with { Input = children[0] };

    public override LogicalPlan MapExpressions(Func<ScalarExpression, ScalarExpression> map) =>
        this with { Time = map(Time), Keys = [.. Keys.Select(map)] };
}
