using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Ctas.Data;

namespace Ctas.Execution.State;

/// <summary>
/// Rows whose values lie side by side, so that a row picked at random costs one wait for memory instead of one for every
/// column. Immutable once made, so safe for many readers.
/// </summary>
internal sealed class InterleavedRows
{
    // Below, columns stay in the nearer caches, where a wait is short.
    private const long LeastBytes = 8 << 20;

    private readonly InterleavedLayout _layout;
    private readonly int _count;
    private readonly int _start;
    private ulong[] _words;

    private InterleavedRows(InterleavedLayout layout, int count)
    {
        _layout = layout;
        _count = count;
        _words = PooledArrays.Rent<ulong>((int)(WordsOf(layout, count) + CacheLines.Bytes / sizeof(ulong)));
        _start = WordsToLine(_words);
    }

    /// <summary>Bytes held.</summary>
    public long SizeInBytes => _words.Length * (long)sizeof(ulong);

    private RowPlaces Places => new(ref Unsafe.As<ulong, byte>(ref _words[_start]), _layout.RowBytes, _count);

    /// <summary>
    /// The rows of all batches, in their order; null where they are better left in columns: few rows, fewer than two columns, or
    /// strings of several pools. What was decoded of the batches is given back once it has been copied.
    /// </summary>
    public static InterleavedRows? TryMake(IReadOnlyList<Batch> batches, IReadOnlyList<DataType> types)
    {
        int count = batches.Sum(batch => batch.RowCount);
        if (types.Count < 2 || InterleavedLayout.TryMake(batches, types) is not { } layout) { return null; }

        long words = WordsOf(layout, count);
        if (words * sizeof(ulong) < LeastBytes || words > Array.MaxLength / 2) { return null; }

        var rows = new InterleavedRows(layout, count);
        rows.Fill(batches);
        return rows;
    }

    /// <summary>The columns of the given rows, in the given order; a negative row index gives a row of NULLs.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="memory">Of what the columns are made.</param>
    public Column[] Gather(ReadOnlySpan<int> rows, ColumnMemory memory = default)
    {
        ReadOnlySpan<InterleavedColumn> columns = _layout.Columns;
        var values = new Array[columns.Length];
        for (int column = 0; column < values.Length; column++) { values[column] = columns[column].Allocate(rows.Length, memory); }

        RowPlaces places = Places;
        places.Prefetch(BlockOf(rows, 0));
        for (int start = 0; start < rows.Length; start += CacheLines.BlockRows)
        {
            places.Prefetch(BlockOf(rows, start + CacheLines.BlockRows));
            ReadOnlySpan<int> block = BlockOf(rows, start);
            for (int column = 0; column < values.Length; column++)
            {
                columns[column].Gather(places, block, values[column], start);
            }
        }

        return Finish(rows, values, memory);
    }

    /// <summary>Gives the memory back; rows are not read afterwards.</summary>
    public void Release() => PooledArrays.Release(ref _words);

    private static long WordsOf(InterleavedLayout layout, int count) => (long)layout.RowBytes * count / sizeof(ulong);

    private static ReadOnlySpan<int> BlockOf(ReadOnlySpan<int> rows, int start) => start >= rows.Length
        ? default
        : rows.Slice(start, Math.Min(CacheLines.BlockRows, rows.Length - start));

    private Column[] Finish(ReadOnlySpan<int> rows, Array[] values, ColumnMemory memory)
    {
        bool hasAbsent = rows.ContainsAnyInRange(int.MinValue, -1);
        var finished = new Column[values.Length];
        for (int column = 0; column < finished.Length; column++)
        {
            InterleavedColumn of = _layout.Columns[column];
            Bitmap? validity = hasAbsent || of.IsNullable ? of.ValidityOf(Places, rows, memory) : null;
            finished[column] = of.Finish(new GatheredValues(values[column], rows.Length, memory), validity);
        }

        return finished;
    }

    private void Fill(IReadOnlyList<Batch> batches)
    {
        int filled = 0;
        foreach (Batch batch in batches)
        {
            // In blocks, so that what is written stays in the nearest cache until all columns have been there.
            for (int start = 0; start < batch.RowCount; start += CacheLines.BlockRows)
            {
                int count = Math.Min(CacheLines.BlockRows, batch.RowCount - start);
                _layout.Write(Places.From(filled + start, count), batch, start);
            }

            filled += batch.RowCount;
            batch.GiveBackDecoded();
        }
    }

    // Words before the first whole cache line. Were the array moved, rows would lie across lines and be no less right.
    private static unsafe int WordsToLine(ulong[] words)
    {
        nuint address = (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(words));
        return (int)(-(nint)address & (CacheLines.Bytes - 1)) / sizeof(ulong);
    }
}

/// <summary>Where rows lie: one behind the other, each as long as the others.</summary>
/// <param name="first">The first byte of row 0.</param>
/// <param name="rowBytes">Bytes from a row to the next.</param>
/// <param name="count">Number of rows.</param>
internal readonly ref struct RowPlaces(ref byte first, int rowBytes, int count)
{
    private readonly ref byte _first = ref first;

    /// <summary>Number of rows.</summary>
    public int Count => count;

    /// <summary>A byte of a row, which is not checked.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref byte ByteOf(int row, int offset) => ref Unsafe.Add(ref _first, ((nint)row * rowBytes) + offset);

    /// <summary>So many rows from one on.</summary>
    public RowPlaces From(int row, int rows) => new(ref ByteOf(row, 0), rowBytes, rows);

    /// <summary>Asks for the cache lines of rows.</summary>
    [MethodImpl(HotLoop.Options)]
    public void Prefetch(ReadOnlySpan<int> rows)
    {
        // A row that is as long as a part of a line lies in one.
        bool isInOneLine = CacheLines.Bytes % rowBytes == 0;
        foreach (int row in rows)
        {
            CacheLines.Prefetch(ref ByteOf(row, 0));
            if (!isInOneLine) { CacheLines.Prefetch(ref ByteOf(row, rowBytes - 1)); }
        }
    }
}
