using Ctas.Kafka;
using Ctas.Kafka.Producing;
using Ctas.Maintenance;

namespace Ctas.IntegrationTests.Sinks;

/// <summary>Engines whose sinks write to a <see cref="ScriptedBroker"/>, and what those are to show.</summary>
internal static class ScriptedSinks
{
    /// <summary>Makes every record a tick of its own, and delivers to the broker, as its next process.</summary>
    public static CtasEngineBuilder DeliverTo(this CtasEngineBuilder builder, ScriptedBroker broker, DeliveryOptions delivery)
    {
        Func<KafkaSinkSettings, ISinkClient> connect = broker.NextProcess();
        return builder
            .UseSinkFactory(new KafkaSinkFactory("nowhere:1", new KafkaSourceOptions(), new Dictionary<string, string>())
            {
                Connect = (settings, _, _) => connect(settings),
            })
            .WithOptions(new CtasEngineOptions
            {
                Maintenance = new MaintenanceOptions { MaxRecordsPerTick = 1 },
                Delivery = delivery,
            });
    }

    /// <summary>Commits so often, and tries again at once.</summary>
    public static DeliveryOptions Hasty(int changesPerCommit) => new()
    {
        MaxChangesPerCommit = changesPerCommit,
        RetryDelay = TimeSpan.FromMilliseconds(1),
        MaxRetryDelay = TimeSpan.FromMilliseconds(1),
        MaxRetriesOfLoads = 1,
    };

    /// <summary>What a sink shows of some rows when every record is a tick: a record that leaves its row as it is shows nothing.</summary>
    public static IEnumerable<string> ChangesOf(
        IEnumerable<(string Key, int? N)> history, Func<int, bool> isShown, Func<int, int> shownAs)
    {
        var rows = new Dictionary<string, int>();
        foreach ((string key, int? n) in history)
        {
            if (n is { } value && isShown(value))
            {
                if (rows.TryGetValue(key, out int before) && before == value) { continue; }

                rows[key] = value;
                yield return $$"""{{key}}={"n":{{shownAs(value)}}}""";
            }
            else if (rows.Remove(key)) { yield return $"{key}="; }
        }
    }
}
