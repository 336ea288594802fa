using System.Diagnostics;
using System.Globalization;
using Ctas.Data;
using Ctas.Syntax;
using Ctas.Text;

namespace Ctas.Binding;

internal sealed partial class Binder
{
    /// <summary>One column of the SELECT list.</summary>
    /// <param name="IsAlias">True when the name was given with AS, so that GROUP BY and HAVING may use it.</param>
    private sealed record ResultColumn(string Name, BoundExpression Expression, bool IsAlias);

    /// <summary>FROM, WHERE, GROUP BY, HAVING, windows, QUALIFY, SELECT, DISTINCT, ORDER BY: in this order rows flow.</summary>
    private BoundRelation BindSelect(
        SelectSyntax select, SyntaxList<OrderItemSyntax> orderBy, CommonTables? commonTables)
    {
        bool isResult = ReferenceEquals(select, _resultSelect);
        select = WithWindowClause(select);
        TimeWindow? window = select.Window is null ? null : BindTimeWindow(select.Window);

        // Names are bound first, clause by clause; aggregates stand in the expressions until grouping replaces them.
        (BoundRelation relation, Scope scope) = BindRows(select, commonTables);

        // WHERE sees rows before they are put into windows.
        Scope before = scope;
        scope = (window?.AddTo(scope) ?? scope) with { Windows = ResolveWindows(select.Windows) };
        List<UnnestedCollection>? outerExploded = _exploded;
        List<UnnestedCollection> exploded = _exploded = [];
        var (columns, openStars) = BindItems(select.Items, scope);
        _exploded = outerExploded;
        if (exploded.Count > 0) { relation = new BoundUnnest(relation, exploded, ordinality: null, keepsEmpty: false); }

        if (isResult && window is not null && !select.IsDistinct) { columns = WithWindowColumns(columns, window); }

        Scope withAliases = scope with
        {
            Aliases = [.. columns.Where(c => c.IsAlias).Select(c => new ScopeName(c.Name, c.Expression))],
            HasOpenStar = openStars.Count > 0,
        };
        GroupingKeys keys = BindGroupBy(select.GroupBy, columns, withAliases);
        BoundExpression? having = BindGroupCondition(select.Having, withAliases, "HAVING");
        BoundExpression? qualify = BindGroupCondition(select.Qualify, withAliases, "QUALIFY");
        List<SortItem> sortItems = BindSortItems(orderBy, columns, withAliases, select.IsDistinct);

        if (window is not null)
        {
            relation = InWindows(relation, window, before, keys.All);
            keys = WithWindowKeys(keys, window);
        }

        bool isGrouped = !select.GroupBy.IsEmpty || having is not null || window is not null
            || columns.Any(c => IsOfGroups(c.Expression))
            || (qualify is not null && IsOfGroups(qualify))
            || sortItems.Any(item => IsOfGroups(item.Expression));
        columns = WithRowTime(select, columns, scope, isGrouped);
        if (isGrouped)
        {
            var grouping = new GroupingRewriter(keys.All, columns.Select(c => (c.Name, c.Expression)), diagnostics);
            columns = [.. columns.Select(c => c with { Expression = grouping.Rewrite(c.Expression) })];
            having = having is null ? null : grouping.Rewrite(having);
            qualify = qualify is null ? null : grouping.Rewrite(qualify);
            sortItems = [.. sortItems.Select(item => item with { Expression = grouping.Rewrite(item.Expression) })];
            if (keys.Sets is { Count: > 1 } && select.GroupBy.First(item => item is GroupingSetsSyntax or RowSyntax) is { } sets)
            {
                RefuseDifferingRows(relation, grouping, sets.Span);
            }

            relation = Grouped(relation, keys.Sets, grouping);
            openStars = [];
        }

        if (having is not null) { relation = new BoundFilter(relation, having); }

        // Functions over windows see the rows that are left, and stand in expressions until now.
        var windows = new WindowRewriter(columns.Select(c => (c.Name, c.Expression)));
        columns = [.. columns.Select(c => c with { Expression = windows.Rewrite(c.Expression) })];
        sortItems = [.. sortItems.Select(item => item with { Expression = windows.Rewrite(item.Expression) })];
        relation = BindQualify(relation, windows, qualify);
        return BindSort(relation, columns, openStars, sortItems, select.IsDistinct);
    }

    /// <summary>FROM and WHERE.</summary>
    private (BoundRelation Relation, Scope Scope) BindRows(SelectSyntax select, CommonTables? commonTables)
    {
        var (relation, tables) = BindFrom(select.From, commonTables);
        Scope scope = tables with { CommonTables = commonTables };
        if (select.Where is null) { return (relation, scope); }

        Scope rows = scope with { LaterNames = AliasesOf(select.Items) };
        return (new BoundFilter(relation, BindCondition(select.Where, rows, "WHERE")), scope);
    }

