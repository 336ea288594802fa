using Ctas.Data;

namespace Ctas.Tables;

/// <summary>What a NULL in a key column means.</summary>
internal enum NullKeyRule
{
    /// <summary>NULL is a key like any other: the one group that GROUP BY makes of NULLs.</summary>
    Keep,

    /// <summary>A row with NULL in a key column is an error, as under PRIMARY KEY.</summary>
    Refuse,
}

/// <summary>Takes the changes of a load and makes a table of them. Single-threaded.</summary>
/// <remarks>
/// With a key, an insertion replaces the row of the same key (the last one wins) and a retraction deletes by key.
/// Without a key, rows are appended and cannot be retracted.
/// </remarks>
internal abstract class TableBuilder : IDisposable
{
    private const int MaxRows = int.MaxValue - 65536;

    private protected TableBuilder(string name, Schema schema, NullKeyRule nullKeys, bool hasIndex = true)
    {
        Shape = new TableShape(name, schema);
        NullKeys = nullKeys;
        Index = schema.HasKey && hasIndex ? new KeyIndex() : null;
    }

    /// <summary>Bytes the builder keeps alive, close enough to hold a budget by. Cheap.</summary>
    public abstract long SizeInBytes { get; }

    /// <summary>Rows the table would have if completed now.</summary>
    public abstract long RowCount { get; }

    /// <summary>True when columns that were appended may become part of the table; false when their values are copied at once.</summary>
    public virtual bool KeepsColumns => true;

    /// <summary>Threads that may encode and index the rows; 1 unless set.</summary>
    public int MaxThreads { get; set; } = 1;

    protected TableShape Shape { get; }

    protected string Name => Shape.Name;

    protected Schema Schema => Shape.Schema;

    protected NullKeyRule NullKeys { get; }

    protected KeyLayout Keys => Shape.Keys;

    /// <summary>Finds rows by key; null without a key, and where rows are never looked for.</summary>
    protected KeyIndex? Index { get; private set; }

    /// <summary>Rows by number, those deleted or replaced included.</summary>
    protected abstract RowStore Store { get; }

    /// <summary>Numbers given out, those of deleted rows included.</summary>
    protected abstract int NumberedRows { get; }

    /// <summary>Makes a builder.</summary>
    /// <param name="model">How the rows are stored.</param>
    /// <param name="name">The table's name.</param>
    /// <param name="schema">Columns and key; every type is known.</param>
    /// <param name="nullKeys">What a NULL in a key column means.</param>
    /// <param name="hasUniqueKeys">True when no key comes twice and no row is retracted.</param>
    public static TableBuilder Create(
        TableModel model,
        string name,
        Schema schema,
        NullKeyRule nullKeys = NullKeyRule.Keep,
        bool hasUniqueKeys = false)
    {
        bool areKnown = hasUniqueKeys && nullKeys == NullKeyRule.Keep;
        if (model == TableModel.Compact) { return new CompactTableBuilder(name, schema, nullKeys, areKnown); }

        return !schema.HasKey || areKnown
            ? new BatchTableBuilder(name, schema)
            : new StandardTableBuilder(name, schema, nullKeys);
    }

    /// <summary>Prepares for about so many keys, before the first change. Other numbers may come.</summary>
    public void Expect(long keys)
    {
        if (Index is not null) { Index = new KeyIndex((int)Math.Clamp(keys, 0, MaxRows)); }
    }

    /// <summary>Applies changes in order.</summary>
    /// <exception cref="TableDataException">A change cannot be applied; the table must not be completed.</exception>
    public void Append(ChangeBatch changes)
    {
        ChangeBatch dense = changes.Densify();
        Batch rows = dense.Rows;
        Shape.RequireColumns(rows);
        if (rows.RowCount > MaxRows - NumberedRows)
        {
            throw new TableDataException(
                Name, null, $"table \"{Name}\" cannot hold more than {MaxRows} rows");
        }

        if (dense.Weights is not { } weights)
        {
            RequireKeys(rows, 0, rows.RowCount);
            Insert(rows, 0, rows.RowCount);
            return;
        }

        for (int start = 0; start < rows.RowCount;)
        {
            int end = start + 1;
            while (end < rows.RowCount && weights[end] > 0 == weights[start] > 0) { end++; }

            if (weights[start] > 0)
            {
                RequireKeys(rows, start, end);
                Insert(rows, start, end);
            }
            else if (weights[start] < 0) { Retract(rows, start, end); }

            start = end;
        }
    }

    /// <summary>
    /// A builder of the same rows in which those replaced or deleted take no room worth mentioning: this one, or another
    /// in its place.
    /// </summary>
    public virtual TableBuilder WithoutHoles() => this;

    /// <summary>Makes the table; the builder is used up.</summary>
    public abstract ITable Complete();

    /// <summary>Lets go of everything that no completed table holds.</summary>
    public abstract void Dispose();

    /// <summary>Inserts rows [start, end) of a batch, replacing rows of the same key.</summary>
    protected abstract void Insert(Batch rows, int start, int end);

    /// <summary>Deletes a row that has been taken out of the index.</summary>
    protected abstract void Delete(int row);

    private void Retract(Batch rows, int start, int end)
    {
        if (Index is not { } index)
        {
            throw new TableDataException(
                Name, null, $"table \"{Name}\" has no key, so rows cannot be retracted from it");
        }

        for (int row = start; row < end; row++)
        {
            ulong hash = Keys.Hash(rows, row);
            int found = Find(index, hash, rows, row);
            if (found < 0) { continue; }

            _ = index.Remove(hash, found);
            Delete(found);
        }
    }

    private int Find(KeyIndex index, ulong hash, Batch rows, int row)
    {
        RowStore store = Store;
        for (KeyProbe probe = index.Probe(hash); probe.MoveNext();)
        {
            if (Keys.AreEqual(store, probe.Row, rows, row)) { return probe.Row; }
        }

        return -1;
    }

    private void RequireKeys(Batch rows, int start, int end)
    {
        if (NullKeys == NullKeyRule.Refuse) { Shape.RequireKeys(rows, start, end, NumberedRows); }
    }
}
