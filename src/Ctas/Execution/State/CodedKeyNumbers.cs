using System.Runtime.CompilerServices;
using Ctas.Data;

namespace Ctas.Execution.State;

/// <summary>
/// Keys of strings, integers and truth values whose columns fit 64 bits together, which most do: strings are written
/// as codes, integers as differences to the least one.
/// </summary>
/// <remarks>
/// While the codes span few numbers, a key's number is one array read; otherwise it is found in an open-addressing
/// table. The place of each column grows with its values; then all keys are written anew, at most once per bit. Keys
/// that outgrow 64 bits go to an index without that bound. Rows are numbered in blocks that stay in the first cache.
/// </remarks>
internal sealed class CodedKeyNumbers : KeyNumbers
{
    private const int BlockRows = 1024;
    private const int AlwaysDenseBits = 12;
    private const int MaxDenseBits = 28;
    private const int CachedPlaces = 1 << 17;

    private readonly IReadOnlyList<DataType> _types;
    private readonly CodedPart[] _parts;
    private readonly ulong[] _packed = new ulong[BlockRows];
    private readonly KeyTable _table;

    // Number + 1 by key; null while the keys are in the table.
    private int[]? _dense = new int[1];

    // The key of each number.
    private ulong[] _keys = [];
    private int _bits;
    private long _rows;
    private long _expectedRows;

    // True when a part must be moved because of keys that are expected.
    private bool _isOutgrown;
    private KeyNumbers? _wide;

    // True after a block of which many keys were new: the next is likely to be such too.
    private bool _bringsNew;

    public CodedKeyNumbers(IReadOnlyList<DataType> types)
    {
        _types = types;
        _parts = [.. types.Select(CodedPart.Create)];
        _table = new KeyTable();
    }

    private CodedKeyNumbers(CodedKeyNumbers shared)
    {
        _types = shared._types;
        _parts = [.. shared._parts.Select(part => part.Reader())];
        _table = shared._table;
        _dense = shared._dense;
        Count = shared.Count;
    }

    public override long SizeInBytes => _wide?.SizeInBytes
        ?? (_keys.Length * 8L) + ((_dense?.Length ?? 0) * 4L) + _table.SizeInBytes + _parts.Sum(part => part.SizeInBytes);

    /// <summary>True when all columns have a form that can be coded.</summary>
    public static bool CanTake(IReadOnlyList<DataType> types) => types.All(CodedPart.CanTake);

    public override void FindOrAdd(ReadOnlySpan<Column> keys, Span<int> numbers)
    {
        if (_wide is null && !Fit(keys)) { Widen(); }

        if (_wide is not null)
        {
            _wide.FindOrAdd(keys, numbers);
            Count = _wide.Count;
            return;
        }

        for (int start = 0; start < numbers.Length; start += BlockRows)
        {
            Span<int> block = numbers.Slice(start, Math.Min(BlockRows, numbers.Length - start));
            bool isNumbered = _dense is not null && _parts.Length == 1 && !_bringsNew
                && _parts[0].TryNumber(keys[0], start, _dense, block);
            if (!isNumbered) { Number(keys, start, block); }
        }
    }

    public override void Find(ReadOnlySpan<Column> keys, Span<int> numbers)
    {
        if (_wide is not null)
        {
            _wide.Find(keys, numbers);
            return;
        }

        for (int part = 0; part < _parts.Length; part++) { _parts[part].Translate(keys[part]); }

        for (int start = 0; start < numbers.Length; start += BlockRows)
        {
            int count = Math.Min(BlockRows, numbers.Length - start);
            Span<ulong> packed = _packed.AsSpan(0, count);
            Span<int> marks = numbers.Slice(start, count);
            packed.Clear();
            marks.Clear();
            for (int part = 0; part < _parts.Length; part++)
            {
                _parts[part].PackKnown(keys[part], start, packed, marks);
            }

            if (_dense is not null) { FindDense(packed, marks); }
            else { _table.Find(packed, marks); }
        }
    }

    public override KeyNumbers? Reader() => _wide is null ? new CodedKeyNumbers(this) : _wide.Reader();

    public override void Expect(IReadOnlyList<Column[]> keys)
    {
        foreach (Column[] columns in keys)
        {
            _expectedRows += columns[0].Length;
            for (int part = 0; part < _parts.Length; part++) { _isOutgrown |= _parts[part].Expect(columns[part]); }
        }
    }

    public override Column[] Keys(ColumnMemory memory = default)
    {
        if (_wide is not null) { return _wide.Keys(memory); }

        return [.. _parts.Select(part => part.Unpack(_keys.AsSpan(0, Count), memory))];
    }

    private void Number(ReadOnlySpan<Column> keys, int start, Span<int> numbers)
    {
        Span<ulong> packed = _packed.AsSpan(0, numbers.Length);
        packed.Clear();
        for (int part = 0; part < _parts.Length; part++) { _parts[part].Pack(keys[part], start, packed); }

        int known = Count;
        if (_dense is not null) { NumberDense(packed, numbers); }
        else { NumberHashed(packed, numbers); }

        _bringsNew = Count - known > numbers.Length / 16;
    }

