using Ctas.Data;

namespace Ctas.Execution.State;

/// <summary>
/// The rows of a join's build side, and which of them have a key. Filled, then frozen, then searched. Single-
/// threaded.
/// </summary>
/// <param name="rowTypes">Types of the columns kept.</param>
/// <param name="keyTypes">Types of the keys.</param>
/// <param name="hasColumns">True when rows are read column by column, false when they may be <see cref="Interleaved"/>.</param>
internal sealed class JoinIndex(IReadOnlyList<DataType> rowTypes, IReadOnlyList<DataType> keyTypes, bool hasColumns = true)
{
    private readonly KeyNumbers _keys = KeyNumbers.Create(keyTypes);

    // What came in, by reference, until it is put together.
    private readonly List<Batch> _batches = [];
    private readonly List<Column[]> _batchKeys = [];
    private long _batchBytes;

    // Frozen: rows of key k are _rowsByKey[_starts[k] .. _starts[k + 1]].
    private int[] _starts = [];
    private int[] _rowsByKey = [];

    // Holds the rows when they came in several batches.
    private RowBuffer? _rows;

    /// <summary>The rows, once frozen; none where they are <see cref="Interleaved"/>.</summary>
    public Batch Rows { get; private set; } = new([], 0);

    /// <summary>The rows, once frozen, where they lie side by side; else null.</summary>
    public InterleavedRows? Interleaved { get; private set; }

    /// <summary>Number of rows, once frozen.</summary>
    public int RowCount { get; private set; }

    /// <summary>True when no two rows have the same key, so that the row of key k is row k.</summary>
    public bool IsUnique { get; private set; }

    /// <summary>Bytes held.</summary>
    public long SizeInBytes => (Interleaved?.SizeInBytes ?? _batchBytes) + IndexBytes;

    private long IndexBytes => _keys.SizeInBytes + ((_starts.Length + _rowsByKey.Length) * 4L);

    /// <summary>Adds rows with their keys.</summary>
    public void Add(Batch rows, ReadOnlySpan<Column> keys)
    {
        _batches.Add(rows);
        _batchKeys.Add(keys.ToArray());
        foreach (Column column in rows.Columns) { _batchBytes += column.SizeInBytes; }
    }

    /// <summary>Ends the filling: only now is it known how many rows there are, and so what index suits them.</summary>
    /// <remarks>What was decoded of the rows and keys is given back where they have been copied.</remarks>
    /// <param name="meter">Told, before memory is taken, of all bytes that will be held with it; throws where these are too many.</param>
    public void Freeze(Action<long> meter)
    {
        RowCount = _batches.Sum(batch => batch.RowCount);
        NumberKeys(meter);

        // Columns that are not among the keys are decoded only now, a batch at a time.
        meter(IndexBytes + PlainBytes() + _batchBytes);
        Interleaved = hasColumns ? null : InterleavedRows.TryMake(_batches, rowTypes);
        if (Interleaved is null) { Rows = Together(); }

        _batches.Clear();
        meter(SizeInBytes);
    }

    private void NumberKeys(Action<long> meter)
    {
        long numberBytes = RowCount * (long)sizeof(int);
        meter(SizeInBytes + numberBytes);
        int[] rented = PooledArrays.Rent<int>(RowCount);
        Span<int> numbers = rented.AsSpan(0, RowCount);
        _keys.Expect(_batchKeys);
        int start = 0;
        for (int batch = 0; batch < _batches.Count; batch++)
        {
            int count = _batches[batch].RowCount;
            _keys.FindOrAdd(_batchKeys[batch], numbers.Slice(start, count));
            start += count;
            meter(SizeInBytes + numberBytes);
        }

        GiveBackKeys();
        IsUnique = _keys.Count == RowCount;
        if (!IsUnique)
        {
            // Starts of keys, their next places, and rows by key.
            meter(SizeInBytes + numberBytes + (sizeof(int) * ((2L * _keys.Count) + RowCount)));
            SortByKey(numbers);
        }

        PooledArrays.Release(ref rented);
    }

    /// <summary>True when several threads may each have a reader; only once frozen.</summary>
    public bool CanShare => _keys.Reader() is not null;

    /// <summary>Finds numbers of keys, beside others that do so; the index itself where it cannot be shared.</summary>
    public KeyNumbers Reader() => _keys.Reader() ?? _keys;

    /// <summary>The number of each row's key, −1 when no row has it or a part of it is NULL.</summary>
    public void Find(ReadOnlySpan<Column> keys, Span<int> numbers) => _keys.Find(keys, numbers);

    /// <summary>The rows of a key. Only when not <see cref="IsUnique"/>.</summary>
    public ReadOnlySpan<int> RowsOf(int number) =>
        _rowsByKey.AsSpan(_starts[number], _starts[number + 1] - _starts[number]);

    /// <summary>Gives the memory back; nothing is called afterwards, nor on a reader, and the rows are not read.</summary>
    public void Release()
    {
        _keys.Release();
        _rows?.Release();
        Interleaved?.Release();
        PooledArrays.Release(ref _starts);
        PooledArrays.Release(ref _rowsByKey);
    }

    private void GiveBackKeys()
    {
        // A single batch is kept as it is, and may hold keys.
        foreach (Column column in _batches.Count == 1 ? [] : _batchKeys.SelectMany(keys => keys)) { column.GiveBackDecoded(); }

        _batchKeys.Clear();
    }

    // What stays until all rows have been laid out; a single batch is not copied, and what is decoded on demand is given back.
    private long PlainBytes() => _batches.Count == 1
        ? 0
        : _batches.Sum(batch => batch.Columns.ToArray().Where(column => !column.IsDeferred).Sum(column => column.SizeInBytes));

    private Batch Together()
    {
        if (_batches.Count == 1) { return _batches[0]; }

        _rows = new RowBuffer(rowTypes, isPooled: true);
        _rows.Reserve(RowCount);
        foreach (Batch batch in _batches)
        {
            _rows.Append(batch);
            batch.GiveBackDecoded();
        }

        return _rows.View();
    }

    // Counting sort: rows of one key lie together, in the order in which they came.
    private void SortByKey(ReadOnlySpan<int> numbers)
    {
        _starts = PooledArrays.RentCleared<int>(_keys.Count + 1);
        foreach (int number in numbers) { _starts[number + 1]++; }

        for (int key = 0; key < _keys.Count; key++) { _starts[key + 1] += _starts[key]; }

        _rowsByKey = PooledArrays.Rent<int>(numbers.Length);
        int[] next = PooledArrays.Rent<int>(_keys.Count);
        _starts.AsSpan(0, _keys.Count).CopyTo(next);
        for (int row = 0; row < numbers.Length; row++) { _rowsByKey[next[numbers[row]]++] = row; }

        PooledArrays.Release(ref next);
    }
}
