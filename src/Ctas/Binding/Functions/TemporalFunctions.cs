namespace Ctas.Binding.Functions;

/// <summary>Functions of dates and times. A TIMESTAMP is UTC, with microseconds.</summary>
internal static class TemporalFunctions
{
    public static IReadOnlyList<FunctionEntry> All { get; } =
    [
        new("EXTRACT", "field VARCHAR, moment TIMESTAMP -> BIGINT")
        {
            Meaning = "A part of a date or time, written EXTRACT(field FROM moment).",
            Example = new("EXTRACT(MONTH FROM DATE '2024-02-29')", "2"),
            Heritage = Heritage.PostgreSql,
        },
    ];
}
