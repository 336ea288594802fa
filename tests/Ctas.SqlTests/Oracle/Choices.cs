namespace Ctas.SqlTests.Oracle;

/// <summary>
/// Random choices that lean towards some constructs: those in focus are taken half of the time where they can be, so
/// that every construct gets its turn.
/// </summary>
internal sealed class Choices(Random random, IReadOnlySet<string> focus)
{
    public Random Random => random;

    /// <summary>True once in <paramref name="times"/>.</summary>
    public bool OneIn(int times) => random.Next(times) == 0;

    public T Pick<T>(IReadOnlyList<T> items) => items[random.Next(items.Count)];

    public string Pick(params ReadOnlySpan<string> texts) => texts[random.Next(texts.Length)];

    /// <summary>One of the constructs that Ctas has.</summary>
    public string Construct(params ReadOnlySpan<string> names)
    {
        var available = new List<string>(names.Length);
        foreach (string name in names)
        {
            if (ConstructCatalog.IsAvailable(name)) { available.Add(name); }
        }

        string[] inFocus = [.. available.Where(focus.Contains)];
        return inFocus.Length > 0 && OneIn(2) ? Pick(inFocus) : Pick(available);
    }

    public Construct Construct(IReadOnlyList<Construct> constructs)
    {
        Construct[] inFocus = [.. constructs.Where(construct => focus.Contains(construct.Name))];
        return inFocus.Length > 0 && OneIn(2) ? Pick(inFocus) : Pick(constructs);
    }

    /// <summary>The type that a construct in focus gives, now and then.</summary>
    public ValueTag? FocusTag(IReadOnlyList<ValueTag> among)
    {
        ValueTag[] tags =
        [
            .. ConstructCatalog.Expressions.Where(construct => focus.Contains(construct.Name))
                .Select(construct => ValueTag.Find(construct.Result)).OfType<ValueTag>().Where(among.Contains),
        ];
        return tags.Length > 0 && OneIn(2) ? Pick(tags) : null;
    }

    /// <summary>True with the given chance, and half of the time when the construct is in focus; false without it.</summary>
    public bool Takes(string name, int onceIn) =>
        ConstructCatalog.IsAvailable(name) && ((focus.Contains(name) && OneIn(2)) || OneIn(onceIn));
}
