using Ctas.Data;

namespace Ctas.Execution.Kernels.Functions;

/// <summary>Time zones by IANA name or offset, found once each. Single-threaded.</summary>
internal sealed class ZoneCache
{
    private readonly Dictionary<string, TimeZoneInfo?> _zones = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>The zone of a name as <c>Europe/Prague</c>, <c>UTC</c> or <c>+02:00</c>; null when there is none.</summary>
    public TimeZoneInfo? Find(string name)
    {
        if (_zones.TryGetValue(name, out TimeZoneInfo? zone)) { return zone; }

        if (!TryOffset(name, out zone)) { TimeZoneInfo.TryFindSystemTimeZoneById(name, out zone); }

        _zones[name] = zone;
        return zone;
    }

    private static bool TryOffset(string name, out TimeZoneInfo? zone)
    {
        zone = null;
        if (name is not ['+' or '-', ..]) { return false; }

        var reader = new TemporalReader(System.Text.Encoding.UTF8.GetBytes(name));
        if (!reader.TryZone(out long microseconds) || !reader.IsAtEnd) { return false; }

        if (Math.Abs(microseconds) > 14 * 3_600 * Calendar.MicrosecondsPerSecond) { return false; }

        zone = TimeZoneInfo.CreateCustomTimeZone(name, TimeSpan.FromMicroseconds(microseconds), name, name);
        return true;
    }
}

/// <summary>Times of one zone as times of another.</summary>
internal static class ZoneFunctions
{
    private static readonly Outcome NoZone = Outcome.Fail("no such time zone");

    /// <summary>CONVERT_TZ(moment, from, to).</summary>
    public static Kernel Convert(FunctionCall call)
    {
        var zones = new ZoneCache();
        return call.Value((RowArguments row, out long result) =>
        {
            result = 0;
            return zones.Find(row.Text(1)) is { } from && zones.Find(row.Text(2)) is { } to
                ? Shift(ToUtc(row.BigInt(0), from), to, out result)
                : NoZone;
        }, RowOptions.CanFail);
    }

    /// <summary>TIMEZONE(zone, moment): the time on the clocks of a zone.</summary>
    public static Kernel LocalTime(FunctionCall call)
    {
        var zones = new ZoneCache();
        return call.Value((RowArguments row, out long result) =>
        {
            result = 0;
            return zones.Find(row.Text(0)) is { } zone ? Shift(row.BigInt(1), zone, out result) : NoZone;
        }, RowOptions.CanFail);
    }

    /// <summary>The moment at which the clocks of a zone show a time; the earlier one when they show it twice.</summary>
    public static long ToUtc(long local, TimeZoneInfo zone)
    {
        var time = new DateTime(DateTime.UnixEpoch.Ticks + (local * TimeSpan.TicksPerMicrosecond), DateTimeKind.Unspecified);
        TimeSpan offset = zone.IsAmbiguousTime(time) ? zone.GetAmbiguousTimeOffsets(time).Max() : zone.GetUtcOffset(time);
        return local - (offset.Ticks / TimeSpan.TicksPerMicrosecond);
    }

    /// <summary>What the clocks of a zone show at a moment.</summary>
    public static long FromUtc(long moment, TimeZoneInfo zone)
    {
        var time = new DateTime(DateTime.UnixEpoch.Ticks + (moment * TimeSpan.TicksPerMicrosecond), DateTimeKind.Utc);
        return moment + (zone.GetUtcOffset(time).Ticks / TimeSpan.TicksPerMicrosecond);
    }

    private static Outcome Shift(long moment, TimeZoneInfo zone, out long result)
    {
        result = 0;
        if (!Calendar.IsTimestamp(moment)) { return Outcome.Fail("date or time out of range"); }

        result = FromUtc(moment, zone);
        return Calendar.IsTimestamp(result) ? Outcome.Value : Outcome.Fail("date or time out of range");
    }
}