    private BoundExpression? BindGroupCondition(ExpressionSyntax? syntax, Scope scope, string clause) =>
        syntax is null ? null : BindCondition(syntax, scope, clause, allowsAggregates: true);

    private GroupingKeys WithWindowKeys(GroupingKeys keys, TimeWindow window)
    {
        if (window.End is not null && keys.Sets is not null) { Report(BindingDiagnostics.SessionsOfSets(window.Syntax.Span)); }

        return keys.With([.. window.Keys]);
    }

    private (List<ResultColumn> Columns, List<BoundRelation> OpenStars) BindItems(
        SyntaxList<SelectItemSyntax> items, Scope scope)
    {
        List<ResultColumn> columns = [];
        List<BoundRelation> openStars = [];
        foreach (SelectItemSyntax item in items)
        {
            switch (item)
            {
                case ExpressionItemSyntax expression:
                    BoundExpression bound =
                        BindExpression(expression.Expression, scope, "SELECT", allowsAggregates: true);
                    string name = ResultName(expression, bound, columns.Count);
                    columns.Add(new ResultColumn(name, bound, IsAlias: expression.Alias is not null));
                    break;
                case StarItemSyntax star:
                    AddStar(star, scope, columns, openStars);
                    break;
                default:
                    throw new UnreachableException($"No rule for {item.GetType().Name}.");
            }
        }

        return (columns, openStars);
    }

    private static NameSyntax[] AliasesOf(SyntaxList<SelectItemSyntax> items) =>
        [.. items.OfType<ExpressionItemSyntax>().Select(item => item.Alias).OfType<NameSyntax>()];

    private static string ResultName(ExpressionItemSyntax item, BoundExpression bound, int ordinal) => item switch
    {
        { Alias: { } alias } => alias.Text,
        { Expression: NameExpressionSyntax } when bound is BoundColumn column => column.Column.Name,
        { Expression: NameExpressionSyntax or FieldAccessSyntax } when bound is BoundField field => field.Field,
        { Expression: NameExpressionSyntax name } => name.Parts[^1].Text,
        { Expression: FieldAccessSyntax access } => access.Field.Text,
        _ => string.Create(CultureInfo.InvariantCulture, $"expr_{ordinal}"),
    };

    private void AddStar(StarItemSyntax star, Scope scope, List<ResultColumn> columns, List<BoundRelation> openStars)
    {
        IReadOnlyList<ScopeTable> tables = scope.Tables;
        if (star.Qualifier is { } qualifier)
        {
            if (scope.FindTable(qualifier) is not { } table)
            {
                ReportQualifier(qualifier, scope);
                return;
            }

            tables = [table];
        }
        else if (tables.Count == 0)
        {
            Report(BindingDiagnostics.NothingToExpand(star.Span));
            return;
        }

        IReadOnlyList<ScopeName> merged = star.Qualifier is null ? scope.Merged : [];
        void AddMerged(ScopeTable? before) => columns.AddRange(merged
            .Where(m => ReferenceEquals(m.Before, before))
            .Select(m => new ResultColumn(m.Name, m.Expression, IsAlias: false)));
        AddMerged(before: null);
        foreach (ScopeTable table in tables)
        {
            if (table.Relation.IsOpen) { openStars.Add(table.Relation); }

            AddMerged(before: table);
            columns.AddRange(table.Relation.Columns
                .Where(column => !merged.Any(m => m.Hides(column)))
                .Select(column => new ResultColumn(
                    column.Name, new BoundColumn(column) { Span = star.Span }, IsAlias: false)));
        }
    }

    private BoundExpression BindCondition(
        ExpressionSyntax syntax, Scope scope, string clause, bool allowsAggregates = false)
    {
        BoundExpression condition = BindExpression(syntax, scope, clause, allowsAggregates);
        return AsCondition(condition, clause);
    }

    private BoundExpression AsCondition(BoundExpression condition, string clause) =>
        condition.Type.Kind is DataTypeKind.Boolean or DataTypeKind.Unknown or DataTypeKind.Null
            ? Coercion.To(condition, DataType.Boolean)
            : Report(BindingDiagnostics.NotBoolean(condition.Span, clause, Written(condition)));

    private BoundError ReportQualifier(NameSyntax qualifier, Scope scope)
    {
        if (_beside.Any(table => table.Name is { } beside && Scope.IsMeant(beside, qualifier)))
        {
            return Report(BindingDiagnostics.QualifierBeside(qualifier.Span, qualifier.Text));
        }

        IEnumerable<string> known = scope.Tables.Select(table => table.Name).OfType<string>();
        return Report(BindingDiagnostics.QualifierNotFound(
            qualifier.Span, qualifier.Text, ClosestName.Find(qualifier.Text, known), scope.AliasOf(qualifier)));
    }
}
