using Ctas.Data;

namespace Ctas.Execution.State;

/// <summary>
/// The rows of a join's build side, and which of them have a key. Filled, then frozen, then searched. Single-
/// threaded.
/// </summary>
internal sealed class JoinIndex(IReadOnlyList<DataType> rowTypes, IReadOnlyList<DataType> keyTypes)
{
    private readonly RowBuffer _rows = new(rowTypes);
    private readonly KeyNumbers _keys = KeyNumbers.Create(keyTypes);

    // Number of the key of each row. Frozen: rows of key k are _rowsByKey[_starts[k] .. _starts[k + 1]].
    private int[] _numbers = [];
    private int[] _starts = [];
    private int[] _rowsByKey = [];

    /// <summary>The rows, once frozen.</summary>
    public Batch Rows { get; private set; } = new([], 0);

    /// <summary>True when no two rows have the same key, so that the row of key k is row k.</summary>
    public bool IsUnique { get; private set; }

    /// <summary>Bytes held.</summary>
    public long SizeInBytes => _rows.SizeInBytes + _keys.SizeInBytes
        + ((_numbers.Length + _starts.Length + _rowsByKey.Length) * 4L);

    /// <summary>Adds rows with their keys.</summary>
    public void Add(Batch rows, ReadOnlySpan<Column> keys)
    {
        int end = _rows.Count + rows.RowCount;
        if (end > _numbers.Length) { Array.Resize(ref _numbers, Math.Max(end, _numbers.Length * 2)); }

        _keys.FindOrAdd(keys, _numbers.AsSpan(_rows.Count, rows.RowCount));
        _rows.Append(rows);
    }

    /// <summary>Ends the filling.</summary>
    public void Freeze()
    {
        Rows = _rows.View();
        IsUnique = _keys.Count == Rows.RowCount;
        if (IsUnique)
        {
            _numbers = [];
            return;
        }

        // Counting sort: rows of one key lie together, in the order in which they came.
        _starts = new int[_keys.Count + 1];
        ReadOnlySpan<int> numbers = _numbers.AsSpan(0, Rows.RowCount);
        foreach (int number in numbers) { _starts[number + 1]++; }

        for (int key = 0; key < _keys.Count; key++) { _starts[key + 1] += _starts[key]; }

        _rowsByKey = new int[numbers.Length];
        int[] next = _starts[.._keys.Count];
        for (int row = 0; row < numbers.Length; row++) { _rowsByKey[next[numbers[row]]++] = row; }

        _numbers = [];
    }

    /// <summary>The number of each row's key, −1 when no row has it or a part of it is NULL.</summary>
    public void Find(ReadOnlySpan<Column> keys, Span<int> numbers) => _keys.Find(keys, numbers);

    /// <summary>The rows of a key. Only when not <see cref="IsUnique"/>.</summary>
    public ReadOnlySpan<int> RowsOf(int number) =>
        _rowsByKey.AsSpan(_starts[number], _starts[number + 1] - _starts[number]);
}
