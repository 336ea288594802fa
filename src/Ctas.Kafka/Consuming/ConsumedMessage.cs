using Confluent.Kafka;

namespace Ctas.Kafka.Consuming;

/// <summary>
/// What a consumer hands over: a record, the end of a partition, or an error. Key and value lie in memory of the
/// consumer and are valid until its next fetch.
/// </summary>
internal readonly unsafe struct ConsumedMessage(
    int partition, long offset, byte* key, int keyLength, byte* value, int valueLength, ErrorCode error, nint origin)
{
    private readonly byte* _key = key;
    private readonly byte* _value = value;
    private readonly int _keyLength = keyLength;
    private readonly int _valueLength = valueLength;

    /// <summary>Number of the partition; negative for an error that belongs to none.</summary>
    public int Partition { get; } = partition;

    /// <summary>The record's offset; for <see cref="ErrorCode.Local_PartitionEOF"/> the next offset to read.</summary>
    public long Offset { get; } = offset;

    /// <summary>
    /// <see cref="ErrorCode.NoError"/> for a record, <see cref="ErrorCode.Local_PartitionEOF"/> when the partition has
    /// no more for now, otherwise the error.
    /// </summary>
    public ErrorCode Error { get; } = error;

    /// <summary>What the consumer that made this message knows it by.</summary>
    public nint Origin { get; } = origin;

    /// <summary>False for a record without a key; an empty key is a key.</summary>
    public bool HasKey => _key is not null;

    /// <summary>True for a record without a value; an empty value is a value.</summary>
    public bool IsTombstone => _value is null;

    /// <summary>The key; empty when there is none.</summary>
    public ReadOnlySpan<byte> Key => new(_key, _keyLength);

    /// <summary>The value; empty for a tombstone.</summary>
    public ReadOnlySpan<byte> Value => new(_value, _valueLength);
}
