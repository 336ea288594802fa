namespace Ctas.Sources;

/// <summary>One raw record. Its spans need to stay valid only for the call it is passed to.</summary>
public readonly ref struct SourceRecord
{
    /// <summary>Ordinal of the record's partition in <see cref="ISourceScan.Partitions"/>.</summary>
    public required int PartitionOrdinal { get; init; }

    /// <summary>Where the record lies in its partition.</summary>
    public required long Offset { get; init; }

    /// <summary>The record's time, in milliseconds since 1970-01-01T00:00:00Z.</summary>
    public long TimestampMilliseconds { get; init; }

    /// <summary>The line the record starts on, 1-based, for files; 0 where there are no lines.</summary>
    public long LineNumber { get; init; }

    /// <summary>False when the record has no key at all; an empty key is a key.</summary>
    public bool HasKey { get; init; }

    /// <summary>The key's bytes.</summary>
    public ReadOnlySpan<byte> Key { get; init; }

    /// <summary>True when the record has no value: in a changelog it deletes its key.</summary>
    public bool IsTombstone { get; init; }

    /// <summary>The value's bytes.</summary>
    public ReadOnlySpan<byte> Value { get; init; }

    /// <summary>
    /// The headers, null when there are none; needed only where <see cref="RecordBatchBuilder.ReadsHeaders"/>.
    /// </summary>
    public IRecordHeaders? Headers { get; init; }
}

/// <summary>The headers of the current record, in order; read at once, so one object can serve all records.</summary>
public interface IRecordHeaders
{
    /// <summary>Number of headers.</summary>
    int Count { get; }

    /// <summary>The key of a header, UTF-8.</summary>
    ReadOnlySpan<byte> GetKey(int header);

    /// <summary>The value of a header.</summary>
    /// <returns>False when the value is null.</returns>
    bool TryGetValue(int header, out ReadOnlySpan<byte> value);
}

/// <summary>Where malformed records go under <see cref="RecordErrorPolicy.DeadLetter"/>.</summary>
public interface IDeadLetterSink
{
    /// <summary>Takes one record; called on the thread that reads. The spans are valid for this call only.</summary>
    /// <param name="record">The record as it was read.</param>
    /// <param name="rejection">Where it lies and what is wrong with it.</param>
    void Write(in SourceRecord record, RejectedRecord rejection);
}
