using Ctas.Data;

namespace Ctas.Sources;

/// <summary>Where a column of a source gets its values from.</summary>
public enum SourceColumnRole
{
    /// <summary>A field of the record value, by name.</summary>
    Value,

    /// <summary>The record key, or a field of it by name when the key format has fields.</summary>
    Key,

    /// <summary>One header, by <see cref="SourceColumn.HeaderKey"/>: the value of its last occurrence.</summary>
    Header,

    /// <summary>
    /// All headers, as ARRAY&lt;STRUCT&lt;key VARCHAR, value BYTES&gt;&gt;, or as VARCHAR: a JSON array of
    /// <c>{"key":…,"value":…}</c> objects.
    /// </summary>
    Headers,

    /// <summary>Pseudo-column ROWTIME: the record's timestamp.</summary>
    RowTime,

    /// <summary>Pseudo-column ROWPARTITION: the record's partition.</summary>
    RowPartition,

    /// <summary>Pseudo-column ROWOFFSET: the record's offset.</summary>
    RowOffset,

    /// <summary>Pseudo-column ROWKEY: the record key as text.</summary>
    RowKey,
}

/// <summary>A column that a source can deliver.</summary>
/// <param name="Name">As declared.</param>
/// <param name="Type">The declared type.</param>
/// <param name="Role">Where the values come from.</param>
/// <param name="HeaderKey">The header's key; only for <see cref="SourceColumnRole.Header"/>.</param>
public sealed record SourceColumn(
    string Name, DataType Type, SourceColumnRole Role = SourceColumnRole.Value, string? HeaderKey = null);

/// <summary>How records become rows.</summary>
public enum ReadMode
{
    /// <summary>Changelog when the records have keys, append otherwise; decided by the records read.</summary>
    Auto,

    /// <summary>The last record of a key is the row; a tombstone deletes it.</summary>
    Changelog,

    /// <summary>One row a record.</summary>
    Append,
}

/// <summary>What a changelog does with a record that has no key.</summary>
public enum NullKeyPolicy
{
    /// <summary>The load fails and names the offset.</summary>
    Error,

    /// <summary>The record is counted as rejected and left out.</summary>
    Skip,

    /// <summary>The record is a row of its own.</summary>
    Append,
}

/// <summary>What happens to a record that cannot be decoded or computed.</summary>
public enum RecordErrorPolicy
{
    /// <summary>The load fails and names the position.</summary>
    Fail,

    /// <summary>The record is counted, sampled and left out.</summary>
    Skip,

    /// <summary>As <see cref="Skip"/>, and the record goes to the dead-letter topic.</summary>
    DeadLetter,
}

/// <summary>Formats of record keys and values.</summary>
public enum RecordFormat
{
    /// <summary>One JSON object a record.</summary>
    Json,

    /// <summary>Comma-separated fields in column order.</summary>
    Delimited,

    /// <summary>One value in Kafka's own serialisation: text, or big-endian INT, BIGINT, DOUBLE.</summary>
    Kafka,

    /// <summary>Not read.</summary>
    None,
}

/// <summary>Where a read starts.</summary>
/// <param name="Kind">Which of the following is meant.</param>
/// <param name="Timestamp">First record at or after this time, for <see cref="StartKind.Timestamp"/>.</param>
/// <param name="Offsets">First offset per partition, for <see cref="StartKind.Offsets"/>; others start at the earliest.</param>
public sealed record StartPosition(
    StartKind Kind, DateTimeOffset Timestamp = default, IReadOnlyDictionary<int, long>? Offsets = null)
{
    /// <summary>The first record there is.</summary>
    public static StartPosition Earliest { get; } = new(StartKind.Earliest);
}

/// <summary>The kinds of <see cref="StartPosition"/>.</summary>
public enum StartKind
{
    /// <summary>The first record there is.</summary>
    Earliest,

    /// <summary>The end at the time of opening: an empty snapshot.</summary>
    Latest,

    /// <summary>By record time.</summary>
    Timestamp,

