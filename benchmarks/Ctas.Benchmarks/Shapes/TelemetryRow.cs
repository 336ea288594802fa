using System.Globalization;
using System.Text.Json.Serialization;
using Ctas.Data;

namespace Ctas.Benchmarks.Shapes;

/// <summary>The wide shape: what devices report every ten seconds, forty columns.</summary>
internal sealed record TelemetryRow(
    string Id, string Device, DateTime Time, string Status, string Firmware, string Site,
    bool Online, bool Charging, bool? Alarm,
    double Latitude, double Longitude, double? Altitude,
    double T1, double T2, double T3, double T4, double Humidity, double Pressure, double Voltage,
    [property: JsonPropertyName("amperes")] double Current,
    double Power, double Energy, double? Flow, double? Level, double Vibration, double Noise,
    long Uptime, long Packets, long Errors,
    [property: JsonPropertyName("bytes_in")] long BytesIn, [property: JsonPropertyName("bytes_out")] long BytesOut,
    [property: JsonPropertyName("free_memory")] long FreeMemory, long Sequence, long Battery,
    [property: JsonPropertyName("radio")] long Signal, long Fan, [property: JsonPropertyName("device_mode")] long Mode,
    long? Job, long Temperature, string? Note)
{
    private const int Devices = 500;

    /// <summary>The columns; the first is the key.</summary>
    public static Schema Columns { get; } = new(
    [
        Text("id"), Text("device"), new("time", DataType.Timestamp), Text("status"), Text("firmware"), Text("site"),
        Flag("online"), Flag("charging"), Flag("alarm"),
        .. new[]
        {
            "latitude", "longitude", "altitude", "t1", "t2", "t3", "t4", "humidity", "pressure", "voltage", "amperes", "power",
            "energy", "flow", "level", "vibration", "noise",
        }.Select(name => new Field(name, DataType.Double)),
        .. new[]
        {
            "uptime", "packets", "errors", "bytes_in", "bytes_out", "free_memory", "sequence", "battery", "radio", "fan",
            "device_mode", "job", "temperature",
        }.Select(name => new Field(name, DataType.BigInt)),
        Text("note"),
    ]);

    /// <summary>Rows in order of time; every value wanders as the thing it stands for does.</summary>
    public static IEnumerable<TelemetryRow> Generate(int count)
    {
        var random = new Random(11);
        double[] wander = [.. Enumerable.Range(0, Devices * 8).Select(_ => random.NextDouble() * 20)];
        long[] counters = [.. Enumerable.Range(0, Devices * 4).Select(_ => random.NextInt64(1_000_000))];
        var start = new DateTime(2024, 5, 1, 0, 0, 0, DateTimeKind.Utc);
        for (int row = 0; row < count; row++)
        {
            int device = row % Devices;
            long tick = row / Devices;
            yield return Of(device, tick, start.AddSeconds(tick * 10).AddMilliseconds(device * 19), random, wander, counters);
        }
    }

    /// <summary>The values in order.</summary>
    public object?[] Values() =>
    [
        Id, Device, Time, Status, Firmware, Site, Online, Charging, Alarm, Latitude, Longitude, Altitude, T1, T2, T3, T4,
        Humidity, Pressure, Voltage, Current, Power, Energy, Flow, Level, Vibration, Noise, Uptime, Packets, Errors, BytesIn,
        BytesOut, FreeMemory, Sequence, Battery, Signal, Fan, Mode, Job, Temperature, Note,
    ];

    private static TelemetryRow Of(
        int device, long tick, DateTime time, Random random, double[] wander, long[] counters)
    {
        double Near(int sensor, int places) =>
            Math.Round(wander[(device * 8) + sensor] += random.NextDouble() - 0.5, places);
        long More(int counter, int most) => counters[(device * 4) + counter] += random.Next(most);
        double volts = Math.Round(229 + (random.NextDouble() * 3), 1), amperes = Near(4, 2);
        return new TelemetryRow(
            Invariant($"dev-{device:d4}-{tick:d8}"), Invariant($"dev-{device:d4}"), time,
            random.Next(50) == 0 ? "DEGRADED" : "OK", Invariant($"4.{device % 7}.{device % 3}"), Invariant($"site-{device / 20}"),
            random.Next(200) != 0, tick / 60 % 4 == 0, random.Next(20) == 0 ? random.Next(2) == 0 : null,
            Math.Round(47 + (device * 0.003217), 6), Math.Round(8 + (device * 0.004911), 6), device % 5 == 0 ? 400.5 + (device % 50) : null,
            Near(0, 1), Near(1, 1), Near(2, 2), Near(3, 2), random.Next(300, 700) / 10.0, Math.Round(1013 + Near(5, 1), 1),
            volts, amperes, Math.Round(volts * amperes, 3), Math.Round(counters[device * 4] / 1000.0, 3),
            random.Next(3) == 0 ? Near(6, 3) : null, random.Next(10) == 0 ? null : Near(7, 2), random.NextDouble() / 7, Math.Sin(tick + device),
            (tick * 10) + device, More(0, 50), More(1, 2), More(2, 20_000), More(3, 9_000), 1024 * random.NextInt64(20_000, 60_000), tick,
            random.Next(20, 101), -random.Next(40, 110), 900 + (random.Next(8) * 150), device % 4, device % 10 == 0 ? 70_000 + (tick / 30) : null,
            random.Next(35, 60), random.Next(100) == 0 ? Invariant($"restarted after {random.Next(100)} s") : null);
    }

    private static Field Text(string name) => new(name, DataType.Varchar);

    private static Field Flag(string name) => new(name, DataType.Boolean);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
