namespace Ctas.Tables.Columns;

/// <summary>Which rows to look at.</summary>
internal static class Sampling
{
    /// <summary>One row of each of <paramref name="samples"/> equal stretches, somewhere in it; the same at every call.</summary>
    /// <remarks>Even steps would see a pattern of the data instead of the data: every 256th number ends in two zeros.</remarks>
    public static int RowOf(int sample, int samples, int rows)
    {
        long start = (long)sample * rows / samples, end = (long)(sample + 1) * rows / samples;
        uint scattered = (uint)(sample + 1) * 2654435761u;
        return (int)Math.Min(rows - 1, start + (scattered * (end - start) >> 32));
    }
}
