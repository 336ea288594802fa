using Ctas.Data;
using Ctas.Syntax;
using Ctas.Text;

namespace Ctas.Binding;

/// <summary>
/// Gives names and types to one statement. Goes on after a mistake with <see cref="BoundError"/>, so that all mistakes
/// come at once, and reports no second mistake about a first one. Single-threaded; one binder per statement.
/// </summary>
/// <param name="diagnostics">Where mistakes go.</param>
/// <param name="catalog">The tables and sources that FROM can name.</param>
/// <param name="reader">Name of the table the statement makes; null for a query.</param>
/// <param name="localSources">Sources that the statement's own properties declare.</param>
/// <param name="openColumnType">
/// Type of the columns of relations that have not been read: Unknown before loading; Null when loading, because what
/// has been read and shows no columns has no rows.
/// </param>
internal sealed partial class Binder(
    DiagnosticBag diagnostics,
    ITableCatalog catalog,
    string? reader,
    IReadOnlyDictionary<string, SourceDeclaration> localSources,
    DataType openColumnType)
{
    /// <summary>Binds the SELECT of a table. Columns keep the order and names of the result.</summary>
    /// <param name="isLoading">True when the sources have been read, so that open relations are empty ones.</param>
    public static BoundTable BindTable(
        TableStatement statement, ITableCatalog catalog, DiagnosticBag diagnostics, bool isLoading)
    {
        CreateAsSyntax syntax = statement.Syntax;
        DataType openColumnType = isLoading ? DataType.Null : DataType.Unknown;
        var binder = new Binder(diagnostics, catalog, syntax.Name.Text, statement.LocalSources, openColumnType);
        binder.BindRowTime(statement);
        return binder.BindTableResult(syntax);
    }

    /// <summary>Binds a SELECT over loaded tables; sources are refused.</summary>
    public static BoundRelation BindQuery(QueryStatement statement, ITableCatalog catalog, DiagnosticBag diagnostics)
    {
        var binder = new Binder(
            diagnostics, catalog, reader: null, new Dictionary<string, SourceDeclaration>(), DataType.Unknown);
        if (statement.Emit == EmitMode.Final) { diagnostics.Add(BindingDiagnostics.FinalQuery(statement.Query.Span)); }

        return binder.BindQuery(statement.Query, commonTables: null);
    }

    // A common table is planned at each place that reads it.
    private const long MaxScans = 1_000;
    private long _scans;
    private readonly HashSet<BoundRelation> _readCommonTables = new(ReferenceEqualityComparer.Instance);

    // NOW() is one moment in the whole statement.
    private readonly long _now = catalog.Functions.Now;
    private bool _readsClock;

    private bool IsAdHoc => reader is null;

    private BoundError Report(Diagnostic diagnostic)
    {
        diagnostics.Add(diagnostic);
        return new BoundError { Span = diagnostic.Span };
    }

    /// <summary>The expression as the user wrote it, where that is short.</summary>
    private WrittenOperand Written(BoundExpression expression)
    {
        SourceText source = diagnostics.Source;
        TextSpan span = expression.Span;
        string text = span.End <= source.Length ? source.ShownText[span.Start..span.End] : "";
        bool isShort = text.Length is > 0 and <= WrittenOperand.MaxChars && !text.Contains('\n')
            && !text.StartsWith("SELECT ", StringComparison.OrdinalIgnoreCase);
        return new WrittenOperand(isShort ? text : "…", expression.Type);
    }

    private BoundRelation BindQuery(QuerySyntax query, CommonTables? commonTables)
    {
        CommonTables? visible = BindCommonTables(query.CommonTables, commonTables);
        BoundRelation body = query.Body is SelectSyntax select
            ? BindSelect(select, query.OrderBy, visible)
            : BindSortOfColumns(BindBody(query.Body, visible), query.OrderBy);
        return BindLimit(body, query.Limit, query.Offset);
    }

    private BoundRelation BindBody(QueryBodySyntax body, CommonTables? commonTables) => body switch
    {
        SelectSyntax select => BindSelect(select, orderBy: [], commonTables),
        NestedQuerySyntax nested => BindQuery(nested.Query, commonTables),
        SetOperationSyntax operation => BindSetOperation(operation, commonTables),
        ValuesSyntax values => BindValues(values, commonTables),
        _ => throw new System.Diagnostics.UnreachableException($"No rule for {body.GetType().Name}."),
    };

    private CommonTables? BindCommonTables(SyntaxList<CommonTableSyntax> tables, CommonTables? outer)
    {
        CommonTables? visible = outer;
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (CommonTableSyntax table in tables)
        {
            if (!names.Add(table.Name.Text))
            {
                Report(BindingDiagnostics.DuplicateCommonTable(table.Name.Span, table.Name.Text));
            }

            long before = _scans;
            BoundRelation relation = BindQuery(table.Query, visible);

            // One that reads nothing is written out all the same.
            long scans = Math.Max(1, _scans - before);
            visible = CommonTables.With(
                visible, table.Name.Text, WithColumnNames(relation, table.Columns, table.Name), scans);
            _scans = before;
        }

        return visible;
    }

    private BoundRelation BindLimit(BoundRelation relation, ExpressionSyntax? limit, ExpressionSyntax? offset)
    {
        if (limit is null && offset is null) { return relation; }

        return new BoundLimit(relation, BindCount(offset, "OFFSET") ?? 0, BindCount(limit, "LIMIT"));
    }

    private long? BindCount(ExpressionSyntax? syntax, string clause)
    {
        if (syntax is null or NullLiteralSyntax) { return null; }

        if (syntax is NumberLiteralSyntax number && long.TryParse(number.Text, out long count)) { return count; }

        Report(BindingDiagnostics.NotACount(syntax.Span, clause));
        return null;
    }

    /// <summary>Stands for a relation that could not be bound: any column name is silently taken.</summary>
    private static BoundScan SilentRelation(string name) =>
        new(new RelationSymbol(name, IsSource: false, IsStream: false, Schema: null), [], [], DataType.Unknown);

    /// <summary>Fresh columns over the same rows, so that one relation can stand twice in a query.</summary>
    private static BoundProject Renewed(BoundRelation relation, IReadOnlyList<string>? names = null) => new(
        relation,
        relation.Columns.Select((column, i) => new BoundProjection(
            new ColumnSymbol(names is not null && i < names.Count ? names[i] : column.Name, column.Type),
            new BoundColumn(column))),
        relation.IsOpen ? [relation] : []);

    private BoundRelation WithColumnNames(BoundRelation relation, SyntaxList<NameSyntax> names, NameSyntax owner)
    {
        if (names.IsEmpty) { return relation; }

        if (!relation.IsOpen && names.Count > relation.Columns.Count)
        {
            Report(BindingDiagnostics.ColumnCounts(
                owner.Span, $"the column list of \"{owner.Text}\"", relation.Columns.Count, names.Count));
        }

        return Renewed(relation, [.. names.Select(name => name.Text)]);
    }
}
