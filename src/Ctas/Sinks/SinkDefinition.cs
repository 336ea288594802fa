using Ctas.Sources;

namespace Ctas.Sinks;

/// <summary>What a sink promises when it, or the process, fails in the middle of writing.</summary>
public enum SinkDelivery
{
    /// <summary>Every change arrives; after a failure some may arrive again.</summary>
    AtLeastOnce,

    /// <summary>Every change arrives once, for readers of committed records.</summary>
    ExactlyOnce,
}

/// <summary>Everything a sink needs to know. Immutable.</summary>
/// <param name="Name">The name in SQL.</param>
/// <param name="Location">Where it writes: a topic, or a file.</param>
public sealed record SinkDefinition(string Name, SourceLocation Location)
{
    /// <summary>Format of record values: JSON or DELIMITED. The columns of the key are not among them, if there is one.</summary>
    public RecordFormat ValueFormat { get; init; } = RecordFormat.Json;

    /// <summary>Format of record keys; null: KAFKA for one column of VARCHAR, INT, BIGINT or DOUBLE, else JSON.</summary>
    public RecordFormat? KeyFormat { get; init; }

    /// <summary>Field separator of <see cref="RecordFormat.Delimited"/>.</summary>
    public char Delimiter { get; init; } = ',';

    /// <summary>
    /// The column that gives the time of records, a TIMESTAMP or a BIGINT of milliseconds; null: a TIMESTAMP called ROWTIME
    /// where there is one, else the time of writing.
    /// </summary>
    public string? TimestampColumn { get; init; }

    /// <summary>What it promises.</summary>
    public SinkDelivery Delivery { get; init; }

    /// <summary>True when changes follow the rows, as EMIT CHANGES asks for; false when the rows are written once.</summary>
    public bool TakesChanges { get; init; } = true;

    /// <summary>What the positions that the sink keeps belong to: those of another generation are not given back.</summary>
    public string Generation { get; init; } = "";

    /// <summary>Client properties (<c>kafka.</c> prefix removed). May hold secrets: never print values.</summary>
    public IReadOnlyDictionary<string, string> ClientProperties { get; init; } = new Dictionary<string, string>();
}
