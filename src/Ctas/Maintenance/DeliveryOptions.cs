namespace Ctas.Maintenance;

/// <summary>How changes are delivered to sinks. Immutable.</summary>
public sealed record DeliveryOptions
{
    /// <summary>
    /// Most changes of one table that wait for its sink, those of one tick more at most; 1,048,576 by default. What happens then
    /// is <see cref="WhenFull"/>.
    /// </summary>
    public long MaxQueuedChanges { get; init; } = 1 << 20;

    /// <summary>What happens when more changes would have to wait; the delivery fails by default. Readers never wait.</summary>
    public FullQueuePolicy WhenFull { get; init; }

    /// <summary>Changes after which a commit (of a transaction, where the sink has them) is due; 65,536 by default.</summary>
    public int MaxChangesPerCommit { get; init; } = 65_536;

    /// <summary>The first wait before what failed is written again; 250 ms by default. Each further one is twice as long.</summary>
    public TimeSpan RetryDelay { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>The longest of these waits; 10 s by default.</summary>
    public TimeSpan MaxRetryDelay { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How often a load that writes rows once tries again before its table fails; 5 by default. Changes of a table that is
    /// kept fresh are tried again as long as they fit into the queue.
    /// </summary>
    public int MaxRetriesOfLoads { get; init; } = 5;

    /// <summary>
    /// How long what is still queued may take when a table is dropped, the engine disposed, or the table stored to go on from
    /// there; 10 s by default.
    /// </summary>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(10);
}

/// <summary>What becomes of a table whose sink takes changes too slowly.</summary>
public enum FullQueuePolicy
{
    /// <summary>The delivery fails, and the table's state says so; the table stays fresh, and loading it again writes its rows again.</summary>
    Fail,

    /// <summary>
    /// The table's sources are read no further until half of the queue is free: the table, and all that share a source with it,
    /// fall behind, and nothing is given up. They can be read meanwhile.
    /// </summary>
    Pause,
}
