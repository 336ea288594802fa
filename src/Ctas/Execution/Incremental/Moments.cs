namespace Ctas.Execution.Incremental;

/// <summary>Which rows are meant: those before the tick, or after it. A struct, so that loops are compiled for it.</summary>
internal interface IMoment
{
    /// <summary>How often a row was or is there.</summary>
    static abstract int WeightOf(RowWeights rows, int place);
}

/// <summary>R: the rows before the tick.</summary>
internal readonly struct BeforeTick : IMoment
{
    public static int WeightOf(RowWeights rows, int place) => rows.Before(place);
}

/// <summary>R': the rows after the tick.</summary>
internal readonly struct AfterTick : IMoment
{
    public static int WeightOf(RowWeights rows, int place) => rows.Now(place);
}

/// <summary>M: the rows that were there before the tick and still are.</summary>
internal readonly struct ThroughTick : IMoment
{
    public static int WeightOf(RowWeights rows, int place) => Math.Min(rows.Before(place), rows.Now(place));
}
