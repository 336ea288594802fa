using Ctas.Data;

namespace Ctas.Tables;

/// <summary>What a <see cref="TableChange"/> tells.</summary>
public enum TableChangeKind
{
    /// <summary>A row of the version that the stream began with.</summary>
    Snapshot,

    /// <summary>A row of a key that had none.</summary>
    Insert,

    /// <summary>Another row of a key.</summary>
    Update,

    /// <summary>A row is gone.</summary>
    Delete,
}

/// <summary>One change of a table, as <see cref="ITable.ChangesAsync"/> gives it.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Version">The version that shows it first; of a snapshot, the version it is one of.</param>
/// <param name="OldRow">The row before; null for a row of a snapshot and an insertion.</param>
/// <param name="NewRow">The row after; null for a deletion.</param>
public readonly record struct TableChange(TableChangeKind Kind, long Version, Row? OldRow, Row? NewRow);

/// <summary>A stream of changes has fallen behind what the table keeps of its past. Begin again with a snapshot.</summary>
public sealed class TableChangesLostException : Exception
{
    internal TableChangesLostException(string table, long afterVersion)
        : base($"the changes of table \"{table}\" after version {afterVersion} are no longer kept; begin again with a snapshot")
    {
        Table = table;
        AfterVersion = afterVersion;
    }

    /// <summary>The table's name.</summary>
    public string Table { get; }

    /// <summary>The last version whose changes were read.</summary>
    public long AfterVersion { get; }
}
