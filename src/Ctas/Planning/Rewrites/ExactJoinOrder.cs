namespace Ctas.Planning.Rewrites;

/// <summary>The cheapest order of a few relations: of every set of them, from the small sets up.</summary>
internal static class ExactJoinOrder
{
    /// <summary>The cheapest order. Cost O(3ⁿ) for n relations.</summary>
    public static JoinTree Find(JoinGraph graph, JoinCosts costs)
    {
        var best = new JoinTree?[1 << graph.Relations.Count];
        for (int relation = 0; relation < graph.Relations.Count; relation++) { best[1 << relation] = costs.Relation(relation); }

        for (int set = 1; set < best.Length; set++)
        {
            best[set] ??= Cheapest(set, best, costs, mustConnect: true);
        }

        // Some sets hang together by no condition; only what is needed of them is multiplied.
        for (int set = 1; best[^1] is null && set < best.Length; set++)
        {
            best[set] ??= Cheapest(set, best, costs, mustConnect: false);
        }

        return best[^1]!;
    }

    private static JoinTree? Cheapest(int set, JoinTree?[] best, JoinCosts costs, bool mustConnect)
    {
        JoinTree? cheapest = null;

        // Each pair of parts once: the first part is the one with the highest bit.
        for (int part = (set - 1) & set; part > (set & ~part); part = (part - 1) & set)
        {
            if (best[part] is not { } first || best[set & ~part] is not { } second) { continue; }

            if (mustConnect && !costs.AreConnected((ulong)part, (ulong)(set & ~part))) { continue; }

            JoinTree joined = costs.Join(first, second);
            if (cheapest is null || joined.Cost < cheapest.Cost) { cheapest = joined; }
        }

        return cheapest;
    }
}
