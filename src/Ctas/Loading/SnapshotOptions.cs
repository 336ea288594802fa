using Ctas.Tables.Snapshots;

namespace Ctas.Loading;

/// <summary>Where loaded tables are stored, so that the next start need not read all records again. Immutable.</summary>
/// <param name="Folder">The folder, one file a table; made when something is stored. One engine at a time writes to it.</param>
public sealed record SnapshotOptions(string Folder)
{
    /// <summary>True to store the tables that a load has changed when it ends. Default: true.</summary>
    public bool SavesAfterLoad { get; init; } = true;

    /// <summary>
    /// A text of the host's own that is part of every table's definition: change it when a function of the host gives
    /// other results than before, which nothing else shows. Default: empty.
    /// </summary>
    public string Generation { get; init; } = "";

    /// <summary>
    /// How long ago a changelog may have been read for new records to be applied to what is stored of it, where its brokers do not
    /// say: past that they need not tell which keys were deleted, and it is read in full. Default: 24 hours.
    /// </summary>
    /// <remarks>
    /// Compaction removes a tombstone when it is older than <c>delete.retention.ms</c> of the topic, 24 hours by default. Brokers are
    /// asked for that, and whether the topic is compacted at all; it takes permission to describe the topic's configuration. Without
    /// it, set the least of the topics that are read, and <see cref="TimeSpan.MaxValue"/> where none of them is compacted.
    /// </remarks>
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromHours(24);

    /// <summary>The file system.</summary>
    internal ISnapshotFiles? Files { get; init; }
}

/// <summary>How a table came to its rows.</summary>
public enum LoadKind
{
    /// <summary>Its sources were read from their start.</summary>
    Full,

    /// <summary>A stored snapshot was loaded, and the records since then applied to it.</summary>
    Continued,

    /// <summary>A stored snapshot was loaded; nothing has changed since then.</summary>
    Restored,
}

/// <summary>A table, or a changelog that live tables follow, as it was stored.</summary>
/// <param name="Table">The table, or the source as SQL names it.</param>
/// <param name="Bytes">Bytes of its file.</param>
public sealed record SavedSnapshot(string Table, long Bytes);

/// <summary>A table could not be stored; what was stored of it before is still there.</summary>
public sealed class SnapshotException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="table">The table.</param>
    /// <param name="reason">Why, lower case, no period.</param>
    /// <param name="isTransient">True when trying again may help.</param>
    /// <param name="inner">The cause.</param>
    public SnapshotException(string table, string reason, bool isTransient, Exception? inner = null)
        : base($"could not store table \"{table}\": {reason}", inner)
    {
        Table = table;
        IsTransient = isTransient;
    }

    /// <summary>The table.</summary>
    public string Table { get; }

    /// <summary>True when trying again may help.</summary>
    public bool IsTransient { get; }
}
