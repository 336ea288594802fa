using Ctas.Data;
using Ctas.Sources;

namespace Ctas.Benchmarks.Nexmark;

/// <summary>The streams of Nexmark: who is there, what is up for auction, what is bid.</summary>
internal static class NexmarkStream
{
    /// <summary>The columns of each stream, by its name.</summary>
    public static IReadOnlyDictionary<string, Schema> Schemas { get; } = new Dictionary<string, Schema>
    {
        ["person"] = Columns("id BIGINT, name, email, credit_card, city, state, date_time TIMESTAMP, extra"),
        ["auction"] = Columns(
            "id BIGINT, item_name, description, initial_bid BIGINT, reserve BIGINT, date_time TIMESTAMP, expires TIMESTAMP, seller BIGINT, category BIGINT, extra"),
        ["bid"] = Columns("auction BIGINT, bidder BIGINT, price BIGINT, channel, url, date_time TIMESTAMP, extra"),
    };

    /// <summary>An empty stream, whose event time is <c>date_time</c>.</summary>
    public static InMemorySource Source(string name, int partitions) => new(
        new SourceDefinition(name, new InMemoryLocation(name))
        {
            Columns = [.. Schemas[name].Fields.Select(field => new SourceColumn(field.Name, field.Type))],
            Mode = ReadMode.Append,
            TimestampColumn = "date_time",
        },
        partitions);

    // Columns without a type are texts.
    private static Schema Columns(string columns) => new(columns.Split(", ").Select(column => column.Split(' ') switch
    {
        [var name, "BIGINT"] => new Field(name, DataType.BigInt),
        [var name, "TIMESTAMP"] => new Field(name, DataType.Timestamp),
        var name => new Field(name[0], DataType.Varchar),
    }));
}
