using Ctas.IntegrationTests.Kafka;
using Ctas.Kafka.Testing;

namespace Ctas.IntegrationTests.Loading;

/// <summary>Topics of <c>{"n": …}</c> records with keys k0, k1 …</summary>
internal static class NumberTopics
{
    /// <summary>Columns of a table over such a topic.</summary>
    public const string Columns = "ROWKEY AS id, n";

    /// <summary>Makes a topic of <paramref name="count"/> records and returns its name.</summary>
    public static async Task<string> CreateNumbersAsync(
        this TestKafka kafka, string prefix, int count, int partitions = 1)
    {
        string topic = await kafka.CreateTopicAsync(prefix, partitions);
        await kafka.ProduceAsync(topic, Records(count));
        return topic;
    }

    /// <summary>Makes a topic whose record at offset <paramref name="count"/> is no JSON; returns its name.</summary>
    public static async Task<string> CreateMalformedAsync(this TestKafka kafka, string prefix, int count = 3)
    {
        string topic = await kafka.CreateTopicAsync(prefix);
        await kafka.ProduceAsync(topic, [.. Records(count), EmbeddedRecord.Of("broken", """{"n": """)]);
        return topic;
    }

    /// <summary>Records k{from} … with the values from …</summary>
    public static IEnumerable<EmbeddedRecord> Records(int count, int from = 0) =>
        Enumerable.Range(from, count).Select(n => EmbeddedRecord.Of($"k{n}", $$"""{"n":{{n}}}"""));

    /// <summary>What a table of <see cref="Columns"/> over such a topic holds.</summary>
    public static string[] Rows(int count, int from = 0) =>
        TableContents.Sorted(Enumerable.Range(from, count).Select(n => TableContents.Line($"k{n}", n)));
}
