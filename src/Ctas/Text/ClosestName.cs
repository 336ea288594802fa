namespace Ctas.Text;

/// <summary>Finds the name that the user most likely meant.</summary>
public static class ClosestName
{
    // Longer names are machine-made; comparing them costs more than a suggestion is worth.
    private const int MaxLength = 64;

    /// <summary>
    /// The candidate nearest to the name, ignoring case; null when none is near enough to be a typing mistake.
    /// </summary>
    /// <remarks>
    /// Near enough is one edit for two to four letters, two for five to seven, and so on. Of equally near candidates
    /// one of the same length is taken, then the first in ordinal order, so the answer does not depend on their order.
    /// </remarks>
    public static string? Find(string name, IEnumerable<string> candidates)
    {
        if (name.Length > MaxLength) { return null; }

        int maxDistance = (name.Length + 1) / 3;
        string? closest = null;
        int closestDistance = int.MaxValue;
        foreach (string candidate in candidates
            .OrderBy(candidate => Math.Abs(candidate.Length - name.Length))
            .ThenBy(candidate => candidate, StringComparer.Ordinal))
        {
            if (Math.Abs(candidate.Length - name.Length) > maxDistance) { continue; }

            int distance = Distance(name.ToUpperInvariant(), candidate.ToUpperInvariant());
            if (distance <= maxDistance && distance < closestDistance)
            {
                (closest, closestDistance) = (candidate, distance);
            }
        }

        return closest;
    }

    /// <summary>
    /// Insertions, deletions, replacements and swaps of neighbours that turn one text into the other.
    /// </summary>
    /// <remarks>Source: Damerau 1964, in the restricted form (optimal string alignment).</remarks>
    internal static int Distance(string left, string right)
    {
        int[] beforeLast = new int[right.Length + 1];
        int[] last = [.. Enumerable.Range(0, right.Length + 1)];
        int[] current = new int[right.Length + 1];
        for (int i = 1; i <= left.Length; i++)
        {
            current[0] = i;
            for (int j = 1; j <= right.Length; j++)
            {
                int replaceCost = left[i - 1] == right[j - 1] ? 0 : 1;
                current[j] = Math.Min(Math.Min(current[j - 1], last[j]) + 1, last[j - 1] + replaceCost);
                bool isSwap = i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1];
                if (isSwap) { current[j] = Math.Min(current[j], beforeLast[j - 2] + 1); }
            }

            (beforeLast, last, current) = (last, current, beforeLast);
        }

        return last[right.Length];
    }
}
