namespace Ctas.Kafka.Testing;

/// <summary>
/// Notices when the mock cluster has silently dropped records: a test that loses its own data is hard to understand.
/// Safe for many threads.
/// </summary>
internal sealed class PartitionCapacity
{
    // The mock keeps 5 MiB of a partition. Below that in a whole topic nothing can be lost, and nothing is asked.
    private const long SafeBytes = 4 << 20;

    private readonly Lock _counting = new();
    private readonly Dictionary<string, long> _bytes = [];
    private readonly Dictionary<(string Topic, int Partition), long> _starts = [];

    /// <summary>Records were deleted on purpose.</summary>
    public void ExpectStart(string topic, int partition, long start)
    {
        lock (_counting) { _starts[(topic, partition)] = start; }
    }

    /// <summary>The topic is gone; one of that name begins anew.</summary>
    public void Forget(string topic)
    {
        lock (_counting)
        {
            _bytes.Remove(topic);
            foreach ((string Topic, int Partition) key in _starts.Keys.Where(k => k.Topic == topic).ToArray())
            {
                _starts.Remove(key);
            }
        }
    }

    /// <summary>Checks that each partition still starts where it did.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="bytes">Bytes that were produced just now.</param>
    /// <param name="partitions">The partitions they went to.</param>
    /// <param name="startOf">Asks for the first offset of a partition.</param>
    /// <exception cref="InvalidOperationException">Records were dropped.</exception>
    public void Check(string topic, long bytes, IEnumerable<int> partitions, Func<int, long> startOf)
    {
        lock (_counting)
        {
            bytes += _bytes.GetValueOrDefault(topic);
            _bytes[topic] = bytes;
        }

        if (bytes < SafeBytes) { return; }

        foreach (int partition in partitions)
        {
            long dropped = startOf(partition) - ExpectedStart(topic, partition);
            if (dropped > 0)
            {
                throw new InvalidOperationException(
                    $"Partition {partition} of the topic \"{topic}\" has dropped its oldest {dropped} offsets: an " +
                    "embedded partition keeps about 5 MB. Use more partitions, or compress the records.");
            }
        }
    }

    private long ExpectedStart(string topic, int partition)
    {
        lock (_counting) { return _starts.GetValueOrDefault((topic, partition)); }
    }
}
