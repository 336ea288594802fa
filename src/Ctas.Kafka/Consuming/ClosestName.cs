namespace Ctas.Kafka.Consuming;

/// <summary>Finds the name that was probably meant.</summary>
internal static class ClosestName
{
    /// <returns>The known name with the fewest edits, null when none is within a third of the name's length.</returns>
    public static string? To(string name, IEnumerable<string> known)
    {
        (string? closest, int fewest) = (null, name.Length / 3 + 1);
        foreach (string candidate in known)
        {
            int edits = Edits(name, candidate);
            if (edits < fewest) { (closest, fewest) = (candidate, edits); }
        }

        return closest;
    }

    /// <summary>Levenshtein's distance, in O(a * b).</summary>
    private static int Edits(string a, string b)
    {
        int[] previous = [.. Enumerable.Range(0, b.Length + 1)];
        int[] current = new int[b.Length + 1];
        for (int i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int replaced = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                current[j] = Math.Min(replaced, Math.Min(previous[j], current[j - 1]) + 1);
            }

            (previous, current) = (current, previous);
        }

        return previous[b.Length];
    }
}
