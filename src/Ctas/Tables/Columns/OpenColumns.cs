using System.Buffers;
using System.Runtime.CompilerServices;
using Ctas.Data;

namespace Ctas.Tables.Columns;

/// <summary>Values of an integer type under construction. Single-threaded.</summary>
internal sealed class OpenIntegers<T>(DataType type) : OpenFixed<T>(type)
    where T : unmanaged
{
    public override long GetInt64(int row) => BitPacking.Widen(Values[row]);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override EncodedColumn SealValues()
    {
        FillNulls(Values);
        Span<T> values = Values;
        long[] wide = ArrayPool<long>.Shared.Rent(Count);
        for (int row = 0; row < values.Length; row++) { wide[row] = BitPacking.Widen(values[row]); }

        EncodedIntegers encoded = EncodedIntegers.Encode(wide.AsSpan(0, Count));
        ArrayPool<long>.Shared.Return(wide);
        return new IntegerColumn(Type, encoded, SealNulls());
    }
}

/// <summary>DOUBLE values under construction. Single-threaded.</summary>
internal sealed class OpenDoubles(DataType type) : OpenFixed<double>(type)
{
    public override double GetDouble(int row) => Values[row];

    protected override EncodedColumn SealValues()
    {
        FillNulls(Values);
        return DoubleEncoder.Encode(Type, Values, SealNulls());
    }
}

/// <summary>DECIMAL values under construction. Single-threaded.</summary>
internal sealed class OpenDecimals(DataType type) : OpenFixed<Int128>(type)
{
    public override Int128 GetInt128(int row) => Values[row];

    protected override EncodedColumn SealValues()
    {
        FillNulls(Values);
        Span<Int128> values = Values;
        long[] narrow = ArrayPool<long>.Shared.Rent(Count);
        bool fits = true;
        for (int row = 0; row < values.Length; row++)
        {
            narrow[row] = unchecked((long)values[row]);
            fits &= narrow[row] == values[row];
        }

        EncodedColumn column = fits
            ? new IntegerColumn(Type, EncodedIntegers.Encode(narrow.AsSpan(0, Count)), SealNulls())
            : new PlainColumn<Int128>(Type, values.ToArray(), SealNulls());
        ArrayPool<long>.Shared.Return(narrow);
        return column;
    }
}

/// <summary>INTERVAL values under construction. Single-threaded.</summary>
internal sealed class OpenIntervals(DataType type) : OpenFixed<Interval>(type)
{
    public override Interval GetInterval(int row) => Values[row];

    protected override EncodedColumn SealValues()
    {
        FillNulls(Values);
        return IntervalColumn.Of(Type, Values, SealNulls());
    }
}

/// <summary>Byte strings under construction, as codes of the table's pool or of one of the segment. Single-threaded.</summary>
internal sealed class OpenStrings : OpenColumn
{
    private readonly ColumnStrings _column;
    private TableStrings? _strings;
    private int[] _codes = [];

    // The strings lie in the pool they came in: they are looked at once more and then encoded.
    private bool _areBorrowed;

    /// <summary>Begins a segment of a column.</summary>
    public OpenStrings(DataType type, ColumnStrings column)
        : base(type) => _column = column;

    public override long SizeInBytes => 64 + ArraySize.Of(_codes) + NullBytes + StringBytes;

    public override long StringBytes => _strings is null || _areBorrowed || _strings == _column.Shared ? 0 : _strings.SizeInBytes;

    public override StringPool? Pool => Strings.Pool;

    private TableStrings Strings => _strings ??= _column.Open();

    public override int GetByteCount(int row) => GetBytes(row).Length;

    public override int CopyBytes(int row, Span<byte> destination)
    {
        ReadOnlySpan<byte> bytes = GetBytes(row);
        return bytes.TryCopyTo(destination) ? bytes.Length : -1;
    }

    public override bool BytesEqual(int row, ReadOnlySpan<byte> value) => GetBytes(row).SequenceEqual(value);

    public override ulong HashBytes(int row) => Hashing.Bytes(GetBytes(row));

    public override ReadOnlySpan<byte> GetBytes(int row) =>
        _codes[row] < 0 ? default : Strings.Pool.GetBytes(_codes[row]);

    public override Column Decode(StringPool? pool, int start, int count, bool isLent = false)
    {
        int[] codes = _codes.AsSpan(start, count).ToArray();
        if (!ReferenceEquals(pool, Strings.Pool))
        {
            for (int row = 0; row < count; row++)
            {
                if (codes[row] >= 0) { codes[row] = pool!.Add(Strings.Pool.GetBytes(codes[row])); }
            }
        }

        return new StringColumn(Type, codes, count, pool!, CopyValidity(start, count));
    }

    protected override EncodedColumn Encode() => _column.Seal(Type, Strings, _codes.AsSpan(0, Count), SealNulls());

    protected override void AppendValues(Column column, int start, int end)
    {
        var given = (StringColumn)column;
        Reserve(ref _codes, end - start);
        if (_strings is null && _column.CanBorrow(given.Pool))
        {
            given.Pool.Retain();
            _strings = new TableStrings(given.Pool);
            _areBorrowed = true;
        }
        else if (_areBorrowed && !ReferenceEquals(_strings!.Pool, given.Pool)) { TakeOver(_strings.Pool); }

        Strings.Translate(given, start, end, _codes.AsSpan(Count));
        _column.Look(Strings, Count + end - start);
    }

    protected override void Release()
    {
        GiveBack(ref _codes);
        if (_areBorrowed) { _strings!.Pool.Release(); }

        _areBorrowed = false;
    }

    /// <summary>Copies the strings there are, so that those of another pool can follow.</summary>
    private void TakeOver(StringPool borrowed)
    {
        _strings = _column.Open();
        _areBorrowed = false;
        _strings.Translate(new StringColumn(Type, _codes, Count, borrowed), 0, Count, _codes);
        borrowed.Release();
    }
}
