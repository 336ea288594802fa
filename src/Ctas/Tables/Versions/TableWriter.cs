using Ctas.Data;

namespace Ctas.Tables.Versions;

/// <summary>The one writer of a table that is kept fresh: takes changes and publishes versions. Single-threaded.</summary>
/// <remarks>
/// <code>
/// changes ─► Apply ─► effective changes (retractions of old rows, insertions of new ones)
///              │
///              └─► Publish ─► the next version, an immutable table; readers of earlier ones go on undisturbed
/// </code>
/// With a key, an insertion replaces the row of its key and a retraction deletes by <see cref="RetractionRule"/>. Without
/// one, rows are appended, and a retraction takes out one row that is equal in every column. What is applied shows in
/// no version before <see cref="Publish"/>. Cost O(changes), whatever the size of the table.
/// </remarks>
internal abstract class TableWriter
{
    private TableHistory _history;

    private protected TableWriter(Table version, WriterOptions options)
    {
        Current = version;
        Options = options;
        _history = new TableHistory(version, options.MaxHistoryChanges);
        version.Node = _history.Newest;
        AllColumns = new KeyLayout(version.Schema.WithKey([.. version.Shape.AllColumns]));
    }

    /// <summary>The version published last.</summary>
    public Table Current { get; private set; }

    /// <summary>Rows the next version will have.</summary>
    public abstract long RowCount { get; }

    /// <summary>What the writer was told to hold.</summary>
    protected WriterOptions Options { get; }

    /// <summary>What all versions share.</summary>
    protected TableShape Shape => Current.Shape;

    /// <summary>Hashes and compares whole rows.</summary>
    protected KeyLayout AllColumns { get; }

    /// <summary>A writer of a new table, whose version 1 is empty.</summary>
    public static TableWriter Create(TableModel model, string name, Schema schema, WriterOptions? options = null)
    {
        using var builder = TableBuilder.Create(model, name, schema);
        return Continue(builder.Complete(), options);
    }

    /// <summary>A writer that goes on from a loaded table; its versions share what does not change.</summary>
    /// <exception cref="InvalidOperationException">Another writer goes on from that version.</exception>
    public static TableWriter Continue(ITable loaded, WriterOptions? options = null)
    {
        options ??= new WriterOptions();
        if (loaded is BatchTable batches)
        {
            if (!batches.Continuation.TryTake()) { throw HasWriter(batches); }

            var writer = new StandardTableWriter(StandardTableBuilder.Of(batches), options);
            batches.Node = writer._history.Newest;
            foreach (IndexDefinition index in batches.Indexes.Definitions) { writer.Current.AddIndex(index); }

            return writer;
        }

        return loaded switch
        {
            StandardTable standard => new StandardTableWriter(standard, options),
            CompactTable compact => new CompactTableWriter(compact, options),
            _ => throw new InvalidOperationException($"Table \"{loaded.Name}\" cannot be kept fresh: {loaded.GetType().Name}."),
        };
    }

    /// <summary>Applies changes in order.</summary>
    /// <param name="changes">Rows with the columns of the table. With a key, weights count by their sign alone.</param>
    /// <param name="effective">
    /// Told, at most once, what the changes did: first the retractions of rows that were there, then the insertions. A key
    /// that was changed several times shows once; an insertion of what is there already does not show.
    /// </param>
    /// <exception cref="TableDataException">A change cannot be applied; none of the batch was.</exception>
    public void Apply(ChangeBatch changes, Action<ChangeBatch>? effective = null)
    {
        ChangeBatch dense = changes.Densify();
        Shape.RequireColumns(dense.Rows);
        RequireKeys(dense);
        if (dense.Count > 0) { ApplyDense(dense, effective); }
    }

    /// <summary>Makes the next version of what was applied; the last one again when nothing was.</summary>
    /// <param name="operatorBytes">What the operators hold that the changes came from; told with the version's memory.</param>
    public Table Publish(long operatorBytes = 0)
    {
        Table version = Prepare(operatorBytes);
        _history.Show();
        return version;
    }

    /// <summary>As <see cref="Publish"/>, for a version that others show first: streams of changes do not see it before <see cref="Show"/>.</summary>
    public Table Prepare(long operatorBytes)
    {
        if (MakeVersion() is { } made)
        {
            VersionChanges changes = new(Current, made.Version, made.Changes);
            made.Version.Indexes = Current.Indexes.After(made.Version, made.Edits ?? new VersionEdits(made.Changes));
            made.Version.OperatorBytes = operatorBytes;
            Current = made.Version;
            _history.Add(changes);
        }

        return Current;
    }

    /// <summary>Lets streams see what was prepared: from now on a reader of the table sees it as well.</summary>
    public void Show() => _history.Show();

    /// <summary>
    /// Gives the version published last this number, before anybody has seen it: the table takes the place of one whose
    /// versions went up to there.
    /// </summary>
    public void Renumber(long version)
    {
        Current.Renumber(version);
        _history = new TableHistory(Current, Options.MaxHistoryChanges);
        Current.Node = _history.Newest;
    }

    /// <summary>Nothing will be applied any more: streams of changes end, or fail with <paramref name="error"/>.</summary>
    public void End(Exception? error = null)
    {
        _history.Show();
        _history.Newest.End(error);
    }

    /// <summary>Applies changes that have been checked.</summary>
    protected abstract void ApplyDense(ChangeBatch changes, Action<ChangeBatch>? effective);

    /// <summary>The next version; null when it would equal the last.</summary>
    protected abstract MadeVersion? MakeVersion();

    /// <summary>Says that a version has a writer already.</summary>
    protected static InvalidOperationException HasWriter(Table version) =>
        new($"Version {version.Version} of table \"{version.Name}\" has a writer already.");

    /// <summary>A version, and the numbers of the rows that changed, before and after.</summary>
    protected sealed record MadeVersion(Table Version, IReadOnlyList<(int Old, int New)> Changes)
    {
        /// <summary>The numbers of all rows that have other ones than before; null when those that changed are all.</summary>
        public VersionEdits? Edits { get; init; }
    }

    private void RequireKeys(ChangeBatch changes)
    {
        if (Options.NullKeys == NullKeyRule.Keep) { return; }

        for (int row = 0; row < changes.Rows.RowCount; row++)
        {
            if (changes.Weights is null || changes.Weights[row] > 0)
            {
                Shape.RequireKeys(changes.Rows, row, row + 1, row);
            }
        }
    }
}

/// <summary>How a table is kept fresh.</summary>
internal sealed record WriterOptions
{
    /// <summary>What a NULL in a key column means; a key like any other by default.</summary>
    public NullKeyRule NullKeys { get; init; } = NullKeyRule.Keep;

    /// <summary>Which row a retraction takes out where there is a key; that of the key by default.</summary>
    public RetractionRule Retractions { get; init; } = RetractionRule.ByKey;

    /// <summary>Changed rows that are kept for streams that are behind; 65,536 by default.</summary>
    public int MaxHistoryChanges { get; init; } = 65_536;

    /// <summary>Rows that a compact table keeps as objects before it may encode them; 8,192 by default.</summary>
    public int OpenRows { get; init; } = 8192;

    /// <summary>False to merge segments of a compact table in the writer's own thread; true by default.</summary>
    public bool MergesBesideWriter { get; init; } = true;
}
