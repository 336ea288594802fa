using System.Text;

namespace Ctas.Sources;

/// <summary>A record of an <see cref="InMemorySource"/>. Immutable.</summary>
public sealed record InMemoryRecord
{
    /// <summary>The key's bytes, null for a record without a key. Not copied.</summary>
    public byte[]? Key { get; init; }

    /// <summary>The value's bytes, null for a tombstone. Not copied.</summary>
    public byte[]? Value { get; init; }

    /// <summary>The partition, from 0.</summary>
    public int Partition { get; init; }

    /// <summary>The offset, above that of the record before; null: the next one.</summary>
    public long? Offset { get; init; }

    /// <summary>The record's time, in milliseconds since 1970-01-01T00:00:00Z.</summary>
    public long TimestampMilliseconds { get; init; }

    /// <summary>The headers in order.</summary>
    public IReadOnlyList<KeyValuePair<string, byte[]?>> Headers { get; init; } = [];

    /// <summary>A record of texts, UTF-8: <c>FromText("k1", "{\"a\":1}")</c>; a null value makes a tombstone.</summary>
    public static InMemoryRecord FromText(string? key, string? value, int partition = 0) => new()
    {
        Key = ToBytes(key),
        Value = ToBytes(value),
        Partition = partition,
    };

    private static byte[]? ToBytes(string? text) => text is null ? null : Encoding.UTF8.GetBytes(text);
}
