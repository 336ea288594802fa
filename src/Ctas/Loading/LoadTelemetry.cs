using System.Diagnostics;
using System.Diagnostics.Metrics;
using Ctas.Maintenance;

namespace Ctas.Loading;

/// <summary>Traces and metrics of loads, all under <see cref="Telemetry.Name"/>. Costs nothing while nobody listens.</summary>
internal static class LoadTelemetry
{
    public static readonly ActivitySource Activities = new(Telemetry.Name);

    private static readonly Meter Meter = new(Telemetry.Name);

    private static readonly Counter<long> Tables =
        Meter.CreateCounter<long>("ctas.load.tables", "{table}", "Tables whose load has ended, by state.");

    private static readonly Counter<long> Waves =
        Meter.CreateCounter<long>("ctas.load.waves", "{wave}", "Waves whose load has ended.");

    private static readonly Counter<long> Records =
        Meter.CreateCounter<long>("ctas.load.records", "{record}", "Source records read.");

    private static readonly Counter<long> Bytes =
        Meter.CreateCounter<long>("ctas.load.bytes", "By", "Bytes of record keys and values read.");

    private static readonly Counter<long> Rows =
        Meter.CreateCounter<long>("ctas.load.rows", "{row}", "Rows of tables loaded.");

    private static readonly Counter<long> Rejected =
        Meter.CreateCounter<long>("ctas.load.rejected", "{record}", "Records left out by policy.");

    private static readonly Counter<long> Retries =
        Meter.CreateCounter<long>("ctas.load.retries", "{retry}", "Reads taken up again after a transient fault.");

    private static readonly Counter<long> Shares = Meter.CreateCounter<long>(
        "ctas.load.shares_ended", "{table}", "Tables whose group has given this member other partitions since the load.");

    private static readonly Histogram<double> Duration =
        Meter.CreateHistogram<double>("ctas.load.duration", "s", "Run time of a table's load.");

    /// <summary>Counts a table whose load has ended.</summary>
    public static void TableEnded(TableLoadResult result)
    {
        var table = new KeyValuePair<string, object?>("ctas.table", result.Name);
        var state = new KeyValuePair<string, object?>("ctas.state", result.State.ToString());
        Tables.Add(1, table, state);
        Records.Add(result.Records, table);
        Bytes.Add(result.Bytes, table);
        Rows.Add(result.Rows, table);
        Rejected.Add(result.Rejected, table);
        Retries.Add(result.Retries, table);
        Duration.Record(result.RunTime.TotalSeconds, table, state);
    }

    /// <summary>Counts a table that no longer holds what its group gives to this member.</summary>
    public static void ShareEnded(string table) => Shares.Add(1, new KeyValuePair<string, object?>("ctas.table", table));

    /// <summary>Counts the waves of a load that has ended.</summary>
    public static void WavesEnded(int count) => Waves.Add(count);
}
