using System.Diagnostics;
using System.Runtime.CompilerServices;
using Ctas.Data;

namespace Ctas.Execution.State;

/// <summary>Appends whole columns of one type into one long column. Single-threaded.</summary>
internal abstract class ColumnAccumulator
{
    private Bitmap? _validity;

    /// <summary>Rows appended.</summary>
    public int Count { get; private protected set; }

    /// <summary>Bytes held.</summary>
    public abstract long SizeInBytes { get; }

    /// <summary>An accumulator of columns of a type.</summary>
    /// <param name="type">The type.</param>
    /// <param name="isPooled">True when views are read until the next append at most, and never after a release.</param>
    public static ColumnAccumulator Create(DataType type, bool isPooled = false) => type.Kind switch
    {
        DataTypeKind.Boolean => new FixedColumnAccumulator<bool>(type, isPooled),
        DataTypeKind.Int or DataTypeKind.Date => new FixedColumnAccumulator<int>(type, isPooled),
        DataTypeKind.BigInt or DataTypeKind.Time or DataTypeKind.Timestamp =>
            new FixedColumnAccumulator<long>(type, isPooled),
        DataTypeKind.Double => new FixedColumnAccumulator<double>(type, isPooled),
        DataTypeKind.Decimal => new FixedColumnAccumulator<Int128>(type, isPooled),
        DataTypeKind.Interval => new FixedColumnAccumulator<Interval>(type, isPooled),
        _ when type.IsByteString => new StringColumnAccumulator(type, isPooled),
        _ => throw new UnreachableException($"No column form for {type}."),
    };

    /// <summary>Makes room for so many rows in all; what there is stays.</summary>
    public abstract void Reserve(int rows);

    /// <summary>Appends all rows of a column.</summary>
    public abstract void Append(Column column);

    /// <summary>Appends some rows of a column.</summary>
    public virtual void Append(Column column, ReadOnlySpan<int> rows) => Append(column.Gather(rows));

    /// <summary>The rows so far as a column. Not copied: valid as it is, unless pooled also when more is appended later.</summary>
    public abstract Column View();

    /// <summary>Gives pooled memory back; nothing is called afterwards, and views are not read.</summary>
    public abstract void Release();

    // Views of an accumulator that is not pooled keep the arrays they were made of.
    private protected static void Reserve<T>(ref T[] values, int rows, int used, bool isPooled)
        where T : unmanaged
    {
        if (isPooled)
        {
            PooledArrays.GrowUncleared(ref values, rows, used);
            return;
        }

        T[] grown = GC.AllocateUninitializedArray<T>(rows);
        values.AsSpan(0, used).CopyTo(grown);
        values = grown;
    }

    private protected void AppendValidity(Column column)
    {
        if (_validity is null && column.Validity is null) { return; }

        GrowValidity(Count + column.Length);
        for (int row = 0; column.Validity is not null && row < column.Length; row++)
        {
            if (column.IsNull(row)) { _validity![Count + row] = false; }
        }
    }

    private protected void AppendValid(int rows)
    {
        if (_validity is not null) { GrowValidity(Count + rows); }
    }

    private void GrowValidity(int end)
    {
        if (_validity is not null && _validity.Length >= end) { return; }

        // Whole words: bits past the end of a bitmap are clear, and would become NULLs when it is copied.
        var grown = new Bitmap(((end * 2) + 63) & ~63, value: true);
        _validity?.Words.CopyTo(grown.Words);
        _validity = grown;
    }

    private protected Bitmap? ViewValidity()
    {
        if (_validity is null) { return null; }

        var exact = new Bitmap(Count, value: true);
        for (int word = 0; word < exact.Words.Length; word++) { exact.Words[word] &= _validity.Words[word]; }

        return exact;
    }

    private protected long ValidityBytes => (_validity?.Words.Length ?? 0) * 8L;
}

