using System.Globalization;
using Ctas.Maintenance;
using Ctas.Sources;
using Ctas.Tables;

namespace Ctas.Benchmarks.Nexmark;

/// <summary>An engine that keeps one query of Nexmark fresh while events come in.</summary>
internal sealed class NexmarkHouse : IAsyncDisposable
{
    private readonly Dictionary<string, InMemorySource> _sources;
    private readonly Dictionary<(string Stream, int Partition), long> _ends = [];
    private readonly int _partitions;
    private readonly NexmarkQuery _query;

    public NexmarkHouse(NexmarkQuery query, int partitions, string model = "standard")
    {
        (_query, _partitions) = (query, partitions);
        _sources = NexmarkStream.Schemas.Keys.ToDictionary(name => name, name => NexmarkStream.Source(name, partitions));
        CtasEngineBuilder builder = new CtasEngineBuilder()
            .UseSource("side_in", Side())
            .AddScript($"SET 'table_model' = '{model}'; CREATE TABLE side AS SELECT key, value FROM side_in; {query.Tables}");
        foreach ((string name, InMemorySource source) in _sources) { builder.UseSource(name, source); }

        Engine = builder.Build();
    }

    public CtasEngine Engine { get; }

    /// <summary>The answer as it is.</summary>
    public List<object?[]> Answer
    {
        get
        {
            ITable table = Engine.Tables[_query.Name].Snapshot();
            int columns = table.Schema.Fields.Count;
            return [.. table.Rows.Select(row => Enumerable.Range(0, columns).Select(column => row[column]).ToArray())];
        }
    }

    /// <summary>A record of an event; its partition goes by what it is about.</summary>
    public InMemoryRecord Record(NexmarkEvent happened) => new()
    {
        Value = happened.ToJson(),
        Partition = (int)((long)happened.Values[0] % _partitions),
    };

    /// <summary>Lets an event come in.</summary>
    public void Add(string stream, InMemoryRecord record)
    {
        _sources[stream].Add(record);
        _ends[(stream, record.Partition)] = _ends.GetValueOrDefault((stream, record.Partition), -1) + 1;
    }

    /// <summary>Waits until the answer is that of all events that have come in.</summary>
    public async Task CaughtUpAsync()
    {
        foreach (((string stream, int partition), long offset) in _ends.Where(end => _query.Streams.Contains(end.Key.Stream)))
        {
            await Engine.Maintenance.WaitForRecordAsync(_query.Name, new RecordPosition(stream, partition, offset));
        }
    }

    public ValueTask DisposeAsync() => Engine.DisposeAsync();

    private static InMemorySource Side() => InMemorySource.FromRows(
        "side_in",
        new Data.Schema([new Data.Field("key", Data.DataType.BigInt), new Data.Field("value", Data.DataType.Varchar)], 0),
        Enumerable.Range(0, NexmarkQueries.SideRows).Select(key => (object?[])[(long)key, SideValue(key)]));

    /// <summary>What the table beside says of a key.</summary>
    public static string SideValue(int key) => string.Create(CultureInfo.InvariantCulture, $"value {key}");
}
