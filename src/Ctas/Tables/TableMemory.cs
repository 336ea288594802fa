namespace Ctas.Tables;

/// <summary>Bytes a table keeps alive, by part. Object headers and references are counted.</summary>
/// <param name="Columns">Column segments; 0 in a standard table.</param>
/// <param name="Rows">Row objects and references to them.</param>
/// <param name="Strings">String pools, their own indexes included.</param>
/// <param name="Index">The key index.</param>
public readonly record struct TableMemory(long Columns, long Rows, long Strings, long Index)
{
    /// <summary>Deletion bitmaps of a compact table.</summary>
    public long Deleted { get; init; }

    /// <summary>The indexes of <c>CREATE INDEX</c>.</summary>
    public long SecondaryIndexes { get; init; }

    /// <summary>What the operators of a table that is kept fresh hold to compute its next changes.</summary>
    public long OperatorState { get; init; }

    /// <summary>The sum of all parts.</summary>
    public long Total => Columns + Rows + Strings + Index + Deleted + SecondaryIndexes + OperatorState;
}
