using System.Globalization;
using System.Text;
using Ctas.Data;
using Ctas.Tables.Keys;

namespace Ctas.Tables.Snapshots;

/// <summary>A folder of stored tables, one file a table. Safe for concurrent use, also by several processes.</summary>
/// <remarks>
/// A table is written under another name, flushed to disk and then renamed over the file of before, so whatever
/// happens there is the old snapshot or the new one. Files that a process left unfinished are removed by the next.
/// </remarks>
internal sealed class SnapshotStore
{
    private const string Extension = ".ctas";
    private const string UnfinishedExtension = ".unfinished";
    private const int MaxNameBytes = 120;

    private readonly string _folder;
    private readonly ISnapshotFiles _files;

    /// <summary>Names the folder; it is made when something is written.</summary>
    public SnapshotStore(string folder, ISnapshotFiles? files = null)
    {
        _folder = Path.GetFullPath(folder);
        _files = files ?? new DiskFiles();
    }

    /// <summary>Opens what is stored of a table.</summary>
    /// <returns>Null when nothing is; the caller disposes of the file.</returns>
    /// <exception cref="SnapshotFormatException">The file is damaged, or of another version.</exception>
    /// <exception cref="IOException">The file could not be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    public SnapshotFile? Open(string table)
    {
        string path = PathOf(table);
        return File.Exists(path) ? Named(SnapshotFile.Open(path), file => file.Header, table) : null;
    }

    /// <summary>Opens what is stored of several that belong together.</summary>
    /// <inheritdoc cref="Open"/>
    public SnapshotBundle? OpenBundle(string name)
    {
        string path = PathOf(name);
        return File.Exists(path) ? Named(SnapshotBundle.Open(path), file => file.Header, name) : null;
    }

    private static T Named<T>(T file, Func<T, SnapshotHeader> headerOf, string name)
        where T : IDisposable
    {
        string found = headerOf(file).Table;
        if (string.Equals(found, name, StringComparison.OrdinalIgnoreCase)) { return file; }

        file.Dispose();
        throw new SnapshotFormatException($"it holds table \"{found}\"");
    }

    /// <summary>Stores a table in the place of what was stored of it; durable when this returns.</summary>
    /// <param name="header">What the table is.</param>
    /// <param name="rows">Its rows, all columns.</param>
    /// <param name="cancellationToken">Stops between groups of rows.</param>
    /// <returns>Bytes of the file.</returns>
    /// <exception cref="IOException">It could not be stored; what was stored before is.</exception>
    /// <exception cref="UnauthorizedAccessException">As <see cref="IOException"/>.</exception>
    public long Write(SnapshotHeader header, IEnumerable<Batch> rows, CancellationToken cancellationToken) =>
        Write(header, file => SnapshotFileWriter.Write(file, header, rows, index: null, cancellationToken));

    /// <summary>Stores several that belong together in one file, in the place of what was stored under the name of the first.</summary>
    /// <inheritdoc cref="Write(SnapshotHeader, IEnumerable{Batch}, CancellationToken)"/>
    public long Write(IReadOnlyList<SnapshotPart> parts, CancellationToken cancellationToken) =>
        Write(parts[0].Header, file => SnapshotBundle.Write(file, parts, cancellationToken));

    /// <summary>Stores a table: a compact one as it lies in memory, any other row by row and with an index of its keys.</summary>
    /// <inheritdoc cref="Write(SnapshotHeader, IEnumerable{Batch}, CancellationToken)"/>
    public long Write(SnapshotHeader header, ITable table, CancellationToken cancellationToken) =>
        table is CompactTable compact && SegmentBlocks.CanHold(compact)
            ? Write(header, file => SnapshotFileWriter.Write(file, header, compact, cancellationToken))
            : Write(header, file => SnapshotFileWriter.Write(file, header, table.Scan(), IndexOf(table), cancellationToken));

    // A compact table is indexed when its rows are encoded again.
    private static ScannedIndex? IndexOf(ITable table) => table.Schema.HasKey && table.Model == TableModel.Standard
        ? new ScannedIndex(new KeyLayout(table.Schema), (int)table.RowCount)
        : null;

    private long Write(SnapshotHeader header, Func<Stream, long> write)
    {
        Directory.CreateDirectory(_folder);
        string path = PathOf(header.Table);
        string unfinished = $"{path}.{Guid.NewGuid():N}{UnfinishedExtension}";
        try
        {
            long bytes;
            using (Stream file = _files.Create(unfinished))
            {
                bytes = write(file);
                _files.Flush(file);
            }

            _files.Rename(unfinished, path);
            return bytes;
        }
        catch
        {
            // The failure counts, not whether this succeeds: the next start clears what is left.
            try { File.Delete(unfinished); }
            catch (IOException) { }
            catch (UnauthorizedAccessException) { }

            throw;
        }
    }

    /// <summary>Removes files that a process which is no more did not finish.</summary>
    /// <returns>How many.</returns>
    public int RemoveUnfinished()
    {
        if (!Directory.Exists(_folder)) { return 0; }

        int removed = 0;
        foreach (string path in Directory.EnumerateFiles(_folder, "*" + UnfinishedExtension))
        {
            try
            {
                // Whoever still writes it holds it for himself.
                using (new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None)) { }

                File.Delete(path);
                removed++;
            }
            catch (IOException) { }
            catch (UnauthorizedAccessException) { }
        }

        return removed;
    }

    /// <summary>The file of a table.</summary>
    public string PathOf(string table)
    {
        // Names are compared ignoring case, and a quoted one may hold anything.
        var name = new StringBuilder();
        string upper = table.ToUpperInvariant();
        foreach (byte unit in Encoding.UTF8.GetBytes(upper))
        {
            if (char.IsAsciiLetterOrDigit((char)unit) || unit is (byte)'_' or (byte)'-')
            {
                name.Append(char.ToLowerInvariant((char)unit));
            }
            else { name.Append(CultureInfo.InvariantCulture, $"%{unit:X2}"); }
        }

        if (name.Length > MaxNameBytes)
        {
            uint digest = SnapshotFormat.Checksum(Encoding.UTF8.GetBytes(upper));
            name.Length = MaxNameBytes;
            name.Append(CultureInfo.InvariantCulture, $"%{digest:x8}");
        }

        return Path.Combine(_folder, name.Append(Extension).ToString());
    }
}
