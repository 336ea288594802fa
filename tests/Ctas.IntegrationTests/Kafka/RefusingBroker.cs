using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Ctas.IntegrationTests.Kafka;

/// <summary>
/// Brokers that let nobody in, which the embedded cluster cannot be: one refuses every login, one shows a certificate that
/// nobody has signed. They speak as much of the protocol as a client needs to learn that.
/// </summary>
internal static class RefusingBroker
{
    private const short Metadata = 3;
    private const short SaslHandshake = 17;
    private const short SaslAuthenticate = 36;
    private const short LoginRefused = 58;

    /// <summary>One that asks for SASL and refuses whatever it is told.</summary>
    public static WireBroker OfLogins() => new(
    [
        new WireAnswer(Metadata, 1, _ => throw new IOException("The client is not logged in.")),
        new WireAnswer(SaslHandshake, 1, _ => [0, 0, 0, 0, 0, 1, 0, 5, .. "PLAIN"u8]),
        new WireAnswer(SaslAuthenticate, 1, Refusal),
    ]);

    /// <summary>One that knows a topic "t", lets everybody in, and, once it is locked, closes connections and refuses every login.</summary>
    /// <param name="isLocked">True once it is.</param>
    public static WireBroker OfLaterLogins(Func<bool> isLocked)
    {
        WireBroker? broker = null;
        broker = new WireBroker(
        [
            new WireAnswer(Metadata, 4, version => isLocked() ? throw new IOException("The broker is locked.") : WireBody.Topology(version, broker!.Port)),
            new WireAnswer(SaslHandshake, 1, _ => [0, 0, 0, 0, 0, 1, 0, 5, .. "PLAIN"u8]),
            new WireAnswer(SaslAuthenticate, 1, version => isLocked() ? Refusal(version) : [0, 0, 255, 255, 0, 0, 0, 0, .. version >= 1 ? new byte[8] : []]),
        ]);
        return broker;
    }

    /// <summary>One that speaks TLS with a certificate of its own making.</summary>
    public static WireBroker WithUnknownCertificate()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        using X509Certificate2 made = request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));

        // A key that only memory holds is not taken everywhere.
        return new WireBroker([], X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), password: null));
    }

    private static byte[] Refusal(short version)
    {
        byte[] reason = Encoding.UTF8.GetBytes("Authentication failed: unknown user");
        return [0, (byte)LoginRefused, 0, (byte)reason.Length, .. reason, 0, 0, 0, 0, .. version >= 1 ? new byte[8] : []];
    }
}
