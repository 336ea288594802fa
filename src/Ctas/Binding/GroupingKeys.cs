namespace Ctas.Binding;

/// <summary>What GROUP BY groups by.</summary>
/// <param name="All">Every key, those of all sets; equal ones once where there are sets.</param>
/// <param name="Sets">The ordinals of the keys of each set; null for one set of all keys.</param>
internal sealed record GroupingKeys(IReadOnlyList<BoundExpression> All, IReadOnlyList<int[]>? Sets)
{
    /// <summary>The same with keys that every set has too.</summary>
    public GroupingKeys With(IReadOnlyList<BoundExpression> keys)
    {
        BoundExpression[] all = [.. All, .. keys];
        return new GroupingKeys(
            all, Sets is null ? null : [.. Sets.Select(set => (int[])[.. set, .. Enumerable.Range(All.Count, keys.Count)])]);
    }

    /// <summary>Made of sets that are written out.</summary>
    public static GroupingKeys OfSets(IReadOnlyList<IReadOnlyList<BoundExpression>> sets)
    {
        List<BoundExpression> all = [.. sets.SelectMany(set => set).Distinct()];
        if (all.Any(key => key.Contains<BoundError>())) { return new GroupingKeys(all, Sets: null); }

        return new GroupingKeys(all, [.. sets.Select(set => (int[])[.. set.Select(key => all.IndexOf(key)).Distinct()])]);
    }
}

/// <summary>
/// GROUPING(a, b): of the keys that are its arguments, a bit for each that the row is not grouped by; stands in
/// expressions only until grouping has replaced it by a column.
/// </summary>
internal sealed record BoundGroupingCall(BoundList<BoundExpression> Arguments) : BoundExpression(Data.DataType.Int);
