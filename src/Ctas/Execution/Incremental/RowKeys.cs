using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Ctas.Data;

namespace Ctas.Execution.Incremental;

/// <summary>The keys by which rows are found, shared by the sides of a join. Single-threaded.</summary>
/// <remarks>A key is held while a row of any side has it. What both sides know of a key lies together.</remarks>
/// <param name="types">Types of the key's columns.</param>
/// <param name="isNullKey">True when NULL is a key, as for GROUP BY; false when NULL equals nothing, as for a join.</param>
internal sealed class RowKeys(IReadOnlyList<DataType> types, bool isNullKey)
{
    /// <summary>Stands for a key that equals nothing, because a part of it is NULL.</summary>
    public const int None = -1;

    private readonly PackedRows<KeyState> _keys = new(types, isExact: false);

    /// <summary>Bytes held.</summary>
    public long SizeInBytes => _keys.SizeInBytes;

    /// <summary>The key of every row, or <see cref="None"/>.</summary>
    public void FindOrAdd(ReadOnlySpan<Column> columns, Span<int> keys)
    {
        int[]? valid = isNullKey ? null : ValidRows(columns, keys.Length);
        if (valid is null)
        {
            _keys.FindOrAdd(columns, keys);
            return;
        }

        int[] found = ArrayPool<int>.Shared.Rent(Math.Max(1, valid.Length));
        var gathered = new Column[columns.Length];
        for (int column = 0; column < gathered.Length; column++) { gathered[column] = columns[column].Gather(valid); }

        _keys.FindOrAdd(gathered, found.AsSpan(0, valid.Length));
        keys.Fill(None);
        for (int row = 0; row < valid.Length; row++) { keys[valid[row]] = found[row]; }

        ArrayPool<int>.Shared.Return(found);
    }

    /// <summary>The rows that one of two sides has of a key. Valid until keys are added.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ref KeyRows Rows(int key, bool isSecond)
    {
        ref KeyState state = ref _keys.State(key);
        return ref isSecond ? ref state.Second : ref state.First;
    }

    /// <summary>The columns of keys.</summary>
    public Column[] Columns(ReadOnlySpan<int> keys) => _keys.Columns(keys);

    /// <summary>Asks for what is known of a key.</summary>
    public void Prefetch(int key) => _keys.Prefetch(key);

    /// <summary>Lets a key go that no row of any side has any more.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Release(int key)
    {
        ref KeyState state = ref _keys.State(key);
        if ((state.First.Places.Count | state.Second.Places.Count) == 0) { _keys.Remove(key); }
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

    private struct KeyState
    {
        public KeyRows First;
        public KeyRows Second;
    }
}

/// <summary>The rows of a key on one side, and the sum of their weights.</summary>
[StructLayout(LayoutKind.Sequential, Pack = sizeof(int))]
internal struct KeyRows
{
    /// <summary>Sum of the weights now.</summary>
    public long Now;

    /// <summary>The rows.</summary>
    public PlaceList Places;

    /// <summary>The key's number among those that the tick may have changed, from 1 on; 0 when it is none of them.</summary>
    public int Touch;
}
