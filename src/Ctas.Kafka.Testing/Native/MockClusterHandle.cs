using System.Runtime.InteropServices;

namespace Ctas.Kafka.Testing.Native;

/// <summary>
/// Owns a mock cluster and the client instance it lives in. Calls in flight keep both alive; a call after disposal
/// throws <see cref="ObjectDisposedException"/>.
/// </summary>
internal sealed class MockClusterHandle : SafeHandle
{
    private readonly nint _client;

    private MockClusterHandle(nint client, nint cluster)
        : base(0, ownsHandle: true)
    {
        _client = client;
        SetHandle(cluster);
    }

    public override bool IsInvalid => handle == 0;

    /// <summary>Starts a cluster whose brokers listen on loopback ports.</summary>
    public static MockClusterHandle Create(int brokers)
    {
        nint configuration = Librdkafka.ConfNew();

        // The brokers' log lines would go to standard error of the host's tests.
        Librdkafka.ConfSetLogCallback(configuration, 0);

        Span<byte> error = stackalloc byte[512];
        nint client = Librdkafka.New(Librdkafka.ProducerType, configuration, error, (nuint)error.Length);
        if (client == 0)
        {
            Librdkafka.ConfDestroy(configuration);
            throw new InvalidOperationException($"librdkafka could not start: {Librdkafka.Text(error)}");
        }

        nint cluster = Librdkafka.ClusterNew(client, brokers);
        if (cluster == 0)
        {
            Librdkafka.Destroy(client);
            throw new InvalidOperationException(
                $"The embedded cluster could not open {brokers} loopback ports for its brokers.");
        }

        return new MockClusterHandle(client, cluster);
    }

    protected override bool ReleaseHandle()
    {
        Librdkafka.ClusterDestroy(handle);
        Librdkafka.Destroy(_client);
        return true;
    }
}
