using Ctas.Data;

namespace Ctas.Planning;

/// <summary>A field of a STRUCT; NULL of NULL.</summary>
/// <param name="Operand">The STRUCT.</param>
/// <param name="Field">The field's name.</param>
/// <param name="Ordinal">Its position; −1 only while the columns of a source are not known.</param>
/// <param name="Type">Its type.</param>
internal sealed record FieldExpression(ScalarExpression Operand, string Field, int Ordinal, DataType Type)
    : ScalarExpression(Type)
{
    public override IReadOnlyList<ScalarExpression> Operands => [Operand];

    public override ScalarExpression WithOperands(IReadOnlyList<ScalarExpression> operands) =>
        this with { Operand = operands[0] };
}

/// <summary>
/// An element of an ARRAY by position (BIGINT; 1 is the first, −1 the last), or of a MAP by key; NULL for none.
/// </summary>
internal sealed record ElementExpression(ScalarExpression Operand, ScalarExpression Index, DataType Type)
    : ScalarExpression(Type)
{
    public override IReadOnlyList<ScalarExpression> Operands => [Operand, Index];

    public override ScalarExpression WithOperands(IReadOnlyList<ScalarExpression> operands) =>
        this with { Operand = operands[0], Index = operands[1] };
}

/// <summary>An ARRAY, MAP or STRUCT made of its parts. A NULL key of a MAP is an error of the row.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Items">Elements; for a MAP key, value, key, value …; for a STRUCT its fields.</param>
/// <param name="Fields">The names of the fields of a STRUCT; else empty.</param>
/// <param name="Type">The type; Unknown only while the columns of a source are not known.</param>
internal sealed record ConstructorExpression(
    DataTypeKind Kind, IReadOnlyList<ScalarExpression> Items, IReadOnlyList<string> Fields, DataType Type)
    : ScalarExpression(Type)
{
    public override IReadOnlyList<ScalarExpression> Operands => Items;

    public override ScalarExpression WithOperands(IReadOnlyList<ScalarExpression> operands) =>
        this with { Items = operands };
}

/// <summary>A parameter of the lambda around it.</summary>
internal sealed record LambdaParameter(int Id, string Name, DataType Type) : ScalarExpression(Type)
{
    public override IReadOnlyList<ScalarExpression> Operands => [];

    public override ScalarExpression WithOperands(IReadOnlyList<ScalarExpression> operands) => this;
}

/// <summary>A value that is computed once for each row, and an expression in which it stands several times.</summary>
/// <param name="Parameter">Stands for the value in the body.</param>
internal sealed record LetExpression(LambdaParameter Parameter, ScalarExpression Value, ScalarExpression Body)
    : ScalarExpression(Body.Type)
{
    public override IReadOnlyList<ScalarExpression> Operands => [Value, Body];

    public override ScalarExpression WithOperands(IReadOnlyList<ScalarExpression> operands) =>
        this with { Value = operands[0], Body = operands[1], Type = operands[1].Type };
}

/// <summary>A lambda, the argument of a function over arrays and maps; evaluated for their items.</summary>
internal sealed record LambdaExpression(IReadOnlyList<LambdaParameter> Parameters, ScalarExpression Body)
    : ScalarExpression(Body.Type)
{
    public override IReadOnlyList<ScalarExpression> Operands => [Body];

    public override ScalarExpression WithOperands(IReadOnlyList<ScalarExpression> operands) =>
        this with { Body = operands[0] };
}
