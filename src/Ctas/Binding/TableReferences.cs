using System.Diagnostics;
using Ctas.Syntax;
using Ctas.Text;

namespace Ctas.Binding;

/// <summary>A name or location in a FROM that no WITH of the query declares.</summary>
internal sealed record TableReference(string Name, bool IsLocation, TextSpan Span);

/// <summary>
/// Finds what a query reads, wherever it stands: FROM, joins, sub-queries in any clause, common tables.
/// </summary>
/// <remarks>Works on syntax alone, so that tables can be ordered before any of them is bound.</remarks>
internal sealed class TableReferences
{
    private readonly List<TableReference> _found = [];
    private readonly Stack<string> _commonTables = new();
    private bool _readsEventTime;

    /// <summary>Every reference in text order, repeated ones too. Common tables and aliases are none.</summary>
    public static IReadOnlyList<TableReference> Of(QuerySyntax query)
    {
        var references = new TableReferences();
        references.Visit(query);
        return references._found;
    }

    /// <summary>True when a query asks for the event time of what it reads: windows, WITHIN, ROWTIME by name.</summary>
    public static bool ReadEventTime(QuerySyntax query)
    {
        var references = new TableReferences();
        references.Visit(query);
        return references._readsEventTime;
    }

    private void Visit(QuerySyntax query)
    {
        int outer = _commonTables.Count;
        foreach (CommonTableSyntax table in query.CommonTables)
        {
            Visit(table.Query);
            _commonTables.Push(table.Name.Text);
        }

        Visit(query.Body);
        VisitAll(query.OrderBy.Select(item => item.Expression));
        while (_commonTables.Count > outer) { _commonTables.Pop(); }
    }

    private void Visit(QueryBodySyntax body)
    {
        switch (body)
        {
            case SelectSyntax select:
                VisitSelect(select);
                break;
            case NestedQuerySyntax nested:
                Visit(nested.Query);
                break;
            case ValuesSyntax values:
                foreach (ValuesRowSyntax row in values.Rows) { VisitAll(row.Values); }

                break;
            case SetOperationSyntax operation:
                VisitSetOperation(operation);
                break;
            default:
                throw new UnreachableException($"No rule for {body.GetType().Name}.");
        }
    }

    private void VisitSetOperation(SetOperationSyntax operation)
    {
        // Chains lean to the left; walking down them must not go deep.
        Stack<QueryBodySyntax> rights = new();
        QueryBodySyntax first = operation;
        while (first is SetOperationSyntax link)
        {
            rights.Push(link.Right);
            first = link.Left;
        }

        Visit(first);
        while (rights.TryPop(out QueryBodySyntax? right)) { Visit(right); }
    }

    private void VisitSelect(SelectSyntax select)
    {
        _readsEventTime |= select.Window is not null
            || select.GroupBy.OfType<FunctionCallSyntax>().Any(call => Binder.AsTimeWindow(call) is not null);
        VisitAll(select.Items.OfType<ExpressionItemSyntax>().Select(item => item.Expression));
        if (select.From is not null) { Visit(select.From); }

        Visit(select.Where);
        VisitAll(select.GroupBy);
        Visit(select.Having);
        VisitAll(select.Windows.SelectMany(window => Over(window.Window)));
        Visit(select.Qualify);
    }

    private void Visit(TableSyntax table)
    {
        switch (table)
        {
            case NamedTableSyntax { Name: var name }:
                if (!_commonTables.Any(known => Scope.IsMeant(known, name)))
                {
                    _found.Add(new TableReference(name.Text, IsLocation: false, name.Span));
                }

                break;
            case LocationSyntax location:
                _found.Add(new TableReference(location.Text, IsLocation: true, location.Span));
                break;
            case SubqueryTableSyntax subquery:
                Visit(subquery.Query);
                break;
            case FunctionTableSyntax function:
                Visit(function.Call);
                break;
            case JoinSyntax join:
                _readsEventTime |= join.Within is not null;
                Visit(join.Left);
                Visit(join.Right);
                Visit(join.On);
                break;
            default:
                throw new UnreachableException($"No rule for {table.GetType().Name}.");
        }
    }

    private void VisitAll(IEnumerable<ExpressionSyntax> expressions)
    {
        foreach (ExpressionSyntax expression in expressions) { Visit(expression); }
    }

    private void Visit(ExpressionSyntax? expression)
    {
        switch (expression)
        {
            case InQuerySyntax e:
                Visit(e.Operand);
                Visit(e.Query);
                break;
            case QuantifiedSyntax e:
                Visit(e.Operand);
                Visit(e.Query);
                break;
            case ExistsSyntax e:
                Visit(e.Query);
                break;
            case ScalarQuerySyntax e:
                Visit(e.Query);
                break;
            case NameExpressionSyntax e:
                _readsEventTime |= string.Equals(e.Parts[^1].Text, PseudoColumn.RowTime, StringComparison.OrdinalIgnoreCase);
                break;
            case not null:
                VisitAll(Operands(expression));
                break;
        }
    }

    private static IEnumerable<ExpressionSyntax> Operands(ExpressionSyntax expression) => expression switch
    {
        NameExpressionSyntax or LiteralSyntax => [],
        UnarySyntax e => [e.Operand],
        BinarySyntax e => [e.Left, e.Right],
        IsNullSyntax e => [e.Operand],
        IsBooleanSyntax e => [e.Operand],
        IsDistinctFromSyntax e => [e.Left, e.Right],
        BetweenSyntax e => [e.Operand, e.Low, e.High],
        LikeSyntax e => Present(e.Operand, e.Pattern, e.Escape),
        InListSyntax e => [e.Operand, .. e.Items],
        RowSyntax e => e.Values,
        GroupingSetsSyntax e => e.Items,
        QuantifiedArraySyntax e => [e.Operand, e.Array],
        JsonAccessSyntax e => [e.Operand, e.Key],
        CaseSyntax e => Present(
            [e.Operand, .. e.Branches.SelectMany(b => (ExpressionSyntax[])[b.When, b.Then]), e.Else]),
        CastSyntax e => [e.Operand],
        FunctionCallSyntax e => Present(
            [.. e.Arguments, .. e.OrderBy.Select(o => o.Expression), e.Filter, .. Over(e.Over)]),
        ExtractSyntax e => [e.Operand],
        TrimSyntax e => Present(e.Characters, e.Operand),
        PositionSyntax e => [e.Part, e.Whole],
        FieldAccessSyntax e => [e.Operand],
        IndexSyntax e => [e.Operand, e.Index],
        ArraySyntax e => e.Items,
        MapSyntax e => e.Entries.SelectMany(entry => (ExpressionSyntax[])[entry.Key, entry.Value]),
        StructSyntax e => e.Fields.Select(field => field.Value),
        LambdaSyntax e => [e.Body],
        _ => throw new UnreachableException($"No rule for {expression.GetType().Name}."),
    };

    private static IEnumerable<ExpressionSyntax> Over(OverSyntax? over) =>
        over is null ? [] : [.. over.PartitionBy, .. over.OrderBy.Select(item => item.Expression)];

    private static IEnumerable<ExpressionSyntax> Present(params IEnumerable<ExpressionSyntax?> expressions) =>
        expressions.OfType<ExpressionSyntax>();
}
