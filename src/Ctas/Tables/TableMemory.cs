namespace Ctas.Tables;

/// <summary>Bytes a table keeps alive, by part. Object headers and references are counted.</summary>
/// <param name="Columns">Column segments; 0 in a standard table.</param>
/// <param name="Rows">Row objects and references to them; deletion bitmaps in a compact table.</param>
/// <param name="Strings">String pools, their own indexes included.</param>
/// <param name="Index">The key index.</param>
public readonly record struct TableMemory(long Columns, long Rows, long Strings, long Index)
{
    /// <summary>The sum of all parts.</summary>
    public long Total => Columns + Rows + Strings + Index;
}