/// <summary>Accumulates fixed-width values.</summary>
internal sealed class FixedColumnAccumulator<T>(DataType type, bool isPooled) : ColumnAccumulator
    where T : unmanaged
{
    private T[] _values = [];

    public override long SizeInBytes => ((long)_values.Length * Unsafe.SizeOf<T>()) + ValidityBytes;

    public override void Reserve(int rows) => Reserve(ref _values, rows, Count, isPooled);

    public override void Append(Column column)
    {
        int end = Count + column.Length;
        if (end > _values.Length) { Reserve(Math.Max(end, _values.Length * 2)); }

        if (column is FixedColumn<T> typed) { typed.Values.CopyTo(_values.AsSpan(Count)); }
        else { _values.AsSpan(Count, column.Length).Clear(); }

        AppendValidity(column);
        Count = end;
    }

    public override void Append(Column column, ReadOnlySpan<int> rows)
    {
        if (column is not FixedColumn<T> { Validity: null } typed)
        {
            base.Append(column, rows);
            return;
        }

        int end = Count + rows.Length;
        if (end > _values.Length) { Reserve(Math.Max(end, _values.Length * 2)); }

        Gathering.Gather(typed.Values, rows, _values.AsSpan(Count, rows.Length), default);
        AppendValid(rows.Length);
        Count = end;
    }

    public override Column View() => new FixedColumn<T>(type, _values, Count, ViewValidity());

    public override void Release()
    {
        if (isPooled) { PooledArrays.Release(ref _values); }
    }
}

/// <summary>
/// Accumulates strings: keeps the codes while all columns share a pool, else moves them to a pool of its own.
/// </summary>
internal sealed class StringColumnAccumulator(DataType type, bool isPooled) : ColumnAccumulator
{
    private readonly OwnPool _own = new();
    private int[] _codes = [];
    private StringPool? _pool;

    public override long SizeInBytes => (_codes.Length * sizeof(int)) + _own.SizeInBytes + ValidityBytes;

    public override void Reserve(int rows) => Reserve(ref _codes, rows, Count, isPooled);

    public override void Append(Column column)
    {
        var strings = (StringColumn)column;
        int end = Count + strings.Length;
        if (end > _codes.Length) { Reserve(Math.Max(end, _codes.Length * 2)); }

        if (_pool is not null && !ReferenceEquals(_pool, strings.Pool)) { MoveToOwnPool(); }

        _pool ??= strings.Pool;
        Span<int> target = _codes.AsSpan(Count, strings.Length);
        if (ReferenceEquals(_pool, strings.Pool)) { strings.Codes.CopyTo(target); }
        else
        {
            CodeMap map = _own.MapOf(strings.Pool);
            ReadOnlySpan<int> codes = strings.Codes;
            for (int row = 0; row < codes.Length; row++) { target[row] = map.Translate(codes[row]); }
        }

        AppendValidity(column);
        Count = end;
    }

    public override Column View() => new StringColumn(type, _codes, Count, _pool ?? _own.Pool, ViewValidity());

    public override void Append(Column column, ReadOnlySpan<int> rows)
    {
        if (column is not StringColumn { Validity: null } strings || (_pool ?? strings.Pool) != strings.Pool)
        {
            base.Append(column, rows);
            return;
        }

        int end = Count + rows.Length;
        if (end > _codes.Length) { Reserve(Math.Max(end, _codes.Length * 2)); }

        _pool = strings.Pool;
        Gathering.Gather(strings.Codes, rows, _codes.AsSpan(Count, rows.Length), -1);
        AppendValid(rows.Length);
        Count = end;
    }

    public override void Release()
    {
        if (isPooled) { PooledArrays.Release(ref _codes); }
    }

    private void MoveToOwnPool()
    {
        if (ReferenceEquals(_pool, _own.Pool)) { return; }

        // Views made before keep the old codes, so the translated ones go to a new array.
        CodeMap map = _own.MapOf(_pool!);
        int[] moved = isPooled ? PooledArrays.Rent<int>(_codes.Length) : new int[_codes.Length];
        for (int row = 0; row < Count; row++) { moved[row] = map.Translate(_codes[row]); }

        Release();
        _codes = moved;
        _pool = _own.Pool;
    }
}
