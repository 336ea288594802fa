using System.Diagnostics;
using Ctas.Benchmarks.Live;

namespace Ctas.Benchmarks.Comparisons;

/// <summary>
/// A graph of four tables (source, filter, join, aggregate) that follows a topic, against a hand-written Consume() loop that
/// keeps the same in dictionaries: updates a second, and the time from producing a record to reading it.
/// </summary>
internal sealed class LiveComparisons : IComparisonSuite
{
    // Updates a second that leave both idle most of the time.
    private const double LightLoad = 1000;

    public string Name => "live";

    public async IAsyncEnumerable<Comparison> RunAsync(ComparisonOptions options)
    {
        int orders = Math.Max(1000, options.Rows / 5);
        var ours = new List<double>();
        var theirs = new List<double>();
        for (int repetition = 0; repetition <= options.Repetitions; repetition++)
        {
            (double engine, double byHand) = await RatesAsync(orders, options, isEngineFirst: repetition % 2 == 0);

            // The first round warms up.
            if (repetition == 0) { continue; }

            ours.Add(engine);
            theirs.Add(byHand);
        }

        (double rate, double handRate) = (Measure.Median(ours), Measure.Median(theirs));
        yield return new Comparison(
            $"four live tables, {orders:N0} orders", "Consume() loop, dictionaries", rate, handRate, "updates/s",
            new Target(0.8, IsAtLeast: true));

        foreach (double load in (double[])[Math.Min(rate, handRate) / 2, LightLoad])
        {
            await foreach (Comparison latency in LatenciesAsync(orders, load, options)) { yield return latency; }
        }
    }

    private static async Task<(double Engine, double ByHand)> RatesAsync(int orders, ComparisonOptions options, bool isEngineFirst)
    {
        await using LiveTopics topics = await LiveTopics.CreateAsync(orders, orders + options.Rows);
        await using var engine = new EngineContender(topics.BootstrapServers, options.Model);
        await using var byHand = new HandWrittenContender(topics.BootstrapServers, topics);
        await engine.LoadAsync();
        await byHand.LoadAsync();
        await topics.UpdateAsync(options.Rows);
        var rates = new Dictionary<ILiveContender, double>();
        foreach (ILiveContender contender in (ILiveContender[])(isEngineFirst ? [engine, byHand] : [byHand, engine]))
        {
            GC.Collect();
            long started = Stopwatch.GetTimestamp();
            contender.Continue();
            await contender.WaitForUpdatesAsync(options.Rows);
            rates[contender] = options.Rows / Stopwatch.GetElapsedTime(started).TotalSeconds;
        }

        if (!engine.Totals().SequenceEqual(byHand.Totals())) { throw new InvalidOperationException("The contenders disagree about the totals."); }

        return (rates[engine], rates[byHand]);
    }

    private static async IAsyncEnumerable<Comparison> LatenciesAsync(int orders, double rate, ComparisonOptions options)
    {
        LatencyProbes ours = await LatenciesAsync(orders, rate, options, topics => new EngineContender(topics.BootstrapServers, options.Model));
        LatencyProbes theirs = await LatenciesAsync(orders, rate, options, topics => new HandWrittenContender(topics.BootstrapServers, topics));
        foreach (double share in (double[])[0.5, 0.99])
        {
            yield return new Comparison(
                $"produce → visible, p{share * 100:0}, {rate:N0} updates/s", "Consume() loop, dictionaries",
                ours.Percentile(share), theirs.Percentile(share), "ms", Target: null);
        }

        yield return new Comparison(
            $"added latency, p99, {rate:N0} updates/s", "5 ms", ours.Percentile(0.99) - theirs.Percentile(0.99), 5, "ms", new Target(1, IsAtLeast: false));
    }

    private static async Task<LatencyProbes> LatenciesAsync(
        int orders, double rate, ComparisonOptions options, Func<LiveTopics, ILiveContender> create)
    {
        await using LiveTopics topics = await LiveTopics.CreateAsync(orders, orders);
        await using ILiveContender contender = create(topics);
        await contender.LoadAsync();
        var probes = new LatencyProbes(1 << 20);
        contender.Watch(probes);
        contender.Continue();
        await topics.UpdateAsync(rate, options.Duration, probes);
        await probes.Finished.WaitAsync(TimeSpan.FromSeconds(60));
        return probes;
    }
}
