using Ctas.Data;

namespace Ctas.Planning.Rewrites;

/// <summary>How many rows a node gives, and how its columns look.</summary>
/// <param name="Rows">Rows; never below zero.</param>
/// <param name="Columns">
/// What is known of a column by its ordinal; null for nothing. Columns that nobody asks for are not looked at.
/// </param>
internal sealed record PlanEstimate(double Rows, Func<int, ColumnStatistics?> Columns)
{
    /// <summary>So many rows, of which no more is known.</summary>
    public static PlanEstimate OfRows(double rows) => new(rows, _ => null);

    /// <summary>How many different values an expression has, at most its rows.</summary>
    public double? Distinct(ScalarExpression expression) => expression switch
    {
        ColumnReference column => Columns(column.Ordinal)?.Distinct is { } distinct ? Math.Min(distinct, Rows) : null,
        ConstantExpression => 1,
        CastExpression cast => Distinct(cast.Operand),
        _ => null,
    };

    /// <summary>The same columns in fewer or more rows.</summary>
    public PlanEstimate WithRows(double rows) => this with { Rows = rows };
}
