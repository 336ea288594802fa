using System.Globalization;

namespace Ctas.Execution.Kernels.Functions;

/// <summary>ksqlDB's functions of URLs: parts that are not there, and texts that are no URLs, give NULL.</summary>
internal static class UrlFunctionKernels
{
    public static IReadOnlyDictionary<string, FunctionCompiler> All { get; } =
        new Dictionary<string, FunctionCompiler>(StringComparer.Ordinal)
        {
            ["URL_EXTRACT_PROTOCOL"] = call => Part(call, url => url.Scheme),
            ["URL_EXTRACT_HOST"] = call => Part(call, url => url.Host.Length == 0 ? null : url.Host),
            ["URL_EXTRACT_PATH"] = call => Part(call, PathOf),
            ["URL_EXTRACT_QUERY"] = call => Part(call, url => url.Query.Length <= 1 ? null : url.Query[1..]),
            ["URL_EXTRACT_FRAGMENT"] = call => Part(call, url => url.Fragment.Length <= 1 ? null : url.Fragment[1..]),
            ["URL_EXTRACT_PORT"] = call => call.Value<int>(PortOf),
            ["URL_EXTRACT_PARAMETER"] = call => call.Text(ParameterOf),
            ["URL_ENCODE_PARAM"] = call => call.Text(EncodeParameter),
            ["URL_DECODE_PARAM"] = call => call.Text((row, output) =>
            {
                output.Append(Decoded(row.Text(0)).AsSpan());
                return Outcome.Value;
            }),
        };

    private static Kernel Part(FunctionCall call, Func<Uri, string?> part) => call.Text((row, output) =>
    {
        if (!TryRead(row, out Uri? url) || part(url!) is not { } found) { return Outcome.Null; }

        output.Append(found.AsSpan());
        return Outcome.Value;
    });

    private static bool TryRead(RowArguments row, out Uri? url) =>
        Uri.TryCreate(row.Text(0), UriKind.Absolute, out url) && !url.IsFile;

    // What was written: a host alone has no path.
    private static string PathOf(Uri url)
    {
        string path = url.GetComponents(UriComponents.Path, UriFormat.UriEscaped);
        int afterHost = url.OriginalString.IndexOf(url.Authority, StringComparison.OrdinalIgnoreCase) + url.Authority.Length;
        bool isWritten = path.Length > 0 || url.OriginalString.IndexOf('/', Math.Min(afterHost, url.OriginalString.Length)) >= 0;
        return isWritten ? "/" + path : "";
    }

    private static Outcome PortOf(RowArguments row, out int result)
    {
        result = 0;
        if (!TryRead(row, out Uri? url)) { return Outcome.Null; }

        // The port of the scheme is only told when it was written.
        string port = string.Create(CultureInfo.InvariantCulture, $":{url!.Port}");
        bool isWritten = !url.IsDefaultPort
            || url.OriginalString.Contains(url.Host + port, StringComparison.OrdinalIgnoreCase);
        result = url.Port;
        return isWritten && url.Port > 0 ? Outcome.Value : Outcome.Null;
    }

    private static Outcome ParameterOf(RowArguments row, ByteWriter output)
    {
        if (!TryRead(row, out Uri? url)) { return Outcome.Null; }

        string wanted = row.Text(1);
        foreach (string pair in url!.Query.TrimStart('?').Split('&'))
        {
            int at = pair.IndexOf('=', StringComparison.Ordinal);
            if (Decoded(at < 0 ? pair : pair[..at]) != wanted || pair.Length == 0) { continue; }

            output.Append(Decoded(at < 0 ? "" : pair[(at + 1)..]).AsSpan());
            return Outcome.Value;
        }

        return Outcome.Null;
    }

    // As HTML forms do: a space is a plus; letters, digits and -_.* stay.
    private static Outcome EncodeParameter(RowArguments row, ByteWriter output)
    {
        foreach (byte unit in row.Bytes(0))
        {
            if (char.IsAsciiLetterOrDigit((char)unit) || "-_.*"u8.Contains(unit)) { output.Append(unit); }
            else if (unit == ' ') { output.Append((byte)'+'); }
            else
            {
                output.Append((byte)'%');
                output.Append(unit, "X2");
            }
        }

        return Outcome.Value;
    }

    private static string Decoded(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
}
