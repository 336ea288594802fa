namespace Ctas.Syntax;

/// <summary>
/// <c>name([DISTINCT] arguments [ORDER BY …]) [WITHIN GROUP (ORDER BY …)] [FILTER (WHERE …)] [IGNORE | RESPECT NULLS]
/// [OVER (…)]</c>
/// </summary>
/// <param name="IsStar">The one argument is <c>*</c>, as in <c>COUNT(*)</c>; the list is empty.</param>
/// <param name="IsWithinGroup">True when ORDER BY stands in WITHIN GROUP.</param>
internal sealed record FunctionCallSyntax(
    NameSyntax Name,
    SyntaxList<ExpressionSyntax> Arguments,
    bool IsStar = false,
    bool IsDistinct = false,
    SyntaxList<OrderItemSyntax> OrderBy = default,
    ExpressionSyntax? Filter = null,
    OverSyntax? Over = null,
    NullTreatment? Nulls = null,
    bool IsWithinGroup = false) : ExpressionSyntax;

/// <summary><c>OVER ([window] [PARTITION BY …] [ORDER BY …] [frame])</c> or <c>OVER window</c></summary>
/// <param name="Window">The window of the WINDOW clause that this one is, or adds to; null for none.</param>
internal sealed record OverSyntax(
    SyntaxList<ExpressionSyntax> PartitionBy,
    SyntaxList<OrderItemSyntax> OrderBy,
    FrameSyntax? Frame,
    NameSyntax? Window = null) : SyntaxNode
{
    /// <summary>Nothing but the name of a window.</summary>
    public bool IsNameOnly => Window is not null && PartitionBy.IsEmpty && OrderBy.IsEmpty && Frame is null;
}

/// <summary><c>name AS (window)</c> in the WINDOW clause.</summary>
internal sealed record NamedWindowSyntax(NameSyntax Name, OverSyntax Window) : SyntaxNode;

/// <summary>
/// <c>ROWS | RANGE | GROUPS start</c> or <c>ROWS | RANGE | GROUPS BETWEEN start AND end</c>, then what is left out.
/// </summary>
/// <param name="End">The current row when it was not written.</param>
internal sealed record FrameSyntax(
    FrameUnit Unit,
    FrameBoundSyntax Start,
    FrameBoundSyntax End,
    FrameExclusion Exclusion = FrameExclusion.NoOthers) : SyntaxNode;

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
    Groups,
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

/// <summary>What of a frame is left out, <c>EXCLUDE …</c>.</summary>
internal enum FrameExclusion
{
    /// <summary>Nothing.</summary>
    NoOthers,
    CurrentRow,

    /// <summary>The current row and its peers.</summary>
    Group,

    /// <summary>The peers of the current row.</summary>
    Ties,
}

/// <summary>Whether a window function leaves NULLs out.</summary>
internal enum NullTreatment
{
    Respect,
    Ignore,
}

/// <summary>Which end of a text is trimmed.</summary>
internal enum TrimSide
{
    Both,
    Leading,
    Trailing,
}
