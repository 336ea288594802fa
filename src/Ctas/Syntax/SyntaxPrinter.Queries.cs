using System.Diagnostics;

namespace Ctas.Syntax;

/// <content>Queries and what stands in FROM.</content>
internal sealed partial class SyntaxPrinter
{
    private void AppendQuery(QuerySyntax query)
    {
        if (!query.CommonTables.IsEmpty)
        {
            _text.Append("WITH ");
            AppendList(query.CommonTables, AppendCommonTable);
            _text.Append(' ');
        }

        AppendBody(query.Body);
        AppendOrderBy(query.OrderBy, " ORDER BY ");
        AppendClause(" LIMIT ", query.Limit);
        AppendClause(" OFFSET ", query.Offset);
    }

    private void AppendQueryInParentheses(QuerySyntax query)
    {
        _text.Append('(');
        AppendQuery(query);
        _text.Append(')');
    }

    private void AppendCommonTable(CommonTableSyntax table)
    {
        AppendName(table.Name);
        AppendColumnNames(table.Columns);
        _text.Append(" AS ");
        AppendQueryInParentheses(table.Query);
    }

    private void AppendColumnNames(SyntaxList<NameSyntax> columns)
    {
        if (columns.IsEmpty) { return; }

        _text.Append(' ');
        AppendParenthesized(columns, AppendName);
    }

    private void AppendClause(string clause, ExpressionSyntax? expression)
    {
        if (expression is null) { return; }

        _text.Append(clause);
        AppendExpression(expression, Precedence.Lambda);
    }

    private void AppendOrderBy(SyntaxList<OrderItemSyntax> items, string clause)
    {
        if (items.IsEmpty) { return; }

        _text.Append(clause);
        AppendList(items, AppendOrderItem);
    }

    private void AppendOrderItem(OrderItemSyntax item)
    {
        AppendExpression(item.Expression, Precedence.Lambda);
        _text.Append(item.IsDescending ? " DESC" : "");
        _text.Append(item.Nulls switch
        {
            NullOrder.First => " NULLS FIRST",
            NullOrder.Last => " NULLS LAST",
            _ => "",
        });
    }

    private void AppendBody(QueryBodySyntax body)
    {
        switch (body)
        {
            case SelectSyntax select:
                AppendSelect(select);
                break;
            case SetOperationSyntax operation:
                AppendSetOperation(operation);
                break;
            case ValuesSyntax values:
                _text.Append("VALUES ");
                AppendList(values.Rows, row => AppendParenthesized(row.Values, AppendListed));
                break;
            case NestedQuerySyntax nested:
                AppendQueryInParentheses(nested.Query);
                break;
            default:
                throw new UnreachableException($"No rule for {body.GetType().Name}.");
        }
    }

    private void AppendSetOperation(SetOperationSyntax operation)
    {
        // INTERSECT binds tighter; of equals, the left one binds first.
        bool isTight = operation.Operator == SetOperator.Intersect;
        AppendOperand(operation.Left, needsParentheses: isTight && IsLoose(operation.Left));
        _text.Append(' ').Append(Word(operation.Operator)).Append(operation.IsAll ? " ALL " : " ");
        AppendOperand(operation.Right, IsLoose(operation.Right) || (isTight && operation.Right is SetOperationSyntax));
    }

    private static bool IsLoose(QueryBodySyntax body) =>
        body is SetOperationSyntax { Operator: not SetOperator.Intersect };

    private void AppendOperand(QueryBodySyntax body, bool needsParentheses)
    {
        _text.Append(needsParentheses ? "(" : "");
        AppendBody(body);
        _text.Append(needsParentheses ? ")" : "");
    }

