using System.Text;

using Confluent.Kafka;

using Ctas.Kafka.Producing;
using Ctas.Sinks;

namespace Ctas.IntegrationTests.Sinks;

/// <summary>The process of the test has been killed: nothing it does has any effect from then on.</summary>
internal sealed class KilledException() : Exception("killed");

/// <summary>
/// A broker as producers see it: transactions with epochs, the log, and the offsets of groups. What aborted transactions
/// wrote is in the log and not seen by readers of committed records. Safe for any number of threads.
/// </summary>
internal sealed class ScriptedBroker
{
    private readonly Lock _lock = new();
    private readonly List<(string Topic, string Record, Transaction? Transaction)> _log = [];
    private readonly Dictionary<string, Owner> _owners = [];
    private readonly Dictionary<(string Group, string Source, int Partition), long> _offsets = [];

    /// <summary>Asked before each step, and by <c>commit-done</c> behind a commit: true kills the process there.</summary>
    public Func<string, bool> Kills { get; set; } = _ => false;

    /// <summary>Asked before each step: an error of the client to throw; null for none.</summary>
    public Func<string, KafkaException?> Fails { get; set; } = _ => null;

    /// <summary>As <see cref="Fails"/>, with the topic that a record is produced to.</summary>
    public Func<string, string?, KafkaException?> FailsFor { get; set; } = (_, _) => null;

    /// <summary>True when the process has been killed; the next one clears it.</summary>
    public bool IsKilled { get; private set; }

    /// <summary>Transactions that were committed.</summary>
    public int Commits { get; private set; }

    /// <summary>What a reader of committed records sees: <c>key=value</c>, <c>key=</c> for a tombstone.</summary>
    public string[] Committed => CommittedTo(topic: null);

    /// <summary>What a reader of committed records sees in a topic; null for all of them, as if they were one.</summary>
    public string[] CommittedTo(string? topic)
    {
        lock (_lock)
        {
            // Nothing behind an open transaction is stable.
            return [.. _log.Where(entry => topic is null || entry.Topic == topic).TakeWhile(entry => entry.Transaction is not { State: State.Open })
                .Where(entry => entry.Transaction is not { State: State.Aborted }).Select(entry => entry.Record)];
        }
    }

    /// <summary>Moves what a sink has committed of a partition, as no process of ours does.</summary>
    /// <param name="sink">The sink.</param>
    /// <param name="partition">The partition.</param>
    /// <param name="offset">Where the sink is then.</param>
    /// <param name="source">The source; null for all of them.</param>
    public void SetPosition(string sink, int partition, long offset, string? source = null)
    {
        lock (_lock)
        {
            foreach (var kept in _offsets.Keys.Where(kept => kept.Group.StartsWith($"ctas-sink-{sink}-", StringComparison.Ordinal) && kept.Partition == partition
                && (source is null || kept.Source == source)).ToArray())
            {
                _offsets[kept] = offset;
            }
        }
    }

    /// <summary>Starts the next process: clients of the one before are dead.</summary>
    public Func<KafkaSinkSettings, ISinkClient> NextProcess()
    {
        lock (_lock) { IsKilled = false; }

        var process = new Process();
        return settings => new Client(this, process, settings);
    }

    private enum State
    {
        Open,
        Committed,
        Aborted,
    }

    private sealed class Transaction
    {
        public State State { get; set; }

        public List<SinkPosition> Positions { get; } = [];
    }

    private sealed class Owner
    {
        public int Epoch { get; set; }

        public Transaction? Open { get; set; }
    }

    private sealed class Process
    {
        public bool IsDead { get; set; }
    }

    private sealed class Client(ScriptedBroker broker, Process process, KafkaSinkSettings settings) : ISinkClient
    {
        private int _epoch = -1;

        public void TakeOver(CancellationToken cancellationToken) => Do("take-over", () =>
        {
            if (!broker._owners.TryGetValue(settings.TransactionalId, out Owner? owner)) { broker._owners[settings.TransactionalId] = owner = new Owner(); }

            if (owner.Open is { } open) { open.State = State.Aborted; }

            owner.Open = null;
            _epoch = ++owner.Epoch;
        });

        public void Begin() => Do("begin", () => Own().Open = new Transaction());

        public void Produce(string topic, in SinkRecord record, CancellationToken cancellationToken)
        {
            string text = $"{(record.HasKey ? Encoding.UTF8.GetString(record.Key) + "=" : "")}{Encoding.UTF8.GetString(record.Value)}";
            Do("produce", () => broker._log.Add((topic, text, settings.IsTransactional ? Own().Open! : null)), topic);
        }

        public void Flush(CancellationToken cancellationToken) => Do("flush", () => { });

        public void SendPositions(IReadOnlyList<SinkPosition> positions) =>
            Do("send-positions", () => Own().Open!.Positions.AddRange(positions));

        public void Commit()
        {
            Do("commit", () =>
            {
                Owner owner = Own();
                owner.Open!.State = State.Committed;
                Keep(settings.Group, owner.Open.Positions);
                owner.Open = null;
                broker.Commits++;
            });
            Do("commit-done", () => { });
        }

        public void Abort() => Do("abort", () =>
        {
            Owner owner = Own();
            owner.Open!.State = State.Aborted;
            owner.Open = null;
        });

        public void KeepPositions(string group, IReadOnlyList<SinkPosition> positions) =>
            Do("keep-positions", () => Keep(group, positions));

        public IReadOnlyList<SinkPosition> GetPositions(string group, IReadOnlyCollection<string> topics)
        {
            IReadOnlyList<SinkPosition> found = [];
            Do("get-positions", () => found =
            [
                .. broker._offsets.Where(entry => entry.Key.Group == group && topics.Contains(entry.Key.Source))
                    .Select(entry => new SinkPosition(entry.Key.Source, entry.Key.Partition, entry.Value)),
            ]);
            return found;
        }

        public void Dispose()
        {
        }

        private void Keep(string group, IEnumerable<SinkPosition> positions)
        {
            foreach (SinkPosition position in positions)
            {
                broker._offsets[(group, position.Source, position.Partition)] = position.Offset;
            }
        }

        private Owner Own() => broker._owners[settings.TransactionalId] is var owner && owner.Epoch == _epoch
            ? owner
            : throw new KafkaException(new Error(ErrorCode.ProducerFenced, "fenced", isFatal: true));

        private void Do(string step, Action effect, string? topic = null)
        {
            lock (broker._lock)
            {
                if (process.IsDead) { throw new KilledException(); }

                if (broker.Kills(step))
                {
                    process.IsDead = true;
                    broker.IsKilled = true;
                    throw new KilledException();
                }

                if ((broker.Fails(step) ?? broker.FailsFor(step, topic)) is { } error) { throw error; }

                effect();
            }
        }
    }
}
