using Ctas.Sinks;

namespace Ctas.Maintenance;

/// <summary>What one tick has done to a table, on its way to the sink.</summary>
/// <param name="Batches">The changes; none when only the sources have moved.</param>
/// <param name="Positions">How far the sources had been read.</param>
/// <param name="Changes">Number of changes.</param>
/// <param name="Number">Number of the tick among those of the delivery, from 1.</param>
internal sealed record QueuedTick(IEnumerable<SinkBatch> Batches, IReadOnlyList<SinkPosition> Positions, long Changes, long Number);

/// <summary>How far sources had been read when it was last told.</summary>
/// <param name="LastNumber">Number of the last tick that had been offered by then; 0 before the first.</param>
/// <param name="Positions">The positions, behind that tick or further.</param>
internal sealed record OfferedPositions(long LastNumber, IReadOnlyList<SinkPosition> Positions);

/// <summary>Ticks that are written and committed together. Single-threaded.</summary>
internal sealed class DeliveryRound
{
    private readonly List<QueuedTick> _ticks = [];

    /// <summary>All batches in order.</summary>
    public IEnumerable<SinkBatch> Batches => _ticks.SelectMany(tick => tick.Batches);

    /// <summary>How far the sources had been read behind the last tick.</summary>
    public IReadOnlyList<SinkPosition> Positions { get; set; } = [];

    /// <summary>Number of changes.</summary>
    public long Changes { get; private set; }

    /// <summary>Number of the last tick; 0 without any.</summary>
    public long LastNumber { get; private set; }

    /// <summary>Adds the next tick.</summary>
    public void Add(QueuedTick tick)
    {
        _ticks.Add(tick);
        Positions = tick.Positions;
        Changes += tick.Changes;
        LastNumber = tick.Number;
    }
}
