namespace Ctas.Binding;

/// <summary>The rows that are not older than a table's <c>retention</c>.</summary>
/// <param name="input">The rows of any age.</param>
/// <param name="time">The column that tells how old a row is.</param>
/// <param name="length">How old a row may be, in microseconds.</param>
/// <param name="now">When the statement is planned, in microseconds since 1970: what a load goes by.</param>
/// <param name="hidesTime">True when the column of the time is the last one of the input, and none of the table.</param>
internal sealed class BoundRetention(
    BoundRelation input, ColumnSymbol time, long length, long now, bool hidesTime) : BoundRelation
{
    public BoundRelation Input { get; } = input;

    public ColumnSymbol Time { get; } = time;

    public long Length { get; } = length;

    public long Now { get; } = now;

    public override IReadOnlyList<ColumnSymbol> Columns => hidesTime ? [.. Input.Columns.SkipLast(1)] : Input.Columns;

    /// <summary>The same over another input, which has the same columns.</summary>
    public BoundRetention With(BoundRelation input) => new(input, Time, Length, Now, hidesTime);
}
