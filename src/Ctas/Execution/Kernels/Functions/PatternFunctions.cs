using Ctas.Data;

namespace Ctas.Execution.Kernels.Functions;

/// <summary>Dates and times to text and back, by patterns.</summary>
internal static class PatternFunctions
{
    private const long MicrosecondsPerMinute = 60 * Calendar.MicrosecondsPerSecond;
    private static readonly Outcome NoPattern = Outcome.Fail("pattern of dates cannot be read");
    private static readonly Outcome NoZone = Outcome.Fail("no such time zone");
    private static readonly Outcome NoMatch = Outcome.Fail("text does not match the pattern");
    private static readonly Outcome OutOfRange = Outcome.Fail("date or time out of range");

    /// <summary>A DATE, TIME or TIMESTAMP, a pattern [, a zone].</summary>
    public static Kernel Format(FunctionCall call, PatternNotation notation)
    {
        bool isDate = call.Expression.Arguments[0].Type.Kind == DataTypeKind.Date;
        return Format(call, notation, row => isDate ? row.Int(0) * Calendar.MicrosecondsPerDay : row.BigInt(0));
    }

    /// <summary>Milliseconds since 1970, a pattern [, a zone].</summary>
    public static Kernel FormatMilliseconds(FunctionCall call) => Format(
        call, PatternNotation.Java, row => Math.Clamp(row.BigInt(0), long.MinValue / 1_000, long.MaxValue / 1_000) * 1_000);

    /// <summary>Days since 1970, a pattern.</summary>
    public static Kernel FormatDays(FunctionCall call) =>
        Format(call, PatternNotation.Java, row => row.Int(0) * Calendar.MicrosecondsPerDay);

    /// <summary>Text, a pattern [, a zone]; gives a DATE, TIME or TIMESTAMP, as the call's type says.</summary>
    public static Kernel Parse(FunctionCall call, PatternNotation notation)
    {
        Func<RowArguments, Reading> read = Reader(notation);
        return call.Type.Kind switch
        {
            DataTypeKind.Date => call.Value((RowArguments row, out int result) =>
            {
                Reading reading = read(row);
                result = (int)Calendar.DayOf(reading.Local);
                return reading.Outcome;
            }, RowOptions.CanFail),
            DataTypeKind.Time => call.Value((RowArguments row, out long result) =>
            {
                Reading reading = read(row);
                result = Calendar.TimeOf(reading.Local);
                return reading.Outcome;
            }, RowOptions.CanFail),
            DataTypeKind.Int => call.Value((RowArguments row, out int result) =>
            {
                Reading reading = read(row);
                result = (int)Calendar.DayOf(reading.Local);
                return reading.Outcome;
            }, RowOptions.CanFail),
            _ => call.Value((RowArguments row, out long result) =>
            {
                Reading reading = read(row);
                result = reading.Moment;
                return reading.Outcome;
            }, RowOptions.CanFail),
        };
    }

    /// <summary>Text, a pattern [, a zone]; gives milliseconds since 1970.</summary>
    public static Kernel ParseMilliseconds(FunctionCall call)
    {
        Func<RowArguments, Reading> read = Reader(PatternNotation.Java);
        return call.Value((RowArguments row, out long result) =>
        {
            Reading reading = read(row);
            result = Calendar.FloorDivide(reading.Moment, 1_000);
            return reading.Outcome;
        }, RowOptions.CanFail);
    }

    private static Kernel Format(FunctionCall call, PatternNotation notation, Func<RowArguments, long> momentOf)
    {
        var patterns = new PatternCache(notation);
        var zones = new ZoneCache();
        return call.Text((row, output) =>
        {
            if (patterns.Find(row) is not { } pattern) { return NoPattern; }

            long moment = momentOf(row);
            if (!Calendar.IsTimestamp(moment)) { return OutOfRange; }

            string name = row.Count > 2 ? row.Text(2) : "UTC";
            if (zones.Find(name) is not { } zone) { return NoZone; }

            long local = ZoneFunctions.FromUtc(moment, zone);
            if (!Calendar.IsTimestamp(local)) { return OutOfRange; }

            PatternFormat.Write(output, pattern, local, (int)((local - moment) / MicrosecondsPerMinute), name);
            return Outcome.Value;
        }, RowOptions.CanFail);
    }

    private static Func<RowArguments, Reading> Reader(PatternNotation notation)
    {
        var patterns = new PatternCache(notation);
        var zones = new ZoneCache();
        bool isLenient = notation == PatternNotation.PostgreSql;
        return row =>
        {
            if (patterns.Find(row) is not { } pattern) { return new Reading(NoPattern, 0, 0); }

            if (!PatternParser.TryRead(row.Bytes(0), pattern, isLenient, out long local, out long? offset))
            {
                return new Reading(NoMatch, 0, 0);
            }

            TimeZoneInfo? zone = zones.Find(row.Count > 2 ? row.Text(2) : "UTC");
            if (zone is null) { return new Reading(NoZone, 0, 0); }

            long moment = offset is { } known ? local - known : ZoneFunctions.ToUtc(local, zone);
            return Calendar.IsTimestamp(moment)
                ? new Reading(Outcome.Value, local, moment)
                : new Reading(OutOfRange, 0, 0);
        };
    }

    private readonly record struct Reading(Outcome Outcome, long Local, long Moment);

    /// <summary>The patterns of one call, read once each. Single-threaded.</summary>
    private sealed class PatternCache(PatternNotation notation)
    {
        private readonly Dictionary<string, TemporalPattern?> _patterns = new(StringComparer.Ordinal);
        private StringPool? _pool;
        private int _code = -1;
        private TemporalPattern? _last;

        public TemporalPattern? Find(RowArguments row)
        {
            var texts = (StringColumn)row.Column(1);
            if (ReferenceEquals(texts.Pool, _pool) && row.Code(1) == _code) { return _last; }

            string text = row.Text(1);
            if (!_patterns.TryGetValue(text, out TemporalPattern? pattern))
            {
                pattern = TemporalPattern.Read(text, notation);
                _patterns[text] = pattern;
            }

            (_pool, _code, _last) = (texts.Pool, row.Code(1), pattern);
            return pattern;
        }
    }
}
