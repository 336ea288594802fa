using System.Buffers;
using Ctas.Data;

namespace Ctas.Sources;

/// <summary>
/// Keeps the last version of every key while a source is read; tombstones delete. Rows of batches without a key are all
/// kept. Given the batches of a scan in order, the result is the table the scan describes. Single-threaded.
/// </summary>
/// <remarks>
/// Rows stay in the columns they came in; superseded ones are marked, and once more rows are dead than alive the sparse
/// batches are rewritten. Memory is O(live rows + distinct keys); cost O(1) expected per row.
/// </remarks>
internal sealed class ChangelogCompactor
{
    // Below this there is nothing worth gaining by rewriting.
    private const int MinDeadRows = 1 << 16;

    private readonly NullKeyPolicy _nullKey;
    private readonly Schema? _known;
    private readonly HashSet<StringPool> _pools = new(ReferenceEqualityComparer.Instance);
    private List<StagedSegment> _segments = [];
    private KeyNumbers? _keys;
    private Schema? _schema;
    private long _columnBytes;
    private long _deadRows;
    private bool _lacksKey;

    // Where the live version of each key lies: segment (high 32 bits) | row + 1; 0 when the key has none.
    private ulong[] _latest = [];

    /// <summary>Makes an empty compactor.</summary>
    /// <param name="nullKey">What happens to rows that were read before the source proved to have keys.</param>
    /// <param name="known">The columns of earlier records, as they showed them; null when there are none.</param>
    public ChangelogCompactor(NullKeyPolicy nullKey = NullKeyPolicy.Error, Schema? known = null)
    {
        _nullKey = nullKey;
        _known = known;
    }

    /// <summary>Rows that count at this moment.</summary>
    public long LiveRows { get; private set; }

    /// <summary>Bytes kept alive: rows, strings, and the index of keys.</summary>
    public long SizeInBytes => _columnBytes + _pools.Sum(pool => pool.SizeInBytes)
        + (_keys?.SizeInBytes ?? 0) + (_latest.Length * 8L);

    /// <summary>Takes in the next batch of the scan.</summary>
    public void Add(SourceBatch batch)
    {
        _schema = SchemaUnion.Merge(_schema, batch.Schema);
        bool hasKey = batch.Schema.HasKey;
        _lacksKey |= _known is { HasKey: true } && !hasKey;
        var segment = new StagedSegment(batch.Schema, batch.Rows, hasKey ? batch.Keyless : null);
        AddSegment(segment);
        LiveRows += segment.LiveRows;
        if (hasKey) { Supersede(segment, batch.Tombstones); }

        if (_deadRows > MinDeadRows && _deadRows > LiveRows) { Rewrite(); }
    }

    /// <summary>The rows that are left. The compactor is empty afterwards.</summary>
    public StagedTable Finish()
    {
        long dropped = DropKeyless();
        Schema merged = _schema is null ? _known ?? new Schema([]) : SchemaUnion.Merge(_known, _schema);
        bool isNew = _known is not null && (_lacksKey || !SchemaUnion.AreSame(_known, merged));

        // The order of columns is that in which they were met first.
        Schema inferred = _known is null || isNew ? merged : _known;
        Schema schema = SchemaUnion.Complete(inferred);
        var batches = new List<ChangeBatch>(_segments.Count);
        foreach (StagedSegment segment in _segments)
        {
            if (segment.LiveRows == 0) { continue; }

            batches.Add(new ChangeBatch(SchemaUnion.Convert(segment.Rows, segment.Schema, schema), segment.Selection()));
        }

        Clear();
        return new StagedTable(schema, batches, dropped) { Inferred = inferred, IsNewSchema = isNew };
    }

    /// <summary>
    /// The rows that are left, as a scan without superseded versions and tombstones would have brought them. The compactor is
    /// empty afterwards.
    /// </summary>
    public IReadOnlyList<SourceBatch> TakeBatches()
    {
        SourceBatch[] batches = [.. _segments.Where(segment => segment.LiveRows > 0).Select(segment => segment.ToBatch())];
        Clear();
        return batches;
    }

