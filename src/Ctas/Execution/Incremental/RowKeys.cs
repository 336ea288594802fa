using System.Buffers;
using Ctas.Data;

namespace Ctas.Execution.Incremental;

/// <summary>The keys by which rows are found, shared by the sides of a join. Single-threaded.</summary>
/// <remarks>A key is held while a row of any side has it.</remarks>
/// <param name="types">Types of the key's columns.</param>
/// <param name="isNullKey">True when NULL is a key, as for GROUP BY; false when NULL equals nothing, as for a join.</param>
internal sealed class RowKeys(IReadOnlyList<DataType> types, bool isNullKey)
{
    /// <summary>Stands for a key that equals nothing, because a part of it is NULL.</summary>
    public const int None = -1;

    private readonly PackedRows _keys = new(types, isExact: false);
    private int[] _rowCounts = [];

    /// <summary>Keys held, and those given out so far: all numbers of keys are below it.</summary>
    public int Capacity => _keys.PlaceCount;

    /// <summary>Bytes held.</summary>
    public long SizeInBytes => _keys.SizeInBytes + (_rowCounts.Length * 4L);

    /// <summary>The key of every row, or <see cref="None"/>.</summary>
    public void FindOrAdd(ReadOnlySpan<Column> columns, Span<int> keys)
    {
        int[]? valid = isNullKey ? null : ValidRows(columns, keys.Length);
        if (valid is null) { _keys.FindOrAdd(columns, keys); }
        else
        {
            int[] found = ArrayPool<int>.Shared.Rent(Math.Max(1, valid.Length));
            var gathered = new Column[columns.Length];
            for (int column = 0; column < gathered.Length; column++) { gathered[column] = columns[column].Gather(valid); }

            _keys.FindOrAdd(gathered, found.AsSpan(0, valid.Length));
            keys.Fill(None);
            for (int row = 0; row < valid.Length; row++) { keys[valid[row]] = found[row]; }

            ArrayPool<int>.Shared.Return(found);
        }

        if (_keys.PlaceCount > _rowCounts.Length)
        {
            Array.Resize(ref _rowCounts, Math.Max(_keys.PlaceCount, Math.Max(64, _rowCounts.Length * 2)));
        }
    }

    /// <summary>Asks for what is known of a key.</summary>
    public void Prefetch(int key) => CacheLines.Prefetch(ref _rowCounts[key]);

    /// <summary>Notes that one more row has a key.</summary>
    public void Hold(int key) => _rowCounts[key]++;

    /// <summary>Notes that a row with a key has gone; with the last one the key goes too.</summary>
    public void Release(int key)
    {
        if (--_rowCounts[key] == 0) { _keys.Remove(key); }
    }

    /// <summary>Gives the strings of keys that have gone back.</summary>
    public void Trim() => _keys.Trim();

    // The rows without NULL; null when these are all.
    private static int[]? ValidRows(ReadOnlySpan<Column> columns, int count)
    {
        Bitmap? validity = null;
        foreach (Column column in columns) { validity = Bitmap.And(validity, column.Validity); }

        if (validity is null) { return null; }

        var rows = new int[validity.CountSet()];
        for (int row = 0, found = 0; row < count; row++)
        {
            if (validity[row]) { rows[found++] = row; }
        }

        return rows;
    }
}
