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
    private readonly List<GroupingColumn> _groupings = [];
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

    /// <summary>All calls of GROUPING met so far; equal ones are one column.</summary>
    public IReadOnlyList<GroupingColumn> Groupings => _groupings;

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
            case BoundGroupingCall grouping:
                return RewriteGrouping(grouping);
            case BoundColumn column when !_isSilent:
                _diagnostics.Add(BindingDiagnostics.NotGrouped(column.Span, column.Column.Name, Written(column)));
                return new BoundError { Span = column.Span };
            case BoundColumn:
                return new BoundError { Span = expression.Span };
            default:
                return base.Rewrite(expression);
        }
    }

    private BoundExpression RewriteGrouping(BoundGroupingCall grouping)
    {
        int[] ordinals = [.. grouping.Arguments.Select(argument => _keys.FindIndex(key => key.Expression.Equals(argument)))];
        if (Array.IndexOf(ordinals, -1) is >= 0 and var unknown)
        {
            if (!_isSilent) { _diagnostics.Add(BindingDiagnostics.GroupingArgument(grouping.Arguments[unknown].Span)); }

            return new BoundError { Span = grouping.Span };
        }

        GroupingColumn? column = _groupings.Find(known => known.Keys.SequenceEqual(ordinals));
        if (column is null)
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"grouping_{_groupings.Count}");
            column = new GroupingColumn(new ColumnSymbol(name, grouping.Type), ordinals);
            _groupings.Add(column);
        }

        return new BoundColumn(column.Column) { Span = grouping.Span };
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

/// <summary>The column of a call of GROUPING.</summary>
/// <param name="Keys">The ordinals of the keys that are its arguments.</param>
internal sealed record GroupingColumn(ColumnSymbol Column, IReadOnlyList<int> Keys)
{
    /// <summary>Its value for rows grouped by some keys: the bit of the last argument is 1.</summary>
    public int BitsWithout(int[] set) =>
        Keys.Aggregate(0, (bits, key) => (bits << 1) | (Array.IndexOf(set, key) < 0 ? 1 : 0));
}
