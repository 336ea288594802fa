using Ctas.Data;
using Ctas.Sources;

namespace Ctas.Maintenance;

/// <summary>Finds the columns of a batch by the names that a snapshot gave them.</summary>
internal static class SourceColumns
{
    /// <summary>The columns of a schema, in its order; nothing is copied.</summary>
    public static Batch Select(SourceBatch batch, Schema wanted)
    {
        Span<int> ordinals = wanted.Fields.Count <= 64 ? stackalloc int[wanted.Fields.Count] : new int[wanted.Fields.Count];
        bool isSame = batch.Rows.ColumnCount == ordinals.Length;
        for (int column = 0; column < ordinals.Length; column++)
        {
            ordinals[column] = batch.Schema.IndexOf(wanted.Fields[column].Name);
            isSame &= ordinals[column] == column;
        }

        return isSame ? batch.Rows : batch.Rows.Select(ordinals);
    }
}
