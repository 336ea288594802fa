using Ctas.Data;

namespace Ctas.Binding;

/// <summary>A query inside an expression.</summary>
/// <param name="Query">The query; where it reads the outer query it holds <see cref="BoundOuterColumn"/>s.</param>
/// <param name="Parameters">What it reads of the outer query.</param>
/// <param name="Type">The type of the value.</param>
internal abstract record BoundSubquery(BoundRelation Query, BoundList<BoundParameter> Parameters, DataType Type)
    : BoundExpression(Type);

/// <summary>What a sub-query reads of the query it stands in.</summary>
/// <param name="Symbol">Its name inside of the sub-query.</param>
/// <param name="Argument">Its value, over the columns of the outer query.</param>
internal sealed record BoundParameter(ColumnSymbol Symbol, BoundExpression Argument);

/// <summary>A parameter of the innermost sub-query around it: one value for each row of the outer query.</summary>
internal sealed record BoundOuterColumn(ColumnSymbol Symbol) : BoundExpression(Symbol.Type);

/// <summary>A query as a value: its only column of its only row; NULL of no row, an error of several.</summary>
/// <param name="Text">The query as it is written, for the error.</param>
internal sealed record BoundScalarQuery(
    BoundRelation Query, BoundList<BoundParameter> Parameters, DataType Type, string Text)
    : BoundSubquery(Query, Parameters, Type);

/// <summary>EXISTS: TRUE when the query gives a row; never NULL.</summary>
internal sealed record BoundExists(BoundRelation Query, BoundList<BoundParameter> Parameters)
    : BoundSubquery(Query, Parameters, DataType.Boolean);

/// <summary>
/// <c>operand operator ANY (query)</c>, with <c>=</c> also IN: TRUE when the comparison is TRUE for some row, else NULL
/// when it is NULL for some row, else FALSE.
/// </summary>
/// <param name="Operand">Over the outer query.</param>
/// <param name="Operator">A comparison.</param>
/// <param name="Value">Over the columns of the query; of the operand's type.</param>
internal sealed record BoundAnyQuery(
    BoundExpression Operand,
    BoundOperator Operator,
    BoundExpression Value,
    BoundRelation Query,
    BoundList<BoundParameter> Parameters) : BoundSubquery(Query, Parameters, DataType.Boolean)
{
    /// <summary>Of a row of values, the comparisons after the first, all with <c>=</c>; as many operands as values.</summary>
    public BoundList<BoundExpression> FurtherOperands { get; init; } = [];

    /// <summary>What the further operands are compared with.</summary>
    public BoundList<BoundExpression> FurtherValues { get; init; } = [];
}