    private void Clear()
    {
        _segments = [];
        _pools.Clear();
        (_keys, _latest, _columnBytes, _deadRows, LiveRows) = (null, [], 0, 0, 0);
    }

    private void Supersede(StagedSegment segment, Bitmap? tombstones)
    {
        int rowCount = segment.Rows.RowCount;
        int[] numbers = ArrayPool<int>.Shared.Rent(rowCount);
        NumberKeys(segment, numbers);
        ulong place = (ulong)(_segments.Count - 1) << 32;
        for (int row = 0; row < rowCount; row++)
        {
            if (segment.IsKeyless(row)) { continue; }

            ref ulong latest = ref _latest[numbers[row]];
            if (latest != 0) { Kill(_segments[(int)(latest >> 32)], (int)(uint)latest - 1); }

            bool isTombstone = tombstones is not null && tombstones[row];
            latest = isTombstone ? 0 : place | (uint)(row + 1);
            if (isTombstone) { Kill(segment, row); }
        }

        ArrayPool<int>.Shared.Return(numbers);
    }

    private void NumberKeys(StagedSegment segment, int[] numbers)
    {
        _keys ??= new KeyNumbers([.. segment.Schema.Key.Select(ordinal => segment.Schema.Fields[ordinal].Type)]);
        _keys.Read(segment.Rows, segment.Schema.Key, numbers.AsSpan(0, segment.Rows.RowCount));
        if (_keys.Count <= _latest.Length) { return; }

        Array.Resize(ref _latest, Math.Max(1024, Math.Max(_keys.Count, _latest.Length * 2)));
    }

    private void Kill(StagedSegment segment, int row)
    {
        segment.Kill(row);
        _deadRows++;
        LiveRows--;
    }

    private void AddSegment(StagedSegment segment)
    {
        _segments.Add(segment);
        foreach (Column column in segment.Rows.Columns)
        {
            _columnBytes += column.SizeInBytes;
            if (column is StringColumn strings) { _pools.Add(strings.Pool); }
        }
    }

    // Copies what is alive of the sparse segments together; the order of rows stays.
    private void Rewrite()
    {
        List<StagedSegment> old = _segments;
        var rewriter = new SegmentRewriter(_schema!);
        foreach (StagedSegment segment in old) { rewriter.Add(segment); }

        _segments = [];
        _pools.Clear();
        (_columnBytes, _deadRows) = (0, 0);
        foreach (StagedSegment segment in rewriter.Finish())
        {
            AddSegment(segment);
            _deadRows += segment.DeadRows;
            Locate(segment);
        }
    }

    // Segments have new numbers, so every live row is entered anew.
    private void Locate(StagedSegment segment)
    {
        if (!segment.Schema.HasKey) { return; }

        int[] numbers = ArrayPool<int>.Shared.Rent(segment.Rows.RowCount);
        NumberKeys(segment, numbers);
        ulong place = (ulong)(_segments.Count - 1) << 32;
        for (int row = 0; row < segment.Rows.RowCount; row++)
        {
            if (segment.IsLive(row) && !segment.IsKeyless(row)) { _latest[numbers[row]] = place | (uint)(row + 1); }
        }

        ArrayPool<int>.Shared.Return(numbers);
    }

    // Under Auto, rows may have been handed on before the first key showed that the source is a changelog.
    private long DropKeyless()
    {
        if (_nullKey != NullKeyPolicy.Skip || _schema?.HasKey != true) { return 0; }

        long dropped = 0;
        foreach (StagedSegment segment in _segments)
        {
            for (int row = 0; row < segment.Rows.RowCount; row++)
            {
                bool isKeyless = !segment.Schema.HasKey || segment.IsKeyless(row);
                if (!isKeyless || !segment.IsLive(row)) { continue; }

                Kill(segment, row);
                dropped++;
            }
        }

        return dropped;
    }
}
