namespace Ctas.Syntax;

/// <summary><c>[WITH name AS (query), …] body [ORDER BY …] [LIMIT n] [OFFSET n]</c></summary>
internal sealed record QuerySyntax(
    SyntaxList<CommonTableSyntax> CommonTables,
    QueryBodySyntax Body,
    SyntaxList<OrderItemSyntax> OrderBy,
    ExpressionSyntax? Limit,
    ExpressionSyntax? Offset) : SyntaxNode
{
    /// <summary>Nothing but a body, so that parentheses around it say nothing.</summary>
    public bool IsBodyOnly => CommonTables.IsEmpty && OrderBy.IsEmpty && Limit is null && Offset is null;
}

/// <summary><c>name [(column, …)] AS (query)</c></summary>
internal sealed record CommonTableSyntax(
    NameSyntax Name,
    SyntaxList<NameSyntax> Columns,
    QuerySyntax Query) : SyntaxNode;

/// <summary>What stands between WITH and ORDER BY.</summary>
internal abstract record QueryBodySyntax : SyntaxNode;

/// <summary>
/// <c>SELECT [DISTINCT] items [FROM …] [WINDOW …] [WHERE …] [GROUP BY …] [HAVING …] [WINDOW w AS (…), …] [QUALIFY …]</c>
/// </summary>
/// <param name="Window">Windows of event time, over which GROUP BY groups.</param>
/// <param name="Windows">Windows over rows, that OVER names.</param>
internal sealed record SelectSyntax(
    bool IsDistinct,
    SyntaxList<SelectItemSyntax> Items,
    TableSyntax? From,
    TimeWindowSyntax? Window,
    ExpressionSyntax? Where,
    SyntaxList<ExpressionSyntax> GroupBy,
    ExpressionSyntax? Having,
    ExpressionSyntax? Qualify,
    SyntaxList<NamedWindowSyntax> Windows = default) : QueryBodySyntax;

/// <summary>
/// <c>left UNION | INTERSECT | EXCEPT [ALL] right</c>; INTERSECT binds tighter, the rest is left-associative.
/// </summary>
internal sealed record SetOperationSyntax(
    SetOperator Operator,
    bool IsAll,
    QueryBodySyntax Left,
    QueryBodySyntax Right) : QueryBodySyntax;

/// <summary><c>VALUES (…), (…)</c></summary>
internal sealed record ValuesSyntax(SyntaxList<ValuesRowSyntax> Rows) : QueryBodySyntax;

/// <summary>One row of VALUES.</summary>
internal sealed record ValuesRowSyntax(SyntaxList<ExpressionSyntax> Values) : SyntaxNode;

/// <summary>A query in parentheses with an own WITH, ORDER BY, LIMIT or OFFSET.</summary>
internal sealed record NestedQuerySyntax(QuerySyntax Query) : QueryBodySyntax;

/// <summary>One entry of the SELECT list.</summary>
internal abstract record SelectItemSyntax : SyntaxNode;

/// <summary><c>*</c> or <c>qualifier.*</c></summary>
internal sealed record StarItemSyntax(NameSyntax? Qualifier) : SelectItemSyntax;

/// <summary><c>expression [[AS] alias]</c></summary>
internal sealed record ExpressionItemSyntax(ExpressionSyntax Expression, NameSyntax? Alias) : SelectItemSyntax;

/// <summary><c>expression [ASC | DESC] [NULLS FIRST | LAST]</c></summary>
/// <param name="Nulls">Null when not said: the default follows from the direction.</param>
internal sealed record OrderItemSyntax(ExpressionSyntax Expression, bool IsDescending, NullOrder? Nulls) : SyntaxNode;

/// <summary>How two queries are combined.</summary>
internal enum SetOperator
{
    Union,
    Intersect,
    Except,
}

/// <summary>Where NULLs are sorted.</summary>
internal enum NullOrder
{
    First,
    Last,
}
