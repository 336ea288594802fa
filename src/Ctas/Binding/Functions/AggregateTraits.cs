namespace Ctas.Binding.Functions;

/// <summary>How an aggregate function treats the rows of a group. Immutable.</summary>
internal sealed record AggregateTraits
{
    /// <summary>The first of the arguments that must be constants; the rest of them follow. ^0: none must be.</summary>
    public Index FirstConstant { get; init; } = ^0;

    /// <summary>What is wrong with the values of the constant arguments, by their order; null when nothing is.</summary>
    public Func<IReadOnlyList<object?>, ConstantComplaint?> Complaint { get; init; } = _ => null;

    /// <summary>True when the result stays the same when equal values are left out.</summary>
    public bool IgnoresDistinct { get; init; }

    /// <summary>True for a function that leaves equal values out by itself.</summary>
    public bool IsDistinct { get; init; }

    /// <summary>True when the result depends on the order of the rows.</summary>
    public bool IsOrderSensitive { get; init; }

    /// <summary>What it says of no rows, in the physical form of a constant; null for NULL.</summary>
    public object? OfNoRows { get; init; }

    /// <summary>True when the item of WITHIN GROUP (ORDER BY …) is the first argument.</summary>
    public bool IsOrderedSet { get; init; }
}

/// <summary>A constant argument that does not fit.</summary>
/// <param name="Ordinal">Which of the constants, from 0.</param>
/// <param name="Text">What it should be, as a full sentence.</param>
internal sealed record ConstantComplaint(int Ordinal, string Text);