    private void AppendSelect(SelectSyntax select)
    {
        _text.Append(select.IsDistinct ? "SELECT DISTINCT " : "SELECT ");
        AppendList(select.Items, AppendSelectItem);
        if (select.From is { } from)
        {
            _text.Append(" FROM ");
            AppendTable(from);
        }

        if (select.Window is { } window) { AppendTimeWindow(window); }

        AppendClause(" WHERE ", select.Where);
        if (!select.GroupBy.IsEmpty)
        {
            _text.Append(" GROUP BY ");
            AppendList(select.GroupBy, AppendListed);
        }

        AppendClause(" HAVING ", select.Having);
        if (!select.Windows.IsEmpty)
        {
            _text.Append(" WINDOW ");
            AppendList(select.Windows, AppendNamedWindow);
        }

        AppendClause(" QUALIFY ", select.Qualify);
    }

    private void AppendSelectItem(SelectItemSyntax item)
    {
        switch (item)
        {
            case StarItemSyntax { Qualifier: { } qualifier }:
                AppendName(qualifier);
                _text.Append(".*");
                break;
            case StarItemSyntax:
                _text.Append('*');
                break;
            case ExpressionItemSyntax expression:
                AppendExpression(expression.Expression, Precedence.Lambda);
                if (expression.Alias is { } alias)
                {
                    _text.Append(" AS ");
                    AppendName(alias);
                }

                break;
            default:
                throw new UnreachableException($"No rule for {item.GetType().Name}.");
        }
    }

    private void AppendTable(TableSyntax table)
    {
        switch (table)
        {
            case NamedTableSyntax named:
                AppendName(named.Name);
                AppendAlias(named.Alias);
                break;
            case LocationSyntax location:
                AppendString(location.Text);
                AppendAlias(location.Alias);
                break;
            case SubqueryTableSyntax subquery:
                _text.Append(subquery.IsLateral ? "LATERAL " : "");
                AppendQueryInParentheses(subquery.Query);
                AppendAlias(subquery.Alias);
                break;
            case FunctionTableSyntax function:
                AppendExpression(function.Call, Precedence.Lambda);
                if (function.HasOrdinality) { _text.Append(" WITH ORDINALITY"); }

                AppendAlias(function.Alias);
                break;
            case JoinSyntax join:
                AppendJoin(join);
                break;
            default:
                throw new UnreachableException($"No rule for {table.GetType().Name}.");
        }
    }

    private void AppendAlias(TableAliasSyntax? alias)
    {
        if (alias is null) { return; }

        _text.Append(" AS ");
        AppendName(alias.Name);
        AppendColumnNames(alias.Columns);
    }

    private void AppendJoin(JoinSyntax join)
    {
        AppendTable(join.Left);
        _text.Append(join.IsNatural ? " NATURAL" : "");
        _text.Append(join.Kind == JoinKind.Inner ? " JOIN " : $" {Word(join.Kind)} JOIN ");

        // Joins are left-associative: one on the right side was in parentheses.
        bool needsParentheses = join.Right is JoinSyntax;
        _text.Append(needsParentheses ? "(" : "");
        AppendTable(join.Right);
        _text.Append(needsParentheses ? ")" : "");

        if (join.Within is { } within) { AppendWithin(within); }

        AppendClause(" ON ", join.On);
        if (!join.Using.IsEmpty)
        {
            _text.Append(" USING");
            AppendColumnNames(join.Using);
        }
    }

    private void AppendWithin(WithinSyntax within)
    {
        _text.Append(" WITHIN (");
        AppendInterval(within.Before);
        _text.Append(", ");
        AppendInterval(within.After);
        _text.Append(')');
        AppendIntervalClause(" GRACE PERIOD ", within.GracePeriod);
    }

    private void AppendTimeWindow(TimeWindowSyntax window)
    {
        _text.Append(" WINDOW ").Append(Word(window.Kind)).Append(" (");
        _text.Append(window.Kind == TimeWindowKind.Session ? "" : "SIZE ");
        AppendInterval(window.Size);
        AppendIntervalClause(", ADVANCE BY ", window.AdvanceBy);
        AppendIntervalClause(", RETENTION ", window.Retention);
        AppendIntervalClause(", GRACE PERIOD ", window.GracePeriod);
        _text.Append(')');
    }

    private void AppendIntervalClause(string clause, IntervalLiteralSyntax? interval)
    {
        if (interval is null) { return; }

        _text.Append(clause);
        AppendInterval(interval);
    }
}
