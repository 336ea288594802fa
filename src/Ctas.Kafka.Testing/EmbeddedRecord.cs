using System.Text;

namespace Ctas.Kafka.Testing;

/// <summary>A record to produce to an <see cref="EmbeddedKafka"/>; its arrays are not copied.</summary>
/// <param name="Key">The key; null for a record without one.</param>
/// <param name="Value">The value; null makes the record a tombstone.</param>
public sealed record EmbeddedRecord(byte[]? Key, byte[]? Value)
{
    /// <summary>The headers, in order; empty by default. Names may repeat, values may be null.</summary>
    public IReadOnlyList<KeyValuePair<string, byte[]?>> Headers { get; init; } = [];

    /// <summary>The create time of the record, kept to the millisecond; null (the default) means now.</summary>
    public DateTimeOffset? Timestamp { get; init; }

    /// <summary>
    /// The partition; null (the default) lets the key decide, by the same hash as Kafka's Java producer.
    /// </summary>
    public int? Partition { get; init; }

    /// <summary>A record of UTF-8 texts.</summary>
    /// <param name="key">The key; null for none.</param>
    /// <param name="value">The value; null for a tombstone.</param>
    public static EmbeddedRecord Of(string? key, string? value) => new(Encode(key), Encode(value));

    /// <summary>A record that deletes its key: the value is null.</summary>
    /// <param name="key">The key to delete.</param>
    public static EmbeddedRecord Tombstone(string key) => new(Encode(key), null);

    private static byte[]? Encode(string? text) => text is null ? null : Encoding.UTF8.GetBytes(text);
}
