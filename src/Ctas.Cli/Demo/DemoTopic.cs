using Ctas.Kafka.Testing;

namespace Ctas.Cli.Demo;

/// <summary>The records of one topic, and what a reader of all of them must end up with. Single-threaded.</summary>
/// <typeparam name="T">What a record tells of.</typeparam>
/// <param name="name">The topic.</param>
/// <param name="partitions">Its partitions: enough for none to exceed the 5 MB that an embedded broker keeps.</param>
/// <param name="encode">The JSON of a value.</param>
internal sealed class DemoTopic<T>(string name, int partitions, Func<T, byte[]> encode) : IDemoTopic
    where T : class
{
    private readonly List<EmbeddedRecord> _records = [];
    private readonly Dictionary<string, T> _latest = new(StringComparer.Ordinal);
    private readonly List<T> _appended = [];

    /// <inheritdoc/>
    public string Name => name;

    /// <inheritdoc/>
    public int Partitions => partitions;

    /// <inheritdoc/>
    public IReadOnlyList<EmbeddedRecord> Records => _records;

    /// <inheritdoc/>
    public long Bytes { get; private set; }

    /// <summary>The latest value of every key that is not deleted.</summary>
    public IReadOnlyDictionary<string, T> Latest => _latest;

    /// <summary>The values of records without a key, in order.</summary>
    public IReadOnlyList<T> Appended => _appended;

    /// <summary>Appends a record that sets a key's value.</summary>
    public void Put(string key, T value)
    {
        _latest[key] = value;
        Add(EmbeddedRecord.Of(key, null) with { Value = encode(value) });
    }

    /// <summary>Appends a tombstone.</summary>
    public void Delete(string key)
    {
        _latest.Remove(key);
        Add(EmbeddedRecord.Tombstone(key));
    }

    /// <summary>Appends a record without a key.</summary>
    public void Append(T value)
    {
        _appended.Add(value);
        Add(new EmbeddedRecord(null, encode(value)));
    }

    private void Add(EmbeddedRecord record)
    {
        _records.Add(record);
        Bytes += (record.Key?.Length ?? 0) + (record.Value?.Length ?? 0);
    }
}

/// <summary>A topic to produce.</summary>
internal interface IDemoTopic
{
    /// <summary>The topic.</summary>
    string Name { get; }

    /// <summary>How many partitions it has.</summary>
    int Partitions { get; }

    /// <summary>All its records, in order.</summary>
    IReadOnlyList<EmbeddedRecord> Records { get; }

    /// <summary>Bytes of all keys and values.</summary>
    long Bytes { get; }
}
