using Ctas.Syntax;
using Ctas.Text;

namespace Ctas.Binding;

internal sealed partial class Binder
{
    /// <summary>One ORDER BY item: a result column by its ordinal, or an expression that is none.</summary>
    private sealed record SortItem(int? ResultOrdinal, BoundExpression Expression, bool IsDescending, bool NullsFirst);

    private List<SortItem> BindSortItems(
        SyntaxList<OrderItemSyntax> orderBy, IReadOnlyList<ResultColumn> columns, Scope scope, bool isDistinct)
    {
        List<SortItem> items = [];
        foreach (OrderItemSyntax item in orderBy)
        {
            if (scope.HasOpenStar && IsBehind(item.Expression, columns.Count))
            {
                // Not known before the sources are read; binding comes by again then.
                continue;
            }

            int? ordinal = FindResultColumn(item.Expression, [.. columns.Select(column => column.Name)]);
            BoundExpression expression = item.Expression switch
            {
                NumberLiteralSyntax position => BindOrdinal(position, columns, "ORDER BY"),
                _ when ordinal is { } named => columns[named].Expression,
                var syntax => BindExpression(syntax, scope, "ORDER BY", allowsAggregates: true),
            };
            ordinal ??= EqualColumn(columns, expression);
            if (ordinal is null && isDistinct && expression is not BoundError)
            {
                expression = Report(BindingDiagnostics.OrderByNotInDistinct(item.Expression.Span));
            }

            items.Add(new SortItem(ordinal, expression, item.IsDescending, NullsFirst(item)));
        }

        return items;
    }

    /// <summary>True for the position of a column behind those that are known.</summary>
    private static bool IsBehind(ExpressionSyntax syntax, int known) =>
        syntax is NumberLiteralSyntax number && int.TryParse(number.Text, out int position) && position > known;

    private static int? EqualColumn(IReadOnlyList<ResultColumn> columns, BoundExpression expression)
    {
        for (int ordinal = 0; ordinal < columns.Count; ordinal++)
        {
            if (columns[ordinal].Expression.Equals(expression)) { return ordinal; }
        }

        return null;
    }

    /// <summary>The result column that a position or a single name means; null when it means none.</summary>
    private static int? FindResultColumn(ExpressionSyntax syntax, string[] names)
    {
        if (syntax is NumberLiteralSyntax number)
        {
            return int.TryParse(number.Text, out int position) && position >= 1 && position <= names.Length
                ? position - 1
                : null;
        }

        if (syntax is not NameExpressionSyntax { Parts: [var name] }) { return null; }

        for (int ordinal = 0; ordinal < names.Length; ordinal++)
        {
            if (Scope.IsMeant(names[ordinal], name)) { return ordinal; }
        }

        return null;
    }

    /// <summary>NULLs are greater than every value, as in PostgreSQL.</summary>
    private static bool NullsFirst(OrderItemSyntax item) =>
        item.Nulls is { } nulls ? nulls == NullOrder.First : item.IsDescending;

    /// <summary>SELECT, DISTINCT and ORDER BY over bound columns.</summary>
    private static BoundRelation BindSort(
        BoundRelation input,
        IReadOnlyList<ResultColumn> columns,
        IReadOnlyList<BoundRelation> openStars,
        IReadOnlyList<SortItem> sortItems,
        bool isDistinct)
    {
        List<BoundProjection> results =
            [.. columns.Select(c => new BoundProjection(new ColumnSymbol(c.Name, c.Expression.Type), c.Expression))];

        // What is ordered by but not selected is computed beside the result and left out after sorting.
        List<BoundProjection> hidden = [];
        List<BoundSortKey> keys = [];
        foreach (SortItem item in sortItems)
        {
            ColumnSymbol column;
            if (item.ResultOrdinal is { } ordinal) { column = results[ordinal].Column; }
            else
            {
                column = new ColumnSymbol("order_" + hidden.Count, item.Expression.Type);
                hidden.Add(new BoundProjection(column, item.Expression));
            }

            keys.Add(new BoundSortKey(new BoundColumn(column), item.IsDescending, item.NullsFirst));
        }

        var project = new BoundProject(input, [.. results, .. hidden], openStars);
        BoundRelation relation = isDistinct ? new BoundDistinct(project) : project;
        if (keys.Count == 0) { return relation; }

        var sorted = new BoundSort(relation, keys);
        return hidden.Count == 0
            ? sorted
            : new BoundProject(
                sorted,
                results.Select(
                    p => new BoundProjection(
                        new ColumnSymbol(p.Column.Name, p.Column.Type), new BoundColumn(p.Column))),
                project.IsOpen ? [project] : []);
    }

    /// <summary>ORDER BY after UNION: result columns only.</summary>
    private BoundRelation BindSortOfColumns(BoundRelation relation, SyntaxList<OrderItemSyntax> orderBy)
    {
        if (orderBy.IsEmpty) { return relation; }

        List<BoundSortKey> keys = [];
        IReadOnlyList<ColumnSymbol> columns = relation.Columns;
        string[] names = [.. columns.Select(column => column.Name)];
        foreach (OrderItemSyntax item in orderBy)
        {
            if (FindResultColumn(item.Expression, names) is { } ordinal)
            {
                keys.Add(new BoundSortKey(new BoundColumn(columns[ordinal]), item.IsDescending, NullsFirst(item)));
                continue;
            }

            ReportSortColumn(item.Expression, names, relation.IsOpen);
        }

        return new BoundSort(relation, keys);
    }

    private void ReportSortColumn(ExpressionSyntax syntax, string[] names, bool isOpen)
    {
        switch (syntax)
        {
            case NumberLiteralSyntax number when !isOpen:
                Report(BindingDiagnostics.OrdinalOutOfRange(number.Span, "ORDER BY", number.Text, names.Length));
                break;
            case NameExpressionSyntax { Parts: [var name] } when !isOpen:
                Report(BindingDiagnostics.ColumnNotFound(
                    name.Span, name.Text, table: null, ClosestName.Find(name.Text, names)));
                break;
            case NumberLiteralSyntax or NameExpressionSyntax { Parts: [_] }:
                // Not known before the sources are read; binding comes by again then.
                break;
            default:
                Report(BindingDiagnostics.OrderByNotInDistinct(syntax.Span));
                break;
        }
    }
}
