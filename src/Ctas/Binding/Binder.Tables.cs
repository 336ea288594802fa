using Ctas.Data;
using Ctas.Syntax;
using Ctas.Text;

namespace Ctas.Binding;

internal sealed partial class Binder
{
    /// <summary>
    /// The result of CREATE … AS: its names must differ, and a column list renames, casts and gives the key.
    /// </summary>
    private BoundTable BindTableResult(CreateAsSyntax syntax)
    {
        _resultSelect = syntax.Columns.IsEmpty ? syntax.Query.Body as SelectSyntax : null;
        BoundRelation relation = Retained(BindQuery(syntax.Query, commonTables: null), syntax.Name.Text);
        if (syntax.Columns.IsEmpty)
        {
            ReportDuplicateResults(syntax, relation);
            return new BoundTable(relation, []) { ReadsClock = _readsClock };
        }

        List<int> key = BindColumnMarks(syntax.Columns);
        if (relation.IsOpen || !HasColumns(syntax, relation)) { return new BoundTable(relation, []) { ReadsClock = _readsClock }; }

        return new BoundTable(Declared(syntax.Columns, relation), key) { ReadsClock = _readsClock };
    }

    private void ReportDuplicateResults(CreateAsSyntax syntax, BoundRelation relation)
    {
        var seen = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        IReadOnlyList<ColumnSymbol> columns = relation.Columns;
        IEnumerable<(ColumnSymbol Column, int Ordinal)> duplicates =
            columns.Select((column, ordinal) => (column, ordinal)).Where(c => !seen.Add(c.column.Name));
        foreach ((ColumnSymbol column, int ordinal) in duplicates)
        {
            Report(BindingDiagnostics.DuplicateResultColumn(
                ItemSpan(syntax.Query, columns.Count, ordinal), column.Name));
        }
    }

    /// <summary>
    /// The item of the SELECT list, or the whole query where a star makes items and columns differ in number.
    /// </summary>
    private static TextSpan ItemSpan(QuerySyntax query, int columnCount, int ordinal)
    {
        if (query.Body is not SelectSyntax select) { return query.Span; }

        if (select.Items.Count == columnCount) { return select.Items[ordinal].Span; }

        return select.Items.FirstOrDefault(item => item is StarItemSyntax)?.Span ?? query.Span;
    }

    private List<int> BindColumnMarks(SyntaxList<ColumnDefinitionSyntax> columns)
    {
        List<int> key = [];
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        for (int ordinal = 0; ordinal < columns.Count; ordinal++)
        {
            ColumnDefinitionSyntax column = columns[ordinal];
            if (!names.Add(column.Name.Text))
            {
                Report(BindingDiagnostics.DuplicateColumn(column.Name.Span, column.Name.Text));
            }

            if (column.Role is ColumnRole.Key or ColumnRole.PrimaryKey) { key.Add(ordinal); }
            else if (column.Role != ColumnRole.Value)
            {
                Report(BindingDiagnostics.ColumnMarkMisplaced(
                    column.Span, column.Role.ToString().ToUpperInvariant(), "the column list of CREATE … AS"));
            }
        }

        return key;
    }

    private bool HasColumns(CreateAsSyntax syntax, BoundRelation relation)
    {
        if (syntax.Columns.Count == relation.Columns.Count) { return true; }

        Report(BindingDiagnostics.ColumnCounts(
            syntax.Name.Span,
            $"the column list of \"{syntax.Name.Text}\"",
            relation.Columns.Count,
            syntax.Columns.Count));
        return false;
    }

    private BoundProject Declared(SyntaxList<ColumnDefinitionSyntax> columns, BoundRelation relation)
    {
        IReadOnlyList<ColumnSymbol> results = relation.Columns;
        return new BoundProject(relation, columns.Select((definition, i) =>
        {
            DataType? declared = definition.Type is null ? results[i].Type : BindType(definition.Type);
            DataType type = declared ?? DataType.Unknown;
            BoundExpression value = new BoundColumn(results[i]) { Span = definition.Span };
            if (!TypeRules.CanCast(results[i].Type, type))
            {
                value = Report(BindingDiagnostics.CannotCast(definition.Span, results[i].Type, type));
            }

            return new BoundProjection(new ColumnSymbol(definition.Name.Text, type), Coercion.To(value, type));
        }).ToList());
    }
}
