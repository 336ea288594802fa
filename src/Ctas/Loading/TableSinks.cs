using Ctas.Maintenance;
using Ctas.Planning;
using Ctas.Sinks;
using Ctas.Sources;
using Ctas.Tables;

namespace Ctas.Loading;

/// <summary>Makes the ways from tables to their sinks. Immutable.</summary>
internal sealed class TableSinks(LoadServices services)
{
    /// <summary>Writes the rows of a table once, and waits until the sink has them.</summary>
    /// <exception cref="LoadException">It has not taken them, or not all.</exception>
    public async Task WriteOnceAsync(PlannedSink sink, ITable table, CancellationToken cancellationToken)
    {
        try
        {
            SinkWriter writer = Open(sink, takesChanges: false);
            await using (writer.ConfigureAwait(false))
            {
                await writer.WriteAsync(
                    SnapshotBatches.Of(table), [], services.Delivery.MaxRetriesOfLoads, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (SinkException e)
        {
            throw new LoadException(table.Name, LoadPhase.Delivering, e.Message, e.IsTransient, e);
        }
    }

    /// <summary>The way of a table that is kept fresh; not started.</summary>
    /// <exception cref="SinkException">The sink cannot be made.</exception>
    public TableDelivery Deliver(string table, PlannedSink sink)
    {
        TableRegistry registry = services.Registry;
        return new TableDelivery(
            new DeliveryTarget(table, Open(sink, takesChanges: true)),
            services.Delivery,
            services.TimeProvider,
            services.LoggerFactory.CreateLogger(typeof(TableDelivery).FullName!))
        {
            OnFailed = failure => registry.MarkStale([(table, failure)]),
        };
    }

    private SinkWriter Open(PlannedSink sink, bool takesChanges) => new(
        sink.Name,
        services.Sinks.Open(sink, takesChanges, generation: "", new SourceServices(services.TimeProvider, services.LoggerFactory)),
        services.Delivery,
        services.TimeProvider,
        services.LoggerFactory.CreateLogger(typeof(SinkWriter).FullName!));
}
