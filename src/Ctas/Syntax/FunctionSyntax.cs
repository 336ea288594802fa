namespace Ctas.Syntax;

/// <summary><c>name([DISTINCT] arguments [ORDER BY …]) [FILTER (WHERE …)] [OVER (…)]</c></summary>
/// <param name="IsStar">The one argument is <c>*</c>, as in <c>COUNT(*)</c>; the list is empty.</param>
internal sealed record FunctionCallSyntax(
    NameSyntax Name,
    SyntaxList<ExpressionSyntax> Arguments,
    bool IsStar = false,
    bool IsDistinct = false,
    SyntaxList<OrderItemSyntax> OrderBy = default,
    ExpressionSyntax? Filter = null,
    OverSyntax? Over = null) : ExpressionSyntax;

/// <summary><c>OVER ([PARTITION BY …] [ORDER BY …] [frame])</c></summary>
internal sealed record OverSyntax(
    SyntaxList<ExpressionSyntax> PartitionBy,
    SyntaxList<OrderItemSyntax> OrderBy,
    FrameSyntax? Frame) : SyntaxNode;

/// <summary><c>ROWS | RANGE start</c> or <c>ROWS | RANGE BETWEEN start AND end</c></summary>
/// <param name="End">The current row when it was not written.</param>
internal sealed record FrameSyntax(FrameUnit Unit, FrameBoundSyntax Start, FrameBoundSyntax End) : SyntaxNode;

/// <summary>
/// <c>UNBOUNDED PRECEDING</c>, <c>n PRECEDING</c>, <c>CURRENT ROW</c>, <c>n FOLLOWING</c>, <c>UNBOUNDED
/// FOLLOWING</c>
/// </summary>
/// <param name="Offset">Set exactly for the two kinds that count.</param>
internal sealed record FrameBoundSyntax(FrameBoundKind Kind, ExpressionSyntax? Offset) : SyntaxNode;

/// <summary><c>EXTRACT(field FROM x)</c></summary>
internal sealed record ExtractSyntax(NameSyntax Field, ExpressionSyntax Operand) : ExpressionSyntax;

/// <summary><c>TRIM([BOTH | LEADING | TRAILING] [characters] FROM x)</c>; <c>TRIM(x)</c> is a plain call.</summary>
/// <param name="Characters">Null for spaces.</param>
internal sealed record TrimSyntax(
    TrimSide Side,
    ExpressionSyntax? Characters,
    ExpressionSyntax Operand) : ExpressionSyntax;

/// <summary><c>POSITION(part IN whole)</c></summary>
internal sealed record PositionSyntax(ExpressionSyntax Part, ExpressionSyntax Whole) : ExpressionSyntax;

/// <summary>What a frame counts.</summary>
internal enum FrameUnit
{
    Rows,
    Range,
}

/// <summary>Where a frame starts or ends, from first to last.</summary>
internal enum FrameBoundKind
{
    UnboundedPreceding,
    Preceding,
    CurrentRow,
    Following,
    UnboundedFollowing,
}

/// <summary>Which end of a text is trimmed.</summary>
internal enum TrimSide
{
    Both,
    Leading,
    Trailing,
}
