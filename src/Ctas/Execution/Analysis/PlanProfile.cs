using Ctas.Execution.Operators;
using Ctas.Planning;

namespace Ctas.Execution.Analysis;

/// <summary>What each operator of one execution did: rows, batches, time, memory. Single-threaded.</summary>
/// <remarks>
/// Operators are watched from outside, where one gives rows to the next; without a profile nothing is there to watch.
/// The clock always runs for one operator, that whose code runs: it is handed over with the rows and handed back.
/// </remarks>
internal sealed class PlanProfile(TimeProvider timeProvider)
{
    private readonly Dictionary<LogicalPlan, NodeProfile> _nodes = new(ReferenceEqualityComparer.Instance);
    private NodeProfile? _running;
    private long _since;

    /// <summary>The plan that was executed; null before that.</summary>
    public LogicalPlan? Plan { get; private set; }

    /// <summary>What an operator of the plan did.</summary>
    public NodeProfile this[LogicalPlan node]
    {
        get
        {
            if (!_nodes.TryGetValue(node, out NodeProfile? profile))
            {
                profile = new NodeProfile();
                _nodes.Add(node, profile);
            }

            return profile;
        }
    }

    /// <summary>Begins the profile of a plan.</summary>
    public void Begin(LogicalPlan plan) => Plan = plan;

    /// <summary>Watches what an operator gives to the one that reads it.</summary>
    /// <param name="node">The operator.</param>
    /// <param name="reader">The operator that reads it; null for the consumer of the result.</param>
    /// <param name="input">Where its rows go.</param>
    public IOperatorInput Watch(LogicalPlan node, LogicalPlan? reader, IOperatorInput input) =>
        new WatchedInput(this, this[node], reader is null ? new NodeProfile() : this[reader], input);

    /// <summary>Lets the clock run for an operator.</summary>
    /// <returns>The one it ran for before.</returns>
    public NodeProfile? Switch(NodeProfile? node)
    {
        long now = timeProvider.GetTimestamp();
        if (_running is not null) { _running.Time += timeProvider.GetElapsedTime(_since, now); }

        NodeProfile? before = _running;
        _running = node;
        _since = now;
        return before;
    }
}

/// <summary>What one operator did.</summary>
internal sealed class NodeProfile
{
    /// <summary>Rows it gave.</summary>
    public long Rows { get; set; }

    /// <summary>Batches in which it gave them.</summary>
    public long Batches { get; set; }

    /// <summary>How often it ran; 0 when nothing asked for its rows.</summary>
    public long Loops { get; set; }

    /// <summary>Time of its own, without the operators it read and those that read it.</summary>
    public TimeSpan Time { get; set; }

    /// <summary>What its state held; null when it keeps none.</summary>
    public MemoryMeter? Memory { get; set; }

    /// <summary>Scans: bytes of the columns read, without the texts they share.</summary>
    public long ScanBytes { get; set; }
}
