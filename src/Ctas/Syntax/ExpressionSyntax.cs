namespace Ctas.Syntax;

/// <summary>Something that has a value.</summary>
internal abstract record ExpressionSyntax : SyntaxNode;

/// <summary>
/// A column, perhaps qualified: <c>column</c>, <c>table.column</c>, <c>column.field</c>, <c>table.column.field</c>.
/// </summary>
/// <param name="Parts">At least one. Which part is what is for the binder to say.</param>
internal sealed record NameExpressionSyntax(SyntaxList<NameSyntax> Parts) : ExpressionSyntax;

/// <summary><c>-x</c>, <c>+x</c>, <c>NOT x</c></summary>
internal sealed record UnarySyntax(UnaryOperator Operator, ExpressionSyntax Operand) : ExpressionSyntax;

/// <summary><c>left operator right</c>, from OR to %</summary>
internal sealed record BinarySyntax(
    BinaryOperator Operator,
    ExpressionSyntax Left,
    ExpressionSyntax Right) : ExpressionSyntax;

/// <summary><c>x IS [NOT] NULL</c></summary>
internal sealed record IsNullSyntax(ExpressionSyntax Operand, bool IsNegated) : ExpressionSyntax;

/// <summary><c>x IS [NOT] TRUE | FALSE</c></summary>
internal sealed record IsBooleanSyntax(ExpressionSyntax Operand, bool Value, bool IsNegated) : ExpressionSyntax;

/// <summary><c>left IS [NOT] DISTINCT FROM right</c></summary>
internal sealed record IsDistinctFromSyntax(
    ExpressionSyntax Left,
    ExpressionSyntax Right,
    bool IsNegated) : ExpressionSyntax;

/// <summary><c>x [NOT] BETWEEN low AND high</c></summary>
internal sealed record BetweenSyntax(
    ExpressionSyntax Operand,
    ExpressionSyntax Low,
    ExpressionSyntax High,
    bool IsNegated) : ExpressionSyntax;

/// <summary><c>x [NOT] LIKE | ILIKE pattern [ESCAPE character]</c></summary>
internal sealed record LikeSyntax(
    ExpressionSyntax Operand,
    ExpressionSyntax Pattern,
    ExpressionSyntax? Escape,
    bool IgnoresCase,
    bool IsNegated) : ExpressionSyntax;

/// <summary><c>x [NOT] IN (a, b, …)</c></summary>
internal sealed record InListSyntax(
    ExpressionSyntax Operand,
    SyntaxList<ExpressionSyntax> Items,
    bool IsNegated) : ExpressionSyntax;

/// <summary><c>x [NOT] IN (query)</c></summary>
internal sealed record InQuerySyntax(ExpressionSyntax Operand, QuerySyntax Query, bool IsNegated) : ExpressionSyntax;

/// <summary><c>x operator ANY | ALL (query)</c>; SOME is ANY.</summary>
/// <param name="Operator">A comparison.</param>
internal sealed record QuantifiedSyntax(
    BinaryOperator Operator,
    ExpressionSyntax Operand,
    bool IsAll,
    QuerySyntax Query) : ExpressionSyntax;

/// <summary><c>x operator ANY | ALL (array)</c></summary>
/// <param name="Operator">A comparison.</param>
internal sealed record QuantifiedArraySyntax(
    BinaryOperator Operator,
    ExpressionSyntax Operand,
    bool IsAll,
    ExpressionSyntax Array) : ExpressionSyntax;

/// <summary><c>(a, b, …)</c> or <c>ROW(a, …)</c>: values that are compared together, part by part.</summary>
/// <param name="Values">In GROUPING SETS perhaps none: <c>()</c>.</param>
internal sealed record RowSyntax(SyntaxList<ExpressionSyntax> Values) : ExpressionSyntax;

/// <summary><c>GROUPING SETS (…)</c>, <c>ROLLUP (…)</c> or <c>CUBE (…)</c>; stands in GROUP BY only.</summary>
/// <param name="Items">Expressions, rows of them, and in GROUPING SETS further such nodes.</param>
internal sealed record GroupingSetsSyntax(GroupingKind Kind, SyntaxList<ExpressionSyntax> Items) : ExpressionSyntax;

/// <summary><c>EXISTS (query)</c>; NOT EXISTS is a NOT around it.</summary>
internal sealed record ExistsSyntax(QuerySyntax Query) : ExpressionSyntax;

/// <summary><c>(query)</c> as a value.</summary>
internal sealed record ScalarQuerySyntax(QuerySyntax Query) : ExpressionSyntax;

/// <summary><c>CASE [operand] WHEN … THEN … [ELSE …] END</c></summary>
/// <param name="Operand">Compared with each WHEN; null when each WHEN is a condition.</param>
internal sealed record CaseSyntax(
    ExpressionSyntax? Operand,
    SyntaxList<CaseBranchSyntax> Branches,
    ExpressionSyntax? Else) : ExpressionSyntax;

/// <summary><c>WHEN when THEN then</c></summary>
internal sealed record CaseBranchSyntax(ExpressionSyntax When, ExpressionSyntax Then) : SyntaxNode;

/// <summary><c>CAST(x AS type)</c>, <c>x::type</c>, <c>TRY_CAST(x AS type)</c></summary>
/// <param name="IsTry">NULL instead of an error when the value does not fit.</param>
internal sealed record CastSyntax(ExpressionSyntax Operand, TypeSyntax Type, bool IsTry) : ExpressionSyntax;

/// <summary>How a part of GROUP BY says which sets of keys are grouped by.</summary>
internal enum GroupingKind
{
    /// <summary>The sets are written out.</summary>
    Sets,

    /// <summary>All items, all but the last, … none.</summary>
    Rollup,

    /// <summary>Every choice of the items.</summary>
    Cube,
}

/// <summary>An operator with one operand.</summary>
internal enum UnaryOperator
{
    Plus,
    Negate,
    Not,
}

/// <summary>An operator with two operands.</summary>
internal enum BinaryOperator
{
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Concat,
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
}
