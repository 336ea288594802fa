namespace Ctas.Data;

/// <summary>What is known of the rows of a relation before they are read. Safe for concurrent readers.</summary>
internal abstract class RelationStatistics
{
    /// <summary>Number of rows, or close to it.</summary>
    public abstract long Rows { get; }

    /// <summary>Ordinals of the columns by whose values together a row can be looked up; empty when there are none.</summary>
    public virtual OrdinalList Key => [];

    /// <summary>What its indexes are over.</summary>
    public virtual IReadOnlyList<IndexDefinition> Indexes => [];

    /// <summary>What is known of a column's values, by its ordinal in the relation's schema; null for nothing.</summary>
    public virtual ColumnStatistics? Column(int ordinal) => null;
}

/// <summary>Only the number of rows is known.</summary>
internal sealed class RowCountStatistics(long rows) : RelationStatistics
{
    public override long Rows => rows;
}

/// <summary>What is known of the values of a column.</summary>
/// <param name="Distinct">How many different ones, estimated; null when unknown.</param>
/// <param name="Min">About the least whole number; null for other types.</param>
/// <param name="Max">About the greatest whole number; null for other types.</param>
/// <param name="NullFraction">Share of the rows that are NULL.</param>
internal sealed record ColumnStatistics(double? Distinct, long? Min = null, long? Max = null, double NullFraction = 0);
