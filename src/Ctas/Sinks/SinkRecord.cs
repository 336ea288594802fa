namespace Ctas.Sinks;

/// <summary>One record of a sink; valid during the call that hands it over.</summary>
public readonly ref struct SinkRecord
{
    /// <summary>True when it has a key.</summary>
    public bool HasKey { get; init; }

    /// <summary>The key; empty when there is none.</summary>
    public ReadOnlySpan<byte> Key { get; init; }

    /// <summary>True when it says that the row of its key is gone; it has no value then.</summary>
    public bool IsTombstone { get; init; }

    /// <summary>The value; empty for a tombstone.</summary>
    public ReadOnlySpan<byte> Value { get; init; }

    /// <summary>The row's own time in milliseconds since 1970; null: the time of writing.</summary>
    public long? TimestampMilliseconds { get; init; }

    /// <summary>Bytes of key and value.</summary>
    public int Size => Key.Length + Value.Length;
}

/// <summary>Takes one record.</summary>
/// <param name="record">The record; valid during the call.</param>
public delegate void SinkRecordWriter(in SinkRecord record);
