using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Ctas.Tests.Sinks;

/// <summary>Adds up what the meter counts of the sink called "measured".</summary>
internal sealed class SinkMetrics : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, long> _sums = [];

    public SinkMetrics()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == "Ctas") { listener.EnableMeasurementEvents(instrument); }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            foreach (KeyValuePair<string, object?> tag in tags)
            {
                if (tag is { Key: "ctas.sink", Value: "measured" }) { _sums.AddOrUpdate(instrument.Name, value, (_, sum) => sum + value); }
            }
        });
        _listener.Start();
    }

    public long this[string instrument] => _sums.GetValueOrDefault(instrument);

    public void Dispose() => _listener.Dispose();
}
