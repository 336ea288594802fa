using Ctas.Data;

namespace Ctas.Planning;

/// <summary>An expression over the columns of one input batch. Immutable; operand types are already equal where they must be.</summary>
/// <param name="Type">The type of the result.</param>
internal abstract record ScalarExpression(DataType Type)
{
    /// <summary>The expressions it is made of, in order.</summary>
    public abstract IReadOnlyList<ScalarExpression> Operands { get; }

    /// <summary>The same operation on as many other operands of the same types.</summary>
    public abstract ScalarExpression WithOperands(IReadOnlyList<ScalarExpression> operands);
}

/// <summary>The input's column at an ordinal.</summary>
internal sealed record ColumnReference(int Ordinal, DataType Type) : ScalarExpression(Type)
{
    public override IReadOnlyList<ScalarExpression> Operands => [];

    public override ScalarExpression WithOperands(IReadOnlyList<ScalarExpression> operands) => this;
}

/// <summary>A value known while planning.</summary>
/// <param name="Value">
/// null for NULL, else the physical form: bool, int (INT, DATE), long (BIGINT, TIME, TIMESTAMP), double,
/// Int128 (DECIMAL, unscaled), string (VARCHAR), byte[] (BYTES), <see cref="Interval"/>.
/// </param>
/// <param name="Type">Its type.</param>
internal sealed record ConstantExpression(object? Value, DataType Type) : ScalarExpression(Type)
{
    public override IReadOnlyList<ScalarExpression> Operands => [];

    public override ScalarExpression WithOperands(IReadOnlyList<ScalarExpression> operands) => this;
}

/// <summary>Operators of two operands.</summary>
internal enum BinaryOperator
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

    /// <summary>NULL is equal to NULL; never yields NULL.</summary>
    IsNotDistinctFrom,

    /// <summary>The negation of <see cref="IsNotDistinctFrom"/>.</summary>
    IsDistinctFrom,

    /// <summary>Three-valued AND.</summary>
    And,

    /// <summary>Three-valued OR.</summary>
    Or,
}

/// <summary>A binary operation.</summary>
/// <remarks>
/// Both operands have the same type, except: date/time arithmetic (DATE ± INT days, DATE/TIMESTAMP ± INTERVAL,
/// DATE − DATE = INT days, TIMESTAMP − TIMESTAMP = INTERVAL) and DECIMAL × ÷, where scales differ and
/// <see cref="ScalarExpression.Type"/> gives the result's. NULL in, NULL out, except AND, OR, IS [NOT] DISTINCT FROM.
/// INT ÷ INT and BIGINT ÷ BIGINT truncate toward zero. Overflow and division by zero are errors of the row.
/// </remarks>
internal sealed record BinaryExpression(BinaryOperator Operator, ScalarExpression Left, ScalarExpression Right, DataType Type)
    : ScalarExpression(Type)
{
    public override IReadOnlyList<ScalarExpression> Operands => [Left, Right];

    public override ScalarExpression WithOperands(IReadOnlyList<ScalarExpression> operands) =>
        this with { Left = operands[0], Right = operands[1] };
}

/// <summary>Arithmetic negation.</summary>
internal sealed record NegateExpression(ScalarExpression Operand) : ScalarExpression(Operand.Type)
{
    public override IReadOnlyList<ScalarExpression> Operands => [Operand];

    public override ScalarExpression WithOperands(IReadOnlyList<ScalarExpression> operands) =>
        this with { Operand = operands[0] };
}

/// <summary>Three-valued NOT.</summary>
internal sealed record NotExpression(ScalarExpression Operand) : ScalarExpression(DataType.Boolean)
{
    public override IReadOnlyList<ScalarExpression> Operands => [Operand];

    public override ScalarExpression WithOperands(IReadOnlyList<ScalarExpression> operands) =>
        this with { Operand = operands[0] };
}

/// <summary>IS NULL, or IS NOT NULL when negated; never NULL.</summary>
internal sealed record IsNullExpression(ScalarExpression Operand, bool IsNegated) : ScalarExpression(DataType.Boolean)
{
    public override IReadOnlyList<ScalarExpression> Operands => [Operand];

    public override ScalarExpression WithOperands(IReadOnlyList<ScalarExpression> operands) =>
        this with { Operand = operands[0] };
}

/// <summary>CAST; with <paramref name="IsTry"/> a failure is NULL instead of an error of the row.</summary>
internal sealed record CastExpression(ScalarExpression Operand, DataType Type, bool IsTry) : ScalarExpression(Type)
{
    public override IReadOnlyList<ScalarExpression> Operands => [Operand];

    public override ScalarExpression WithOperands(IReadOnlyList<ScalarExpression> operands) =>
        this with { Operand = operands[0] };
}

/// <summary>Searched CASE. Branches are evaluated only for the rows that reach them. No ELSE means NULL.</summary>
internal sealed record CaseExpression(IReadOnlyList<CaseBranch> Branches, ScalarExpression? Else, DataType Type)
    : ScalarExpression(Type)
{
    /// <summary>Condition and result of every branch, then what ELSE gives.</summary>
    public override IReadOnlyList<ScalarExpression> Operands =>
    [
        .. Branches.SelectMany(branch => (ScalarExpression[])[branch.Condition, branch.Result]),
        .. Else is null ? (ScalarExpression[])[] : [Else],
    ];

    public override ScalarExpression WithOperands(IReadOnlyList<ScalarExpression> operands) => this with
    {
        Branches = [.. Branches.Select((_, i) => new CaseBranch(operands[i * 2], operands[(i * 2) + 1]))],
        Else = Else is null ? null : operands[^1],
    };
}

/// <summary>One WHEN … THEN ….</summary>
internal sealed record CaseBranch(ScalarExpression Condition, ScalarExpression Result);

/// <summary>x [NOT] IN (v, …) with SQL's NULL rule. All operands have one type.</summary>
internal sealed record InListExpression(ScalarExpression Operand, IReadOnlyList<ScalarExpression> Values, bool IsNegated)
    : ScalarExpression(DataType.Boolean)
{
    public override IReadOnlyList<ScalarExpression> Operands => [Operand, .. Values];

    public override ScalarExpression WithOperands(IReadOnlyList<ScalarExpression> operands) =>
        this with { Operand = operands[0], Values = [.. operands.Skip(1)] };
}

/// <summary>x [NOT] LIKE pattern [ESCAPE escape]; <c>%</c> and <c>_</c>.</summary>
internal sealed record LikeExpression(
    ScalarExpression Operand, ScalarExpression Pattern, char? Escape, bool IgnoresCase, bool IsNegated)
    : ScalarExpression(DataType.Boolean)
{
    public override IReadOnlyList<ScalarExpression> Operands => [Operand, Pattern];

    public override ScalarExpression WithOperands(IReadOnlyList<ScalarExpression> operands) =>
        this with { Operand = operands[0], Pattern = operands[1] };
}

/// <summary>A call of a scalar function by its canonical upper-case name; arguments already have the signature's types.</summary>
internal sealed record FunctionExpression(string Function, IReadOnlyList<ScalarExpression> Arguments, DataType Type)
    : ScalarExpression(Type)
{
    /// <summary>False when two calls with the same arguments may differ: such calls are not computed ahead.</summary>
    public bool IsDeterministic { get; init; } = true;

    /// <summary>The function of the host application that is called; null for one of the dialect.</summary>
    public Data.Host.HostFunction? Host { get; init; }

    public override IReadOnlyList<ScalarExpression> Operands => Arguments;

    public override ScalarExpression WithOperands(IReadOnlyList<ScalarExpression> operands) =>
        this with { Arguments = operands };
}
