using Ctas.Binding.Functions;
using Ctas.Data;
using Ctas.Text;

namespace Ctas.Binding;

/// <summary>
/// An expression whose names and types are resolved. Immutable; equal when it says the same, wherever it stands.
/// </summary>
/// <param name="Type">
/// The type of the result; Unknown where it depends on columns not yet known, or after an error.
/// </param>
internal abstract record BoundExpression(DataType Type)
{
    /// <summary>The place in the text, for later errors about this expression.</summary>
    public TextSpan Span { get; init; }

    /// <summary>The place is no part of equality: GROUP BY a and SELECT a mean the same a.</summary>
    public virtual bool Equals(BoundExpression? other) =>
        other is not null && EqualityContract == other.EqualityContract && Type == other.Type;

    public override int GetHashCode() => HashCode.Combine(EqualityContract, Type);
}

/// <summary>Stands where a mistake was reported. Everything made from it is silent.</summary>
internal sealed record BoundError() : BoundExpression(DataType.Unknown);

/// <summary>A column.</summary>
internal sealed record BoundColumn(ColumnSymbol Column) : BoundExpression(Column.Type);

/// <summary>A value; physical forms as in the plan's constants.</summary>
internal sealed record BoundConstant(object? Value, DataType Type) : BoundExpression(Type)
{
    /// <summary>True for a value written in quotes, which may become a date where one is needed.</summary>
    public bool IsText => Value is string;

    /// <summary>Bytes are equal when they are the same bytes.</summary>
    public bool Equals(BoundConstant? other) =>
        base.Equals(other) && (Value is byte[] bytes && other.Value is byte[] others
            ? bytes.AsSpan().SequenceEqual(others)
            : Equals(Value, other.Value));

    public override int GetHashCode() => HashCode.Combine(base.GetHashCode(), Value is byte[] bytes ? bytes.Length : Value);
}

/// <summary>An operation of two operands, already of the types it needs.</summary>
internal sealed record BoundBinary(BoundOperator Operator, BoundExpression Left, BoundExpression Right, DataType Type)
    : BoundExpression(Type);

/// <summary>Arithmetic negation.</summary>
internal sealed record BoundNegate(BoundExpression Operand) : BoundExpression(Operand.Type);

/// <summary>Three-valued NOT.</summary>
internal sealed record BoundNot(BoundExpression Operand) : BoundExpression(DataType.Boolean);

/// <summary>IS [NOT] NULL.</summary>
internal sealed record BoundIsNull(BoundExpression Operand, bool IsNegated) : BoundExpression(DataType.Boolean);

/// <summary>CAST and TRY_CAST, written or implied.</summary>
internal sealed record BoundCast(BoundExpression Operand, DataType Type, bool IsTry) : BoundExpression(Type);

/// <summary>Searched CASE.</summary>
internal sealed record BoundCase(BoundList<BoundCaseBranch> Branches, BoundExpression? Else, DataType Type)
    : BoundExpression(Type);

/// <summary>One WHEN … THEN ….</summary>
internal sealed record BoundCaseBranch(BoundExpression Condition, BoundExpression Result);

/// <summary>[NOT] IN (list).</summary>
internal sealed record BoundInList(BoundExpression Operand, BoundList<BoundExpression> Values, bool IsNegated)
    : BoundExpression(DataType.Boolean);

/// <summary>[NOT] LIKE and ILIKE.</summary>
internal sealed record BoundLike(
    BoundExpression Operand, BoundExpression Pattern, char? Escape, bool IgnoresCase, bool IsNegated)
    : BoundExpression(DataType.Boolean);

/// <summary>A scalar function by its canonical name.</summary>
internal sealed record BoundFunction(string Function, BoundList<BoundExpression> Arguments, DataType Type)
    : BoundExpression(Type)
{
    /// <summary>False when two calls with the same arguments may differ.</summary>
    public bool IsDeterministic { get; init; } = true;

    /// <summary>The function of the host application that is called; null for one of the dialect.</summary>
    public Data.Host.HostFunction? Host { get; init; }
}

/// <summary>An aggregate; stands in expressions only until grouping has replaced it by a column.</summary>
/// <param name="Function">Which.</param>
/// <param name="Arguments">In the types the function wants; none for COUNT(*).</param>
/// <param name="Type">The type of the result.</param>
internal sealed record BoundAggregate(
    FunctionEntry Function, BoundList<BoundExpression> Arguments, DataType Type) : BoundExpression(Type)
{
    /// <summary>True to aggregate different values only.</summary>
    public bool IsDistinct { get; init; }

    /// <summary>Only rows for which it is TRUE count; null: all.</summary>
    public BoundExpression? Filter { get; init; }

    /// <summary>The order in which the rows of a group are aggregated; empty: as they come.</summary>
    public BoundList<BoundSortKey> OrderBy { get; init; } = [];
}

/// <summary>The operators of two operands.</summary>
internal enum BoundOperator
{
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
    Concat,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    IsNotDistinctFrom,
    IsDistinctFrom,
    And,
    Or,
}
