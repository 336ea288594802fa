using System.Diagnostics;
using Ctas.Benchmarks.Nexmark;
using Ctas.Benchmarks.Tpch;
using Ctas.Sources;
using DuckDB.NET.Data;

namespace Ctas.Benchmarks.Comparisons;

/// <summary>
/// The queries of Nexmark as tables that are kept fresh: events a second from JSON records in memory to the answer, beside
/// DuckDB answering once over all events in its tables. The answers are compared in every run.
/// </summary>
/// <remarks>
/// Every event counts, also where a query reads one stream only; a fifth of <c>--rows</c> are taken. DuckDB keeps nothing fresh: its
/// figure says what one recomputation costs, and leaves out reading the events.
/// </remarks>
internal sealed class NexmarkComparisons : IComparisonSuite
{
    public string Name => "nexmark";

    public async IAsyncEnumerable<Comparison> RunAsync(ComparisonOptions options)
    {
        IReadOnlyList<NexmarkEvent> events = new NexmarkGenerator(seed: 1).Next(options.Rows / 5);
        using DuckDBConnection connection = Duck.Open(options.Threads);
        var duckdb = new NexmarkDuckDb(connection);
        duckdb.Add(events);
        foreach (NexmarkQuery query in NexmarkQueries.All.Where(query => options.Asks(query.Name)))
        {
            (double ours, List<object?[]> answer) = await FollowAsync(query, events, options.Model);
            long started = Stopwatch.GetTimestamp();
            List<object?[]> theirs = duckdb.Answer(query);
            double once = Stopwatch.GetElapsedTime(started).TotalSeconds;
            if (TpchAnswer.Difference(answer, theirs) is { } difference)
            {
                throw new InvalidOperationException($"{query.Name}: {difference}.");
            }

            yield return new Comparison(
                $"Nexmark {query.Name}", "DuckDB, once over all", events.Count / ours, events.Count / once, "events/s", Target: null);
        }
    }

    /// <summary>Seconds from the first event to the answer.</summary>
    private static async Task<(double Seconds, List<object?[]> Answer)> FollowAsync(
        NexmarkQuery query, IReadOnlyList<NexmarkEvent> events, string model)
    {
        await using var house = new NexmarkHouse(query, partitions: 1, model);
        (string Stream, InMemoryRecord Record)[] records = [.. events.Select(happened => (happened.Stream, house.Record(happened)))];
        (await house.Engine.LoadAsync()).ThrowIfFailed();
        await house.Engine.Maintenance.PauseAsync();
        foreach ((string stream, InMemoryRecord record) in records) { house.Add(stream, record); }

        long started = Stopwatch.GetTimestamp();
        house.Engine.Maintenance.Resume();
        await house.CaughtUpAsync();
        return (Stopwatch.GetElapsedTime(started).TotalSeconds, house.Answer);
    }
}
