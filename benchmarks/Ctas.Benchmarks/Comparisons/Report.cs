using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Ctas.Benchmarks.Comparisons;

/// <summary>Prints comparisons: aligned text, or one JSON object a line.</summary>
internal static class Report
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The column heads of the text form.</summary>
    public static void Head() => Console.WriteLine(
        $"{"comparison",-46} {"peer",-34} {"ours",14} {"theirs",14} {"unit",-10} {"ratio",8}  target");

    /// <summary>One comparison.</summary>
    public static void Line(Comparison comparison, bool asJson)
    {
        if (asJson)
        {
            Console.WriteLine(JsonSerializer.Serialize(new
            {
                name = comparison.Name,
                peer_name = comparison.Peer,
                ours = Math.Round(comparison.Ours, 4),
                peer = Math.Round(comparison.Theirs, 4),
                ratio = Math.Round(comparison.Ratio, 4),
                unit = comparison.Unit,
                target = comparison.Target?.ToString(),
                met = comparison.IsMet,
            }, Readable));
            return;
        }

        string verdict = comparison.IsMet switch { true => " met", false => " not met", null => "" };
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{comparison.Name,-46} {comparison.Peer,-34} {comparison.Ours,14:N2} {comparison.Theirs,14:N2} {comparison.Unit,-10} {comparison.Ratio,7:0.00}×  {comparison.Target}{verdict}"));
    }
}
