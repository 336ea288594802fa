using Ctas.Sinks;

namespace Ctas.Maintenance;

/// <summary>How far a table's changes have been delivered at one moment. Immutable.</summary>
/// <param name="Sink">The sink.</param>
/// <param name="QueuedChanges">Changes that the table shows and the sink does not have yet.</param>
/// <param name="Behind">How long the oldest of them has been waiting; zero when there is none.</param>
/// <param name="Records">Records, or lines, that the sink has taken.</param>
/// <param name="Bytes">Bytes of their keys and values.</param>
/// <param name="Positions">How far the sources had been read for what was committed last; empty where they are not kept.</param>
/// <param name="Fault">What keeps the sink from taking changes and is being waited out; null when all is well.</param>
/// <param name="Failure">Why it takes no changes any more; null while it does.</param>
public sealed record SinkStatus(
    string Sink,
    long QueuedChanges,
    TimeSpan Behind,
    long Records,
    long Bytes,
    IReadOnlyList<SinkPosition> Positions,
    string? Fault,
    Exception? Failure)
{
    /// <summary>
    /// What the last commit could not do although every record arrived, above all keep the positions: a restart then writes again
    /// what came after <see cref="Positions"/>. Null when all is well.
    /// </summary>
    public string? Warning { get; init; }
}
