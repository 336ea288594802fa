namespace Ctas.Planning;

/// <summary>
/// Which rows of a table a scan needs: those with given values in the first columns of an index, and between bounds in the
/// next. The condition above the scan decides all the same, so that reading more rows is never wrong.
/// </summary>
/// <param name="Columns">Ordinals of the table's columns, in the order of the index.</param>
/// <param name="Equal">Values of the first columns, in physical form; none is NULL.</param>
internal sealed record ScanLookup(IReadOnlyList<int> Columns, IReadOnlyList<ConstantExpression> Equal)
{
    /// <summary>True when the values are the table's whole key, so that at most one row is found.</summary>
    public bool IsKey { get; init; }

    /// <summary>From where in the column behind them; null: from its beginning.</summary>
    public ScanBound? Lower { get; init; }

    /// <summary>To where in the column behind them; null: to its end.</summary>
    public ScanBound? Upper { get; init; }
}

/// <summary>An end of a range.</summary>
/// <param name="Value">The value, not NULL.</param>
/// <param name="IsInclusive">True when the value itself counts.</param>
internal sealed record ScanBound(ConstantExpression Value, bool IsInclusive);
