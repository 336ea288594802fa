using System.Text.RegularExpressions;

namespace Ctas.Binding;

/// <summary>Understands the locations of FROM.</summary>
internal static partial class SourceLocationText
{
    private const string FileScheme = "file://";

    /// <summary>The path of <c>file://…</c> or of a plain path; null for a topic.</summary>
    public static string? FilePathOf(string location)
    {
        if (location.StartsWith(FileScheme, StringComparison.OrdinalIgnoreCase))
        {
            return location[FileScheme.Length..];
        }

        return location.Contains("://", StringComparison.Ordinal) ? null : location;
    }

    /// <summary>
    /// Topic and brokers of <c>kafka://topic</c> or <c>kafka://host:port/topic</c>; null when it is neither.
    /// </summary>
    public static (string Topic, string? BootstrapServers)? TopicOf(string location)
    {
        Match match = Topic().Match(location);
        if (!match.Success) { return null; }

        string? brokers = match.Groups["brokers"] is { Success: true } group ? group.Value : null;
        return (match.Groups["topic"].Value, brokers);
    }

    [GeneratedRegex(
        @"^kafka://(?:(?<brokers>[^/\s]+)/)?(?<topic>[A-Za-z0-9._\-]{1,249})$",
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Topic();
}
