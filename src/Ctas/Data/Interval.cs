namespace Ctas.Data;

/// <summary>A SQL INTERVAL. The three parts are kept apart, because a month has no fixed number of days.</summary>
/// <param name="Months">Whole months; may be negative.</param>
/// <param name="Days">Whole days; may be negative.</param>
/// <param name="Microseconds">The rest; may be negative and longer than a day.</param>
public readonly record struct Interval(int Months, int Days, long Microseconds);
