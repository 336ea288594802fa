using System.Diagnostics.Metrics;
using Ctas.Sinks;

namespace Ctas.Maintenance;

/// <summary>Metrics of deliveries, under <see cref="Telemetry.Name"/>. Costs nothing while nobody listens.</summary>
internal static class DeliveryTelemetry
{
    private static readonly Meter Meter = new(Telemetry.Name);

    private static readonly Counter<long> Records =
        Meter.CreateCounter<long>("ctas.sink.records", "{record}", "Records or lines that sinks have committed.");

    private static readonly Counter<long> Bytes =
        Meter.CreateCounter<long>("ctas.sink.bytes", "By", "Bytes of keys and values that sinks have committed.");

    private static readonly Counter<long> Errors =
        Meter.CreateCounter<long>("ctas.sink.errors", "{error}", "Writes that failed, those that were tried again among them.");

    private static readonly UpDownCounter<long> QueuedChanges = Meter.CreateUpDownCounter<long>(
        "ctas.sink.queued", "{change}", "Changes that a table shows and its sink does not have yet.");

    /// <summary>Counts what a commit made count.</summary>
    public static void Committed(string sink, SinkWritten written)
    {
        KeyValuePair<string, object?> tag = TagOf(sink);
        Records.Add(written.Records, tag);
        Bytes.Add(written.Bytes, tag);
    }

    /// <summary>Counts a failure.</summary>
    public static void Failed(string sink) => Errors.Add(1, TagOf(sink));

    /// <summary>Counts changes that wait, or wait no longer.</summary>
    public static void Queued(string sink, long changes) => QueuedChanges.Add(changes, TagOf(sink));

    private static KeyValuePair<string, object?> TagOf(string sink) => new("ctas.sink", sink);
}
