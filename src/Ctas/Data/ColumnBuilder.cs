using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Ctas.Data;

/// <summary>Appends values of one type and makes columns of them. Single-threaded.</summary>
/// <remarks>Get the typed builder once (<see cref="FixedColumnBuilder{T}"/>, <see cref="StringColumnBuilder"/>), outside loops.</remarks>
public abstract class ColumnBuilder
{
    private Bitmap? _validity;
    private int _lastCount;

    private protected ColumnBuilder(DataType type) => Type = type;

    /// <summary>The type of the values.</summary>
    public DataType Type { get; }

    /// <summary>Rows appended since the last <see cref="Finish"/>.</summary>
    public int Count { get; private protected set; }

    /// <summary>A builder of the physical form that belongs to <paramref name="type"/>.</summary>
    /// <param name="type">Any stored type; not Unknown.</param>
    /// <param name="pool">Where strings go; a new interned pool when null.</param>
    public static ColumnBuilder Create(DataType type, StringPool? pool = null) => Create(type, pool, isLending: false);

    /// <summary>As <see cref="Create(DataType, StringPool?)"/>.</summary>
    /// <param name="type">Any stored type; not Unknown.</param>
    /// <param name="pool">Where strings go; a new interned pool when null.</param>
    /// <param name="isLending">True when somebody will give the memory of the columns back.</param>
    internal static ColumnBuilder Create(DataType type, StringPool? pool, bool isLending) => type.Kind switch
    {
        DataTypeKind.Boolean => new FixedColumnBuilder<bool>(type) { IsLending = isLending },
        DataTypeKind.Int or DataTypeKind.Date => new FixedColumnBuilder<int>(type) { IsLending = isLending },
        DataTypeKind.BigInt or DataTypeKind.Time or DataTypeKind.Timestamp =>
            new FixedColumnBuilder<long>(type) { IsLending = isLending },
        DataTypeKind.Double => new FixedColumnBuilder<double>(type) { IsLending = isLending },
        DataTypeKind.Decimal => new FixedColumnBuilder<Int128>(type) { IsLending = isLending },
        DataTypeKind.Interval => new FixedColumnBuilder<Interval>(type) { IsLending = isLending },
        DataTypeKind.Unknown => throw new UnreachableException($"No column form for {type}."),
        _ => new StringColumnBuilder(type, pool ?? new StringPool(isInterned: true)) { IsLending = isLending },
    };

    /// <summary>True when the columns are made of pooled memory, see <see cref="Column.GiveBack"/>.</summary>
    internal bool IsLending { get; init; }

    /// <summary>Appends NULL.</summary>
    public abstract void AppendNull();

    /// <summary>Appends the given row of a column of the same type, NULL for a negative row.</summary>
    public abstract void AppendFrom(Column column, int row);

    /// <summary>The rows appended so far as a column; the builder is empty afterwards and can be used again.</summary>
    public abstract Column Finish();

    /// <summary>Removes the rows from <paramref name="count"/> on: takes back a record that proved malformed half way.</summary>
    public void TruncateTo(int count)
    {
        for (int row = count; _validity is not null && row < Count; row++) { SetValid(row); }

        Count = count;
    }

    /// <summary>Makes room for more values.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private protected void Enlarge<T>(ref T[] values)
    {
        // Batches are mostly of one size: the next one starts with room for as many rows as the last one had.
        int capacity = values.Length == 0 ? Math.Max(64, _lastCount) : values.Length * 2;
        if (!IsLending)
        {
            Array.Resize(ref values, capacity);
            return;
        }

        T[] larger = RentedMemory.Rent<T>(capacity);
        values.CopyTo(larger);
        RentedMemory.Return(values);
        values = larger;
    }

