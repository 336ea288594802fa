using Ctas.Data;

namespace Ctas.Execution.Kernels;

/// <summary>CAST to DATE.</summary>
internal readonly struct DateParser : ITextParser<int>
{
    public bool TryParse(ReadOnlySpan<byte> text, out int value) => TemporalText.TryReadDate(text, out value);
}

/// <summary>CAST to TIME.</summary>
internal readonly struct TimeParser : ITextParser<long>
{
    public bool TryParse(ReadOnlySpan<byte> text, out long value) => TemporalText.TryReadTime(text, out value);
}

/// <summary>CAST to TIMESTAMP.</summary>
internal readonly struct TimestampParser : ITextParser<long>
{
    public bool TryParse(ReadOnlySpan<byte> text, out long value) => TemporalText.TryReadTimestamp(text, out value);
}

/// <summary>CAST to INTERVAL.</summary>
internal readonly struct IntervalParser : ITextParser<Interval>
{
    public bool TryParse(ReadOnlySpan<byte> text, out Interval value) => TemporalText.TryReadInterval(text, out value);
}
