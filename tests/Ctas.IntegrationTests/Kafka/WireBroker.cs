using System.Buffers.Binary;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Ctas.IntegrationTests.Kafka;

/// <summary>
/// A broker that answers what a test scripts, byte for byte: for what the embedded cluster does not know. It tells clients which
/// requests it understands, and closes the connection on any other.
/// </summary>
internal sealed class WireBroker : IAsyncDisposable
{
    private const short ApiVersions = 18;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly IReadOnlyList<WireAnswer> _answers;
    private readonly X509Certificate2? _certificate;
    private readonly Task _accepting;
    private int _connections;

    /// <summary>Starts to listen.</summary>
    /// <param name="answers">What it understands.</param>
    /// <param name="certificate">What it shows, and speaks no more than TLS; null: it speaks plainly. Owned from then on.</param>
    public WireBroker(IReadOnlyList<WireAnswer> answers, X509Certificate2? certificate = null)
    {
        _answers = answers;
        _certificate = certificate;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public string BootstrapServers => $"127.0.0.1:{Port}";

    /// <summary>Connections that clients have made.</summary>
    public int Connections => Volatile.Read(ref _connections);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _accepting;
        _listener.Stop();
        _certificate?.Dispose();
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        var served = new List<Task>();
        try
        {
            while (true)
            {
                TcpClient client = await _listener.AcceptTcpClientAsync(_stopping.Token);
                Interlocked.Increment(ref _connections);
                served.Add(ServeAsync(client));
            }
        }
        catch (OperationCanceledException)
        {
            await Task.WhenAll(served);
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                if (_certificate is null) { await AnswerAsync(client.GetStream()); }
                else
                {
                    using var tls = new SslStream(client.GetStream());
                    await tls.AuthenticateAsServerAsync(
                        new SslServerAuthenticationOptions { ServerCertificate = _certificate }, _stopping.Token);
                }
            }
            catch (Exception e) when (e is IOException or System.Security.Authentication.AuthenticationException or OperationCanceledException)
            {
                // The client has gone, or the test is over.
            }
        }
    }

    private async Task AnswerAsync(NetworkStream stream)
    {
        byte[] length = new byte[4];
        while (true)
        {
            await stream.ReadExactlyAsync(length, _stopping.Token);
            byte[] request = new byte[BinaryPrimitives.ReadInt32BigEndian(length)];
            await stream.ReadExactlyAsync(request, _stopping.Token);
            short api = BinaryPrimitives.ReadInt16BigEndian(request);
            short version = BinaryPrimitives.ReadInt16BigEndian(request.AsSpan(2));
            byte[] body = api == ApiVersions
                ? Versions(version)
                : (_answers.FirstOrDefault(answer => answer.Api == api) ?? throw new IOException($"The broker does not know request {api}.")).Make(version);
            byte[] answer = new byte[8 + body.Length];
            BinaryPrimitives.WriteInt32BigEndian(answer, 4 + body.Length);
            request.AsSpan(4, 4).CopyTo(answer.AsSpan(4));
            body.CopyTo(answer, 8);
            await stream.WriteAsync(answer, _stopping.Token);
        }
    }

    /// <summary>The requests that are known: compact arrays from version 3 on, with tags.</summary>
    private byte[] Versions(short version)
    {
        WireAnswer[] known = [.. _answers, new WireAnswer(ApiVersions, 3, _ => [])];
        bool isCompact = version >= 3;
        var body = new List<byte> { 0, 0 };
        body.AddRange(isCompact ? [(byte)(known.Length + 1)] : [0, 0, 0, (byte)known.Length]);
        foreach (WireAnswer answer in known)
        {
            body.AddRange([0, (byte)answer.Api, 0, 0, 0, (byte)answer.HighestVersion]);
            if (isCompact) { body.Add(0); }
        }

        body.AddRange(version >= 1 ? [0, 0, 0, 0] : []);
        if (isCompact) { body.Add(0); }

        return [.. body];
    }
}

/// <summary>What a <see cref="WireBroker"/> answers to one kind of request.</summary>
/// <param name="Api">Number of the kind.</param>
/// <param name="HighestVersion">The highest version that is understood; all below are.</param>
/// <param name="Make">The body of the answer, in the version of the request.</param>
internal sealed record WireAnswer(short Api, short HighestVersion, Func<short, byte[]> Make);

/// <summary>Writes bodies as Kafka's protocol has them: big-endian numbers, strings and arrays behind their length.</summary>
internal sealed class WireBody
{
    private readonly List<byte> _bytes = [];

    public byte[] Bytes => [.. _bytes];

    public WireBody Int8(byte value) => Add([value]);

    public WireBody Int16(short value)
    {
        Span<byte> bytes = stackalloc byte[2];
        BinaryPrimitives.WriteInt16BigEndian(bytes, value);
        return Add(bytes);
    }

    public WireBody Int32(int value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(bytes, value);
        return Add(bytes);
    }

    public WireBody Text(string? value) => value is null
        ? Int16(-1)
        : Int16((short)value.Length).Add(System.Text.Encoding.UTF8.GetBytes(value));

    public WireBody All<T>(IReadOnlyCollection<T> values, Action<WireBody, T> write)
    {
        Int32(values.Count);
        foreach (T value in values) { write(this, value); }

        return this;
    }

    /// <summary>One broker, which is the controller, and a topic "t" with one partition.</summary>
    public static byte[] Topology(short version, int port)
    {
        WireBody body = version >= 3 ? new WireBody().Int32(0) : new WireBody();
        body.All([port], (to, at) => _ = (version >= 1 ? to.Int32(1).Text("127.0.0.1").Int32(at).Text(null) : to.Int32(1).Text("127.0.0.1").Int32(at)));
        if (version >= 2) { body.Text("scripted"); }

        if (version >= 1) { body.Int32(1); }

        return body.All(["t"], (to, name) =>
        {
            to.Int16(0).Text(name);
            if (version >= 1) { to.Int8(0); }

            to.All([0], (partition, id) => partition.Int16(0).Int32(id).Int32(1).All([1], (r, at) => r.Int32(at)).All([1], (r, at) => r.Int32(at)));
        }).Bytes;
    }

    private WireBody Add(ReadOnlySpan<byte> bytes)
    {
        _bytes.AddRange(bytes);
        return this;
    }
}
