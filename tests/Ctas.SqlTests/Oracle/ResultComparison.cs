namespace Ctas.SqlTests.Oracle;

/// <summary>Compares results as multisets of rows, or as sequences.</summary>
internal static class ResultComparison
{
    public static bool AreEqual(List<object?[]> ours, List<object?[]> theirs, bool isOrdered)
    {
        if (ours.Count != theirs.Count || (ours.Count > 0 && ours[0].Length != theirs[0].Length)) { return false; }

        if (isOrdered) { return ours.Zip(theirs).All(pair => AreEqual(pair.First, pair.Second)); }

        // Rows with the same exact columns; among them each of ours takes one of theirs that is near enough.
        bool[] isExact = [.. Enumerable.Range(0, ours.Count == 0 ? 0 : ours[0].Length).Select(
            column => ours.Concat(theirs).All(row => row[column] is not double))];
        Dictionary<string, List<object?[]>> left = theirs.GroupBy(row => Exact(row, isExact))
            .ToDictionary(group => group.Key, group => group.ToList());
        foreach (object?[] row in ours)
        {
            int found = left.TryGetValue(Exact(row, isExact), out List<object?[]>? candidates)
                ? candidates.FindIndex(candidate => AreEqual(row, candidate))
                : -1;
            if (found < 0) { return false; }

            candidates!.RemoveAt(found);
        }

        return true;
    }

    private static bool AreEqual(object?[] left, object?[] right) =>
        left.Zip(right).All(pair => ComparableValue.AreEqual(pair.First, pair.Second));

    private static string Exact(object?[] row, bool[] isExact) => string.Join(
        '\u0001', row.Where((_, column) => isExact[column]).Select(value => value is null ? "\u0002" : value.ToString()));
}