    [MethodImpl(HotLoop.Options)]
    private void NumberDense(ReadOnlySpan<ulong> packed, Span<int> numbers)
    {
        int[] dense = _dense!;
        Touch(dense, packed);
        for (int row = 0; row < packed.Length; row++)
        {
            int number = dense[packed[row]];
            if (number == 0)
            {
                number = Add(packed[row]) + 1;
                dense[packed[row]] = number;
            }

            numbers[row] = number - 1;
        }
    }

    [MethodImpl(HotLoop.Options)]
    private void FindDense(ReadOnlySpan<ulong> packed, Span<int> marks)
    {
        int[] dense = _dense!;
        Touch(dense, packed);
        for (int row = 0; row < packed.Length; row++) { marks[row] = marks[row] < 0 ? -1 : dense[packed[row]] - 1; }
    }

    [MethodImpl(HotLoop.Options)]
    private void NumberHashed(ReadOnlySpan<ulong> packed, Span<int> numbers)
    {
        _table.Reserve(Count + packed.Length);
        _table.Touch(packed);
        for (int row = 0; row < packed.Length; row++)
        {
            ref int number = ref _table.FindOrAdd(packed[row]);
            if (number == 0) { number = Add(packed[row]) + 1; }

            numbers[row] = number - 1;
        }
    }

    // Brings the places of keys into the cache together, where the array does not lie there.
    private static void Touch(int[] dense, ReadOnlySpan<ulong> packed)
    {
        if (dense.Length < CachedPlaces) { return; }

        foreach (ulong key in packed) { CacheLines.Prefetch(ref dense[key]); }
    }

    private int Add(ulong key)
    {
        PooledArrays.GrowUncleared(ref _keys, Count + 1, Count);

        _keys[Count] = key;
        return Count++;
    }

    /// <summary>Makes room for the values of a batch; false when the key would take more than 64 bits.</summary>
    private bool Fit(ReadOnlySpan<Column> keys)
    {
        bool isChanged = _isOutgrown;
        _isOutgrown = false;
        for (int part = 0; part < _parts.Length; part++) { isChanged |= _parts[part].Fit(keys[part]); }

        int bits = _parts.Sum(part => part.WantedBits);
        if (bits > 64) { return false; }

        _rows += keys[0].Length;
        if (isChanged)
        {
            Repack();
            _bits = bits;
        }

        bool canBeDense = CanBeDense();
        if (isChanged || canBeDense != (_dense is not null)) { Index(canBeDense); }

        return true;
    }

    // Dense enough when about a quarter of the places could be taken by the rows there are.
    private bool CanBeDense() =>
        _bits <= AlwaysDenseBits
        || (_bits <= MaxDenseBits && 1L << _bits <= 4 * Math.Max(Math.Max(_rows, _expectedRows), Count));

    private void Repack()
    {
        Span<ulong> keys = _keys.AsSpan(0, Count);
        ulong[] old = PooledArrays.Rent<ulong>(Count);
        keys.CopyTo(old);
        keys.Clear();
        int shift = 0;
        foreach (CodedPart part in _parts) { part.Move(old.AsSpan(0, Count), keys, ref shift); }

        PooledArrays.Release(ref old);
    }

    private void Index(bool isDense)
    {
        ReadOnlySpan<ulong> keys = _keys.AsSpan(0, Count);
        _table.Clear();
        ReleaseDense();
        _dense = isDense ? PooledArrays.RentCleared<int>(1 << _bits) : null;
        if (!isDense) { _table.Reserve(Count); }

        for (int number = 0; number < keys.Length; number++)
        {
            if (_dense is not null) { _dense[keys[number]] = number + 1; }
            else { _table.FindOrAdd(keys[number]) = number + 1; }
        }
    }

    /// <summary>Goes over to an index for keys of any width; numbers stay.</summary>
    private void Widen()
    {
        var keys = new Batch([.. _parts.Select(part => part.Unpack(_keys.AsSpan(0, Count), ColumnMemory.Lent))], Count);
        KeyNumbers wide = CreateUnbounded(_types);
        int[] numbers = PooledArrays.Rent<int>(Count);
        wide.FindOrAdd(keys.Columns, numbers.AsSpan(0, Count));
        PooledArrays.Release(ref numbers);
        keys.GiveBack();
        _wide = wide;
        ReleaseCodes();
    }

    public override void Release()
    {
        _wide?.Release();
        ReleaseCodes();
    }

    private void ReleaseCodes()
    {
        ReleaseDense();
        PooledArrays.Release(ref _keys);
        _table.Clear();
    }

    private void ReleaseDense()
    {
        if (_dense is { } dense) { PooledArrays.Release(ref dense); }

        _dense = null;
    }
}
