namespace Ctas.Syntax;

/// <summary>What stands in FROM: a table, a location, a sub-query, a table function, or a join of two such.</summary>
internal abstract record TableSyntax : SyntaxNode;

/// <summary>
/// <c>name [[AS] alias]</c>: a registered table or source, a common table, or a source declared in place.
/// </summary>
internal sealed record NamedTableSyntax(NameSyntax Name, TableAliasSyntax? Alias) : TableSyntax;

/// <summary>
/// A topic or file read in place: <c>kafka://…</c>, <c>file://…</c> (bare or quoted) or a quoted path.
/// </summary>
internal sealed record LocationSyntax(string Text, TableAliasSyntax? Alias) : TableSyntax;

/// <summary><c>[LATERAL] (query) [[AS] alias]</c></summary>
/// <param name="IsLateral">True when the query may read what stands before it in FROM.</param>
internal sealed record SubqueryTableSyntax(
    QuerySyntax Query, TableAliasSyntax? Alias, bool IsLateral = false) : TableSyntax;

/// <summary><c>UNNEST(expression) [WITH ORDINALITY] [[AS] alias [(column, …)]]</c></summary>
internal sealed record FunctionTableSyntax(
    FunctionCallSyntax Call, TableAliasSyntax? Alias, bool HasOrdinality = false) : TableSyntax;

/// <summary>
/// <c>left [NATURAL] kind JOIN right [WITHIN …] [ON condition | USING (column, …)]</c>; a comma in FROM is a cross join.
/// </summary>
/// <param name="On">The condition after ON; null with USING and for a cross join.</param>
/// <param name="Using">The columns after USING; empty without it.</param>
/// <param name="IsNatural">True to use the columns that both sides have.</param>
internal sealed record JoinSyntax(
    JoinKind Kind,
    TableSyntax Left,
    TableSyntax Right,
    WithinSyntax? Within,
    ExpressionSyntax? On,
    SyntaxList<NameSyntax> Using,
    bool IsNatural = false) : TableSyntax;

/// <summary><c>[AS] name [(column, …)]</c></summary>
internal sealed record TableAliasSyntax(NameSyntax Name, SyntaxList<NameSyntax> Columns) : SyntaxNode;

/// <summary>
/// <c>WITHIN size [GRACE PERIOD …]</c> or <c>WITHIN (before, after) …</c>: how far apart two stream rows may be.
/// </summary>
internal sealed record WithinSyntax(
    IntervalLiteralSyntax Before,
    IntervalLiteralSyntax After,
    IntervalLiteralSyntax? GracePeriod) : SyntaxNode;

/// <summary>
/// <c>WINDOW TUMBLING | HOPPING | SESSION (size [, ADVANCE BY …] [, RETENTION …] [, GRACE PERIOD …])</c>
/// </summary>
/// <param name="Size">The length of a window; of a session, the gap that ends it.</param>
/// <param name="AdvanceBy">Set exactly for a hopping window.</param>
internal sealed record TimeWindowSyntax(
    TimeWindowKind Kind,
    IntervalLiteralSyntax Size,
    IntervalLiteralSyntax? AdvanceBy,
    IntervalLiteralSyntax? Retention,
    IntervalLiteralSyntax? GracePeriod) : SyntaxNode;

/// <summary>How two tables are joined.</summary>
internal enum JoinKind
{
    Inner,
    Left,
    Right,
    Full,
    Cross,
}

/// <summary>How rows are gathered into windows of event time.</summary>
internal enum TimeWindowKind
{
    Tumbling,
    Hopping,
    Session,
}
