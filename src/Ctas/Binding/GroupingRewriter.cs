using System.Globalization;
using Ctas.Text;

namespace Ctas.Binding;

/// <summary>
/// Makes expressions over the rows of FROM into expressions over groups: a part equal to a key becomes the key's
/// column, an aggregate becomes a column, and any other column of FROM is a mistake.
/// </summary>
internal sealed class GroupingRewriter : BoundExpressionRewriter
{
    private readonly IReadOnlyList<(string Name, BoundExpression Expression)> _items;
    private readonly DiagnosticBag _diagnostics;
    private readonly List<BoundProjection> _keys = [];
    private readonly List<BoundProjection> _aggregates = [];
    private readonly bool _isSilent;

    /// <param name="keys">The expressions of GROUP BY, in order; equal ones count once.</param>
    /// <param name="items">The SELECT list, which lends its names.</param>
    /// <param name="diagnostics">Where mistakes go.</param>
    public GroupingRewriter(
        IReadOnlyList<BoundExpression> keys,
        IEnumerable<(string Name, BoundExpression Expression)> items,
        DiagnosticBag diagnostics)
    {
        _items = [.. items];
        _diagnostics = diagnostics;

        // After a mistake in GROUP BY nobody knows what is grouped.
        _isSilent = keys.Any(key => key.Contains<BoundError>());
        foreach (BoundExpression key in keys.Where(key => key is not BoundError).Distinct())
        {
            _keys.Add(new BoundProjection(new ColumnSymbol(NameOf(key, "key", _keys.Count), key.Type), key));
        }
    }

    public IReadOnlyList<BoundProjection> Keys => _keys;

    /// <summary>All aggregates met so far; equal ones are computed once.</summary>
    public IReadOnlyList<BoundProjection> Aggregates => _aggregates;

    public override BoundExpression Rewrite(BoundExpression expression)
    {
        if (_keys.Find(key => key.Expression.Equals(expression)) is { } key)
        {
            return new BoundColumn(key.Column) { Span = expression.Span };
        }

        switch (expression)
        {
            case BoundAggregate aggregate:
                return new BoundColumn(AggregateColumn(aggregate)) { Span = expression.Span };
            case BoundColumn column when !_isSilent:
                _diagnostics.Add(BindingDiagnostics.NotGrouped(column.Span, column.Column.Name, Written(column)));
                return new BoundError { Span = column.Span };
            case BoundColumn:
                return new BoundError { Span = expression.Span };
            default:
                return base.Rewrite(expression);
        }
    }

    // As the user wrote it, perhaps qualified; a column of * is written nowhere.
    private string Written(BoundColumn column)
    {
        SourceText source = _diagnostics.Source;
        string text = column.Span.End <= source.Length ? source.ShownText[column.Span.Start..column.Span.End] : "";
        return text.Length == 0 || text.EndsWith('*') ? column.Column.Name : text;
    }

    private ColumnSymbol AggregateColumn(BoundAggregate aggregate)
    {
        if (_aggregates.Find(known => known.Expression.Equals(aggregate)) is { } known) { return known.Column; }

        var column = new ColumnSymbol(NameOf(aggregate, "agg", _aggregates.Count), aggregate.Type);
        _aggregates.Add(new BoundProjection(column, aggregate));
        return column;
    }

    private string NameOf(BoundExpression expression, string kind, int ordinal)
    {
        string? itemName = _items.FirstOrDefault(item => item.Expression.Equals(expression)).Name;
        return (expression as BoundColumn)?.Column.Name
            ?? itemName
            ?? string.Create(CultureInfo.InvariantCulture, $"{kind}_{ordinal}");
    }
}
