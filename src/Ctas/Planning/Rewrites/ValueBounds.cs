namespace Ctas.Planning.Rewrites;

/// <summary>What conditions with constants leave of a column's values. Immutable.</summary>
internal sealed record ValueBounds
{
    private long? Low { get; init; }

    private long? High { get; init; }

    private object? Equal { get; init; }

    private bool IsNull { get; init; }

    private bool IsNotNull { get; init; }

    /// <summary>True when no value is left, and NULL is not either.</summary>
    public bool IsEmpty { get; private init; }

    /// <summary>What is left when a condition of the column with a constant holds too.</summary>
    public ValueBounds And(ScalarExpression condition)
    {
        ValueBounds next = condition switch
        {
            IsNullExpression isNull => isNull.IsNegated ? this with { IsNotNull = true } : this with { IsNull = true },
            BinaryExpression { Right: ConstantExpression { Value: { } value } } comparison =>
                Compared(comparison.Operator, value),
            _ => this,
        };
        return next with
        {
            IsEmpty = next.IsEmpty || (next.IsNull && next.IsNotNull) || next.Low > next.High || IsOutside(next),
        };
    }

    private ValueBounds Compared(BinaryOperator operation, object value)
    {
        if (operation == BinaryOperator.Equal && value is string or bool or Int128)
        {
            bool isOther = Equal is not null && !Equal.Equals(value);
            return this with { Equal = value, IsNotNull = true, IsEmpty = IsEmpty || isOther };
        }

        if (Number(value) is not { } number) { return this; }

        return operation switch
        {
            BinaryOperator.Equal => Within(number, number),
            BinaryOperator.Greater when number < long.MaxValue => Within(number + 1, long.MaxValue),
            BinaryOperator.GreaterOrEqual => Within(number, long.MaxValue),
            BinaryOperator.Less when number > long.MinValue => Within(long.MinValue, number - 1),
            BinaryOperator.LessOrEqual => Within(long.MinValue, number),
            _ => this,
        };
    }

    private ValueBounds Within(long low, long high) => this with
    {
        Low = Math.Max(Low ?? long.MinValue, low),
        High = Math.Min(High ?? long.MaxValue, high),
        IsNotNull = true,
    };

    private static bool IsOutside(ValueBounds bounds) =>
        bounds.Equal is not null && bounds.IsNull;

    private static long? Number(object value) => value switch
    {
        int number => number,
        long number => number,
        _ => null,
    };
}
