using System.Diagnostics.CodeAnalysis;
using Ctas.Data;

namespace Ctas.Tables;

/// <summary>A loaded table. Safe for many readers: reads never lock or wait, each sees one published version.</summary>
/// <remarks>
/// A table that is kept fresh reads its newest version each time it is asked; <see cref="Snapshot"/> holds one version.
/// A lookup costs O(1) and allocates nothing. A lookup with a key of the wrong type throws
/// <see cref="ArgumentException"/>, one in a table without a key <see cref="InvalidOperationException"/>.
/// A row handed out stays as it is when the table is replaced or dropped.
/// </remarks>
public interface ITable
{
    /// <summary>The name the table was created with; compared ignoring case.</summary>
    string Name { get; }

    /// <summary>The columns and the key.</summary>
    Schema Schema { get; }

    /// <summary>How the rows are stored.</summary>
    TableModel Model { get; }

    /// <summary>Number of rows.</summary>
    long RowCount { get; }

    /// <summary>Bytes the table keeps alive, by part.</summary>
    TableMemory Memory { get; }

    /// <summary>Number of the published version; grows with every publication of changes to this table.</summary>
    long Version { get; }

    /// <summary>The version published last, which stays as it is; the table itself when it is not kept fresh.</summary>
    /// <remarks>A version that is held keeps alive what it needs of rows that were replaced or deleted since.</remarks>
    ITable Snapshot() => this;

    /// <summary>Looks up a row by its VARCHAR key.</summary>
    /// <returns>False when no row has the key.</returns>
    bool TryGet(string key, out Row row);

    /// <summary>Looks up a row by its INT or BIGINT key (or DECIMAL, DOUBLE of that value).</summary>
    /// <returns>False when no row has the key.</returns>
    bool TryGet(long key, out Row row);

    /// <summary>Looks up a row by the UTF-8 bytes of its VARCHAR key, or by its BYTES key.</summary>
    /// <returns>False when no row has the key.</returns>
    bool TryGet(ReadOnlySpan<byte> utf8Key, out Row row);

    /// <summary>Looks up a row by a key of any type and any number of columns, NULL included.</summary>
    /// <returns>False when no row has the key.</returns>
    bool TryGet(in TableKey key, out Row row);

    /// <summary>All rows in batches, in no promised order, of the version published when it starts.</summary>
    /// <param name="columns">Ordinals of the columns wanted, in that order; null is all. Fewer cost less.</param>
    IEnumerable<Batch> Scan(OrdinalList? columns = null);

    /// <summary>All rows one by one, in no promised order, of the version published when it starts.</summary>
    IEnumerable<Row> Rows { get; }

    /// <summary>Every row, and then every change that follows, with no gap and nothing twice; or only the changes.</summary>
    /// <remarks>
    /// A key that changed several times from one version to the next shows once. Changes of one version come together,
    /// in no promised order. Of a table that is loaded once the stream ends after the rows; of one that is kept fresh no longer,
    /// was dropped or replaced it ends with the reason, a MaintenanceException. The table keeps the changes of its last versions, up to a bound, and never waits for a reader: one
    /// that falls further behind gets a <see cref="TableChangesLostException"/> and begins again. Versions are those of this run
    /// of the engine: after a restart they begin anew, and so does whoever reads changes.
    /// </remarks>
    /// <param name="fromVersion">
    /// 0: begin with the rows of the newest version (of a snapshot: of that version) at the time of reading. Otherwise a version:
    /// only the changes after it.
    /// </param>
    /// <param name="cancellationToken">Ends the stream.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such version yet.</exception>
    IAsyncEnumerable<TableChange> ChangesAsync(long fromVersion = 0, CancellationToken cancellationToken = default) =>
        throw new NotSupportedException($"Table \"{Name}\" gives no changes.");

    /// <summary>As <see cref="ChangesAsync"/>, pushed to observers: each subscription is a stream of its own.</summary>
    /// <remarks>
    /// An observer is called on the thread pool, never twice at a time. It is slow at its own cost, as a reader is. OnCompleted comes
    /// after the rows of a table that is loaded once, OnError with the reason that a stream would end with, and with whatever OnNext
    /// throws. After Dispose nothing more begins; what OnError or OnCompleted throws is an unobserved exception of a task.
    /// </remarks>
    /// <param name="fromVersion">As at <see cref="ChangesAsync"/>; one that is not there yet is an OnError.</param>
    IObservable<TableChange> ObserveChanges(long fromVersion = 0) =>
        new ObservableSequence<TableChange>(leaving => ChangesAsync(fromVersion, leaving));

    /// <summary>
    /// A function that makes a <typeparamref name="T"/> of a row: columns match constructor parameters and settable
    /// properties by name, ignoring case and underscores. Made once per type and kept.
    /// </summary>
    /// <exception cref="InvalidOperationException">A member has no column, or one of a type it cannot hold.</exception>
    Func<Row, T> GetMapper<[DynamicallyAccessedMembers(RowMapping.NeededMembers)] T>();
}
