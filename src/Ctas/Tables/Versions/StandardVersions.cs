using Ctas.Data;
using Ctas.Tables.Keys;

namespace Ctas.Tables.Versions;

/// <summary>Makes first versions of standard tables.</summary>
internal static class StandardVersions
{
    /// <summary>The version that a load has made.</summary>
    /// <param name="shape">The table.</param>
    /// <param name="rows">Its rows, with stamp 0.</param>
    /// <param name="keys">Finds them by key; null without a key.</param>
    /// <param name="rowCount">Rows that were not deleted.</param>
    public static StandardTable First(TableShape shape, StandardRowStore rows, KeyIndex? keys, long rowCount)
    {
        TagIndex index = keys is null ? new TagIndex() : TagIndex.Of(keys);
        return new StandardTable(
            shape,
            rows.ToVersion(end: 1, new ReplacedRows(first: 1)),
            new StandardIndex(index.Publish(), index.SizeInBytes),
            new VersionInfo(Number: 1, rowCount, new WriterClaim()));
    }
}
