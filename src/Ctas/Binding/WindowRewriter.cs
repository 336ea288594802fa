using System.Globalization;

namespace Ctas.Binding;

/// <summary>Replaces functions over windows by columns; equal ones are computed once.</summary>
/// <param name="items">The SELECT list, which lends its names.</param>
internal sealed class WindowRewriter(IEnumerable<(string Name, BoundExpression Expression)> items)
    : BoundExpressionRewriter
{
    private readonly IReadOnlyList<(string Name, BoundExpression Expression)> _items = [.. items];
    private readonly List<BoundProjection> _calls = [];

    /// <summary>All functions met so far.</summary>
    public IReadOnlyList<BoundProjection> Calls => _calls;

    public override BoundExpression Rewrite(BoundExpression expression)
    {
        if (expression is not BoundWindowCall call) { return base.Rewrite(expression); }

        if (_calls.Find(known => known.Expression.Equals(call)) is not { } projection)
        {
            string name = _items.FirstOrDefault(item => item.Expression.Equals(call)).Name
                ?? string.Create(CultureInfo.InvariantCulture, $"window_{_calls.Count}");
            projection = new BoundProjection(new ColumnSymbol(name, call.Type), call);
            _calls.Add(projection);
        }

        return new BoundColumn(projection.Column) { Span = expression.Span };
    }
}
