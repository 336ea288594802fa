using System.Buffers.Binary;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Ctas.IntegrationTests.Kafka;

/// <summary>
/// A broker that lets nobody in, which the embedded cluster cannot be: it refuses every login, or shows a certificate that
/// nobody has signed. It speaks as much of the protocol as a client needs to learn that.
/// </summary>
internal sealed class RefusingBroker : IAsyncDisposable
{
    private const short SaslHandshake = 17;
    private const short ApiVersions = 18;
    private const short SaslAuthenticate = 36;
    private const short LoginRefused = 58;

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly X509Certificate2? _certificate;
    private readonly Task _accepting;
    private int _connections;

    private RefusingBroker(X509Certificate2? certificate)
    {
        _certificate = certificate;
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public string BootstrapServers => $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";

    /// <summary>Connections that clients have made.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>One that asks for SASL and refuses whatever it is told.</summary>
    public static RefusingBroker OfLogins() => new(certificate: null);

    /// <summary>One that speaks TLS with a certificate of its own making.</summary>
    public static RefusingBroker WithUnknownCertificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using X509Certificate2 made = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));

        // A key that only memory holds is not taken everywhere.
        return new RefusingBroker(X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), password: null));
    }

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
            byte[] body = api switch
            {
                ApiVersions => Versions(version),
                SaslHandshake => [0, 0, 0, 0, 0, 1, 0, 5, .. "PLAIN"u8],
                SaslAuthenticate => Refusal(version),
                _ => throw new IOException($"The broker does not know request {api}."),
            };
            byte[] answer = new byte[8 + body.Length];
            BinaryPrimitives.WriteInt32BigEndian(answer, 4 + body.Length);
            request.AsSpan(4, 4).CopyTo(answer.AsSpan(4));
            body.CopyTo(answer, 8);
            await stream.WriteAsync(answer, _stopping.Token);
        }
    }

    /// <summary>The requests that are known: compact arrays from version 3 on, with tags.</summary>
    private static byte[] Versions(short version)
    {
        short[] known = [3, SaslHandshake, ApiVersions, SaslAuthenticate];
        bool isCompact = version >= 3;
        var body = new List<byte> { 0, 0 };
        body.AddRange(isCompact ? [(byte)(known.Length + 1)] : [0, 0, 0, (byte)known.Length]);
        foreach (short api in known)
        {
            byte highest = api == ApiVersions ? (byte)3 : (byte)1;
            body.AddRange([0, (byte)api, 0, 0, 0, highest]);
            if (isCompact) { body.Add(0); }
        }

        body.AddRange(version >= 1 ? [0, 0, 0, 0] : []);
        if (isCompact) { body.Add(0); }

        return [.. body];
    }

    private static byte[] Refusal(short version)
    {
        byte[] reason = Encoding.UTF8.GetBytes("Authentication failed: unknown user");
        return [0, (byte)LoginRefused, 0, (byte)reason.Length, .. reason, 0, 0, 0, 0, .. version >= 1 ? new byte[8] : []];
    }
}
