namespace Ctas.Planning.Rewrites;

/// <summary>A good order of many relations: always the join that makes the fewest rows.</summary>
internal static class GreedyJoinOrder
{
    /// <summary>An order. Cost O(n³) for n relations.</summary>
    public static JoinTree Find(JoinGraph graph, JoinCosts costs)
    {
        List<JoinTree> parts = [.. Enumerable.Range(0, graph.Relations.Count).Select(costs.Relation)];
        while (parts.Count > 1)
        {
            (JoinTree first, JoinTree second) = Next(parts, costs);
            parts.Remove(first);
            parts.Remove(second);
            parts.Add(costs.Join(first, second));
        }

        return parts[0];
    }

    private static (JoinTree First, JoinTree Second) Next(List<JoinTree> parts, JoinCosts costs)
    {
        var pairs =
            from i in Enumerable.Range(0, parts.Count)
            from j in Enumerable.Range(i + 1, parts.Count - i - 1)
            select (First: parts[i], Second: parts[j]);
        return pairs
            .OrderBy(pair => costs.AreConnected(pair.First.Relations, pair.Second.Relations) ? 0 : 1)
            .ThenBy(pair => costs.Join(pair.First, pair.Second).Rows)
            .First();
    }
}
