using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Ctas.Data;
using Ctas.Sources;

namespace Ctas.Tests.Engine;

public sealed class LoadTelemetryTests
{
    [Fact]
    public async Task LoadAsync_WithListeners_TracesTheTableAndCountsItsRows()
    {
        // Other tests load at the same time: only what names this table is looked at.
        const string table = "measured_by_listeners";
        var traced = new ConcurrentQueue<Activity>();
        var measured = new ConcurrentDictionary<string, long>();
        using var activities = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Ctas",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = traced.Enqueue,
        };
        ActivitySource.AddActivityListener(activities);
        using var meters = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == "Ctas") { listener.EnableMeasurementEvents(instrument); }
            },
        };
        meters.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            foreach (KeyValuePair<string, object?> tag in tags)
            {
                if (tag.Value as string == table) { measured.AddOrUpdate(instrument.Name, value, (_, sum) => sum + value); }
            }
        });
        meters.Start();

        await using CtasEngine engine = new CtasEngineBuilder()
            .UseSource("s", InMemorySource.FromRows("s", new Schema([new Field("n", DataType.BigInt)]), [1L], [2L], [3L]))
            .AddTable($"CREATE TABLE {table} AS SELECT n FROM s WHERE n > 1")
            .Build();
        (await engine.LoadAsync()).ThrowIfFailed();

        traced.Should().ContainSingle(activity => activity.GetTagItem("ctas.table") as string == table)
            .Which.GetTagItem("ctas.state").Should().Be("Ready");
        measured.Should().Contain("ctas.load.tables", 1L).And.Contain("ctas.load.rows", 2L).And.Contain("ctas.load.records", 3L);
    }
}
