using Ctas.Kafka.Producing;
using Ctas.Sinks;

namespace Ctas.IntegrationTests.Sinks;

/// <summary>A client whose process is killed at a step: nothing it does has any effect from then on.</summary>
internal sealed class KilledClient(ISinkClient client, Func<string, bool> kills) : ISinkClient
{
    private bool _isDead;

    public void TakeOver(CancellationToken cancellationToken) => Do("take-over", () => client.TakeOver(cancellationToken));

    public void Begin() => Do("begin", client.Begin);

    public void Produce(string topic, in SinkRecord record, CancellationToken cancellationToken)
    {
        Do("produce", () => { });
        client.Produce(topic, in record, cancellationToken);
    }

    public void Flush(CancellationToken cancellationToken) => Do("flush", () => client.Flush(cancellationToken));

    public void SendPositions(IReadOnlyList<SinkPosition> positions) => Do("send-positions", () => client.SendPositions(positions));

    public void Commit() => Do("commit", client.Commit);

    public void Abort() => Do("abort", client.Abort);

    public void KeepPositions(string group, IReadOnlyList<SinkPosition> positions) =>
        Do("keep-positions", () => client.KeepPositions(group, positions));

    public IReadOnlyList<SinkPosition> GetPositions(string group, IReadOnlyCollection<string> topics)
    {
        IReadOnlyList<SinkPosition> positions = [];
        Do("get-positions", () => positions = client.GetPositions(group, topics));
        return positions;
    }

    public void Dispose() => client.Dispose();

    private void Do(string step, Action action)
    {
        _isDead = _isDead || kills(step);
        if (_isDead) { throw new KilledException(); }

        action();
    }
}
