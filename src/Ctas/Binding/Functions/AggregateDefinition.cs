using Ctas.Data;

namespace Ctas.Binding.Functions;

/// <summary>An aggregate function: what it takes, what it gives, how it treats rows. Immutable.</summary>
/// <param name="Name">The canonical name, under which it is executed.</param>
/// <param name="Parameters">Kinds in order.</param>
/// <param name="MinArguments">Fewest arguments.</param>
/// <param name="Result">The type of the result, of the types of the arguments after coercion.</param>
internal sealed record AggregateDefinition(
    string Name,
    IReadOnlyList<AggregateParameter> Parameters,
    int MinArguments,
    Func<IReadOnlyList<DataType>, DataType> Result)
{
    /// <summary>Other names for the same.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>Most arguments.</summary>
    public int MaxArguments => Parameters.Count;

    /// <summary>True for COUNT, which also takes a star.</summary>
    public bool TakesStar { get; init; }

    /// <summary>The result of no rows at all, as a constant of the result's type; null for NULL.</summary>
    public object? OfNoRows { get; init; }

    /// <summary>True when the result does not change when equal values are left out.</summary>
    public bool IgnoresDistinct { get; init; }

    /// <summary>True when the result depends on the order of the rows.</summary>
    public bool IsOrderSensitive { get; init; }

    /// <summary>Trailing arguments that are constants, of so many that were given.</summary>
    public int OptionCount(int arguments)
    {
        int options = 0;
        for (int i = 0; i < arguments && i < Parameters.Count; i++) { options += Parameters[i].IsConstant ? 1 : 0; }

        return options;
    }
}

/// <summary>A parameter of an aggregate function.</summary>
/// <param name="Kind">What it accepts.</param>
/// <param name="IsConstant">True when its value must be known while planning. Such parameters come last.</param>
internal sealed record AggregateParameter(AggregateParameterKind Kind, bool IsConstant = false);

/// <summary>What a parameter of an aggregate function accepts.</summary>
internal enum AggregateParameterKind
{
    /// <summary>Every type.</summary>
    Any,

    /// <summary>Every type with an order.</summary>
    Ordered,

    /// <summary>INT, BIGINT, DECIMAL or DOUBLE, as it comes.</summary>
    Number,
}
