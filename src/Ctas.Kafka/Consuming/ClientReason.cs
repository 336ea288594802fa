namespace Ctas.Kafka.Consuming;

/// <summary>The client's words for a fault, as they are shown.</summary>
internal static class ClientReason
{
    // How long a connection was tried, and how often that was not told: another text each time for the same fault.
    private const string Details = " (after ";

    /// <summary>The reason without what changes from one time to the next.</summary>
    public static string Of(string text)
    {
        int details = text.IndexOf(Details, StringComparison.Ordinal);
        int end = details < 0 ? -1 : text.IndexOf(')', details);
        return end < 0 ? text : text.Remove(details, end + 1 - details);
    }
}
