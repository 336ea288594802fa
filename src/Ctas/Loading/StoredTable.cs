using Ctas.Data;
using Ctas.Planning;
using Ctas.Sources;
using Ctas.Tables;
using Ctas.Tables.Snapshots;

namespace Ctas.Loading;

/// <summary>A table's stored snapshot while the table is loaded: says whether it fits, and takes in the new records.</summary>
/// <remarks>
/// <code>
/// sources opened behind it ─┬─ nothing new, inputs as they were ─► its rows are the table
///                           ├─ new records, and it can take them ─► its rows, less touched keys, plus theirs
///                           └─ anything else ─► NotContinuedException: the table is loaded in full
/// </code>
/// Used by one load.
/// </remarks>
internal sealed class StoredTable(SnapshotHeader header, TableSnapshots snapshots)
{
    /// <summary>What is stored.</summary>
    public SnapshotHeader Header { get; } = header;

    /// <summary>Whether the table's inputs hold anything that the snapshot does not.</summary>
    /// <returns>False when it is the table as it stands.</returns>
    /// <exception cref="NotContinuedException">They do, and the snapshot cannot take it in.</exception>
    public bool HasNewRecords(IEnumerable<SharedScan> scans, RegistrySnapshot tables)
    {
        foreach (StoredInput input in Header.Inputs)
        {
            bool isSame = tables.TryGet(input.Table, out ITable? table)
                && snapshots.ContentsOf(table)?.Stamp == input.Stamp;
            if (!isSame) { throw new NotContinuedException($"table \"{input.Table}\" has changed"); }
        }

        SharedScan[] grown = [.. scans.Where(scan => scan.Partitions.Any(partition => partition.Range.Length > 0))];
        if (grown.Length > 0 && Header.WhyNotContinued.Length > 0)
        {
            throw new NotContinuedException($"there are new records, and {Header.WhyNotContinued}");
        }

        foreach (SharedScan scan in grown.Where(scan => scan.Definition.Mode != ReadMode.Append)) { RequireYoung(scan); }

        return grown.Length > 0;
    }

    /// <summary>Its rows.</summary>
    /// <exception cref="NotContinuedException">The file is damaged.</exception>
    public IReadOnlyList<Batch> ReadRows(int maxDegreeOfParallelism, CancellationToken cancellationToken) =>
        snapshots.ReadRows(Header, maxDegreeOfParallelism, cancellationToken);

    /// <summary>True when it is a table of the model that need not be made of rows again.</summary>
    public bool IsWhole(TableModel model) => Header.HoldsSegments == (model == TableModel.Compact);

    /// <summary>The table, where it <see cref="IsWhole"/>.</summary>
    /// <exception cref="NotContinuedException">The file is damaged.</exception>
    public ITable ReadTable(string name, int maxDegreeOfParallelism, CancellationToken cancellationToken) =>
        snapshots.ReadTable(Header, name, maxDegreeOfParallelism, cancellationToken);

    /// <summary>Puts its rows into a table under construction, without those that the new records replace or delete.</summary>
    /// <exception cref="NotContinuedException">The new records made other columns of it.</exception>
    public void Seed(
        TableBuilder builder, IReadOnlyList<Batch> rows, PlannedQuery query, IReadOnlyDictionary<string, StagedTable> staged)
    {
        foreach ((string source, StagedTable table) in staged)
        {
            if (table.IsNewSchema) { throw new NotContinuedException($"records of \"{source}\" have other columns"); }
        }

        Continuation continuation = Continuation.Of(query);
        if (query.Schema != Header.Schema || continuation.Kind == ContinuationKind.None)
        {
            throw new NotContinuedException("its columns have changed");
        }

        foreach (Batch batch in rows) { builder.Append(new ChangeBatch(batch)); }

        if (continuation.Kind == ContinuationKind.Upsert)
        {
            StagedTable changelog = staged.Values.Single();
            foreach (Batch keys in changelog.TouchedKeys) { builder.Append(Retractions(keys, changelog.Schema, continuation)); }
        }
    }

    /// <summary>The offset at which the snapshot's rows begin; null for a partition it does not know.</summary>
    public long? StartOf(string source, int partition) => Header.Sources
        .FirstOrDefault(stored => string.Equals(stored.Name, source, StringComparison.OrdinalIgnoreCase))
        ?.Partitions.FirstOrDefault(stored => stored.Id == partition)?.Start;

    private void RequireYoung(SharedScan scan)
    {
        string source = scan.Definition.Name;
        foreach (StoredSource stored in Header.Sources.Where(stored => string.Equals(stored.Name, source, StringComparison.OrdinalIgnoreCase)))
        {
            if (snapshots.WhyTooOld(stored, scan.TombstoneRetention) is { } reason) { throw new NotContinuedException(reason); }
        }
    }

    /// <summary>Rows of the table that have values in their key columns only, which is all that deleting them takes.</summary>
    private ChangeBatch Retractions(Batch keys, Schema source, Continuation continuation)
    {
        Schema schema = Header.Schema;
        string[] names = [.. source.Key.Select(ordinal => source.Fields[ordinal].Name)];
        Column[] columns = [.. schema.Fields.Select((field, ordinal) =>
        {
            int part = schema.Key.ToList().IndexOf(ordinal);
            return part < 0
                ? ColumnWidening.Nulls(field.Type, keys.RowCount)
                : keys[Array.IndexOf(names, continuation.SourceKey[part])];
        })];
        int[] weights = new int[keys.RowCount];
        Array.Fill(weights, -1);
        return new ChangeBatch(new Batch(columns, keys.RowCount), Selection: null, weights);
    }
}