    private protected void ResetCount()
    {
        _lastCount = Count;
        Count = 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private protected void SetNull(int row)
    {
        if (_validity is null || row >= _validity.Length) { GrowValidity(row); }

        _validity![row] = false;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private protected Bitmap? TakeValidity()
    {
        Bitmap? grown = _validity;
        _validity = null;
        if (grown is null || grown.Length == Count) { return grown; }

        // Rows past the bitmap are valid; rows past the count are cut.
        var exact = new Bitmap(Count, value: true);
        for (int row = 0; row < Math.Min(Count, grown.Length); row++)
        {
            if (!grown[row]) { exact[row] = false; }
        }

        return exact;
    }

    private void SetValid(int row)
    {
        if (row < _validity!.Length) { _validity[row] = true; }
    }

    private void GrowValidity(int row)
    {
        // Whole words: bits past the end of a bitmap are clear, and would become NULLs when it is copied.
        var grown = new Bitmap((((row + 1) * 2) + 63) & ~63, value: true);
        _validity?.Words.CopyTo(grown.Words);
        _validity = grown;
    }
}

/// <summary>Builds a <see cref="FixedColumn{T}"/>. Single-threaded.</summary>
/// <typeparam name="T">The physical type, see <see cref="Column"/>.</typeparam>
public sealed class FixedColumnBuilder<T> : ColumnBuilder
    where T : unmanaged
{
    private T[] _values = [];

    /// <summary>Makes an empty builder.</summary>
    public FixedColumnBuilder(DataType type)
        : base(type)
    {
    }

    /// <summary>The values appended so far; valid until the next one.</summary>
    public ReadOnlySpan<T> Values => _values.AsSpan(0, Count);

    /// <summary>Appends a value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Append(T value)
    {
        if (Count == _values.Length) { Enlarge(ref _values); }

        _values[Count++] = value;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void AppendNull()
    {
        Append(default);
        SetNull(Count - 1);
    }

    /// <inheritdoc/>
    public override void AppendFrom(Column column, int row)
    {
        if (row < 0 || column.IsNull(row)) { AppendNull(); }
        else { Append(((FixedColumn<T>)column).Values[row]); }
    }

    /// <inheritdoc/>
    public override Column Finish()
    {
        var column = new FixedColumn<T>(Type, _values, Count, TakeValidity()) { IsLent = IsLending };
        _values = [];
        ResetCount();
        return column;
    }
}

/// <summary>Builds a <see cref="StringColumn"/>. Single-threaded.</summary>
public sealed class StringColumnBuilder : ColumnBuilder
{
    private readonly RecentStrings _recent = new();
    private int[] _codes = [];

    /// <summary>Makes an empty builder whose strings go to <paramref name="pool"/>.</summary>
    public StringColumnBuilder(DataType type, StringPool pool)
        : base(type) => Pool = pool;

    /// <summary>Where the strings go. Lives on across <see cref="Finish"/>.</summary>
    public StringPool Pool { get; }

    /// <summary>Appends the bytes of a value.</summary>
    public void Append(ReadOnlySpan<byte> value) => AppendCode(Pool.Add(value));

    /// <summary>Appends the bytes of a value of a text column if they are UTF-8.</summary>
    internal bool TryAppendText(ReadOnlySpan<byte> value) => TryAppendFound(Pool.AddText(value));

    /// <summary>As <see cref="TryAppendText"/>, where <see cref="StringPool.TextPadding"/> bytes can be read behind the value.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal bool TryAppendPaddedText(ReadOnlySpan<byte> value) => TryAppendFound(
        !Pool.IsInterned ? Pool.AppendPadded(value)
        : value.Length > RecentStrings.MaxLength || Pool.Count > RecentStrings.MaxStrings ? Pool.AddText(value)
        : AddShort(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private bool TryAppendFound(int code)
    {
        if (code < 0) { return false; }

        AppendCode(code);
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int AddShort(ReadOnlySpan<byte> value)
    {
        Vector128<byte> key = RecentStrings.KeyOf(ref MemoryMarshal.GetReference(value), value.Length);
        int code = _recent.Find(key);
        return code >= 0 ? code : AddAndKeep(value, key);
    }

    [MethodImpl(HotLoop.Options)]
    private int AddAndKeep(ReadOnlySpan<byte> value, Vector128<byte> key)
    {
        int code = Pool.AddText(value);
        if (code >= 0) { _recent.Keep(key, code, Pool.Count); }

        return code;
    }

    /// <summary>Appends a string.</summary>
    public void Append(string value) => AppendCode(Pool.Add(value));

    /// <summary>Appends a code that <see cref="Pool"/> has given out.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void AppendCode(int code)
    {
        if (Count == _codes.Length) { Enlarge(ref _codes); }

        _codes[Count++] = code;
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void AppendNull()
    {
        AppendCode(-1);
        SetNull(Count - 1);
    }

    /// <inheritdoc/>
    public override void AppendFrom(Column column, int row)
    {
        if (row < 0 || column.IsNull(row)) { AppendNull(); }
        else if (ReferenceEquals(((StringColumn)column).Pool, Pool)) { AppendCode(((StringColumn)column).Codes[row]); }
        else { Append(((StringColumn)column).GetBytes(row)); }
    }

    /// <inheritdoc/>
    public override Column Finish()
    {
        if (IsLending) { Pool.Retain(); }

        var column = new StringColumn(Type, _codes, Count, Pool, TakeValidity()) { IsLent = IsLending };
        _codes = [];
        ResetCount();
        return column;
    }
}