    /// <summary>By explicit offsets.</summary>
    Offsets,
}

/// <summary>The place a source reads from.</summary>
public abstract record SourceLocation
{
    private protected SourceLocation()
    {
    }
}

/// <summary>A Kafka topic.</summary>
/// <param name="Topic">The topic's name.</param>
/// <param name="BootstrapServers">Brokers; null means the engine's default cluster.</param>
public sealed record TopicLocation(string Topic, string? BootstrapServers) : SourceLocation
{
    /// <inheritdoc/>
    public override string ToString() => $"kafka://{(BootstrapServers is null ? "" : BootstrapServers + "/")}{Topic}";
}

/// <summary>Files on disk.</summary>
/// <param name="Path">A path or glob; a relative one has been resolved against the script's folder.</param>
public sealed record FileLocation(string Path) : SourceLocation
{
    /// <inheritdoc/>
    public override string ToString() => Path;
}

/// <summary>Records held in memory.</summary>
/// <param name="Name">For display.</param>
public sealed record InMemoryLocation(string Name) : SourceLocation
{
    /// <inheritdoc/>
    public override string ToString() => $"memory://{Name}";
}

/// <summary>Everything a source needs to know. Immutable.</summary>
/// <param name="Name">The name in SQL, or the location's text for a source declared in place.</param>
/// <param name="Location">Where to read.</param>
public sealed record SourceDefinition(string Name, SourceLocation Location)
{
    /// <summary>Declared columns, null to infer them from the records.</summary>
    public IReadOnlyList<SourceColumn>? Columns { get; init; }

    /// <summary>How records become rows.</summary>
    public ReadMode Mode { get; init; }

    /// <summary>What a changelog does with records that have no key.</summary>
    public NullKeyPolicy NullKey { get; init; }

    /// <summary>What happens to malformed records.</summary>
    public RecordErrorPolicy OnError { get; init; }

    /// <summary>Where malformed records go, for <see cref="RecordErrorPolicy.DeadLetter"/>.</summary>
    public string? DeadLetterTopic { get; init; }

    /// <summary>True to wait for a missing topic instead of failing.</summary>
    public bool WaitsForMissingTopic { get; init; }

    /// <summary>Format of record values; null: by file name for files, JSON for topics.</summary>
    public RecordFormat? ValueFormat { get; init; }

    /// <summary>Format of record keys.</summary>
    public RecordFormat KeyFormat { get; init; } = RecordFormat.Kafka;

    /// <summary>Field separator of <see cref="RecordFormat.Delimited"/>; null: comma, or tab for <c>.tsv</c> files.</summary>
    public char? Delimiter { get; init; }

    /// <summary>Where the read starts.</summary>
    public StartPosition Start { get; init; } = StartPosition.Earliest;

    /// <summary>Name of the column that gives ROWTIME; null: the record's own timestamp.</summary>
    public string? TimestampColumn { get; init; }

    /// <summary>.NET format of <see cref="TimestampColumn"/> when it is text; null: ISO 8601.</summary>
    public string? TimestampFormat { get; init; }

    /// <summary>
    /// False when a JSON value is that of the one value column itself, not an object that holds it by name.
    /// </summary>
    public bool WrapsSingleValue { get; init; } = true;

    /// <summary>Rows of a batch handed on; also the unit in which limits and backpressure are kept.</summary>
    public int BatchRows { get; init; } = 8192;

    /// <summary>How batches come to their number of rows; <see cref="BatchStrategy.Auto"/> by default.</summary>
    public BatchStrategy BatchStrategy { get; init; }

    /// <summary>More records than this fail the load; null: no limit.</summary>
    public long? MaxRecords { get; init; }

    /// <summary>
    /// The group among whose members the partitions are shared out; null, the default: all partitions are read here.
    /// </summary>
    public string? Group { get; init; }

    /// <summary>Client properties (<c>kafka.</c> prefix removed). May hold secrets: never print values.</summary>
    public IReadOnlyDictionary<string, string> ClientProperties { get; init; } =
        new Dictionary<string, string>();
}
