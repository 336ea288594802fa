using Ctas.Data;

namespace Ctas.Planning;

/// <summary>The inputs of a join.</summary>
internal enum JoinSide
{
    Left,
    Right,
}

/// <summary>
/// Which rows of a table on one side of a join are needed: those whose values in some columns are among the keys of the other
/// side, which is read first. The join compares all the same, so that reading more rows is never wrong.
/// </summary>
/// <param name="Side">The side that is looked up; between it and the table are filters and projections only.</param>
/// <param name="Columns">Ordinals of the table's columns, in the order of its key or index.</param>
/// <param name="Keys">The key of the join with which each of them is compared.</param>
/// <param name="MaxKeys">The table is scanned when the other side gives more rows.</param>
internal sealed record JoinLookup(JoinSide Side, OrdinalList Columns, OrdinalList Keys, long MaxKeys)
{
    /// <summary>True when the columns are the table's whole key.</summary>
    public bool IsKey { get; init; }
}
