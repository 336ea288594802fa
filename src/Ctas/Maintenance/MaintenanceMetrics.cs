using System.Diagnostics.Metrics;

namespace Ctas.Maintenance;

/// <summary>Metrics of the tables that one engine keeps fresh, under <see cref="Telemetry.Name"/>. Nearly free while nobody listens.</summary>
internal sealed class MaintenanceMetrics : IDisposable
{
    private readonly Meter _meter = new(Telemetry.Name);
    private readonly Counter<long> _ticks;
    private readonly Histogram<double> _tickDuration;
    private readonly Counter<long> _records;
    private readonly Counter<long> _rows;
    private readonly Counter<long> _lateRows;
    private readonly Counter<long> _failures;
    private readonly Counter<long> _warnings;

    /// <summary>Makes the instruments.</summary>
    /// <param name="freshness">How fresh each table is at the moment.</param>
    public MaintenanceMetrics(Func<IEnumerable<TableFreshness>> freshness)
    {
        _ticks = _meter.CreateCounter<long>("ctas.maintenance.ticks", "{tick}", "Ticks run.");
        _tickDuration = _meter.CreateHistogram<double>("ctas.maintenance.tick.duration", "s", "Time of a tick that applied something.");
        _records = _meter.CreateCounter<long>("ctas.maintenance.records", "{record}", "Offsets of sources applied.");
        _rows = _meter.CreateCounter<long>("ctas.maintenance.rows", "{row}", "Rows of tables inserted and retracted.");
        _lateRows = _meter.CreateCounter<long>("ctas.maintenance.late_rows", "{row}", "Rows left out because their window was closed.");
        _failures = _meter.CreateCounter<long>("ctas.maintenance.failures", "{table}", "Tables that are kept fresh no longer.");
        _warnings = _meter.CreateCounter<long>("ctas.maintenance.warnings", "{warning}", "What records of a source have shown that one should know.");
        _meter.CreateObservableGauge(
            "ctas.maintenance.lag.records", () => Measure(freshness(), table => table.LagRecords ?? 0L), "{record}", "Offsets known and not applied.");
        _meter.CreateObservableGauge(
            "ctas.maintenance.lag.time", () => Measure(freshness(), table => table.LagTime.TotalSeconds), "s", "How long a table has been behind.");
        _meter.CreateObservableGauge(
            "ctas.maintenance.state", () => Measure(freshness(), table => table.StateBytes), "By", "Bytes that the operators of a table keep.");
    }

    /// <summary>Counts a tick.</summary>
    /// <param name="elapsed">Its time.</param>
    /// <param name="hasApplied">True when it had anything to apply.</param>
    public void Ticked(TimeSpan elapsed, bool hasApplied)
    {
        _ticks.Add(1);
        if (hasApplied) { _tickDuration.Record(elapsed.TotalSeconds); }
    }

    /// <summary>Counts what was applied of a source.</summary>
    public void Applied(LiveSource source, long records) => _records.Add(records, new KeyValuePair<string, object?>("ctas.source", source.Name));

    /// <summary>Counts what a tick did to a table.</summary>
    public void Changed(string table, long rows, long lateRows)
    {
        var tag = new KeyValuePair<string, object?>("ctas.table", table);
        if (rows > 0) { _rows.Add(rows, tag); }

        if (lateRows > 0) { _lateRows.Add(lateRows, tag); }
    }

    /// <summary>Counts something that one should know of a source.</summary>
    public void Warned(LiveSource source) => _warnings.Add(1, new KeyValuePair<string, object?>("ctas.source", source.Name));

    /// <summary>Counts a table that is kept fresh no longer.</summary>
    public void Failed(string table) => _failures.Add(1, new KeyValuePair<string, object?>("ctas.table", table));

    /// <inheritdoc/>
    public void Dispose() => _meter.Dispose();

    private static IEnumerable<Measurement<T>> Measure<T>(IEnumerable<TableFreshness> tables, Func<TableFreshness, T> value)
        where T : struct =>
        tables.Select(table => new Measurement<T>(value(table), new KeyValuePair<string, object?>("ctas.table", table.Table)));
}
