using System.Runtime.CompilerServices;
using Ctas.Data;

namespace Ctas.Execution.State;

/// <summary>A string as its code + 1: that of the pool it came in while there is only one, else of one of its own.</summary>
internal sealed class TextCodes(DataType type) : CodedPart(type)
{
    private StringPool? _adopted;
    private OwnPool? _own;
    private int[] _translated = [];
    private int _count;

    // From other pools into the one of this part, for finding only.
    private StringPool? _foundPool;
    private CodeMap? _foundMap;

    public override long SizeInBytes => (_own?.SizeInBytes ?? 0) + (_translated.Length * 4L);

    private StringPool Pool => _own?.Pool ?? _adopted!;

    public override bool Fit(Column column)
    {
        var strings = (StringColumn)column;

        // What was not found before may be added now.
        _foundPool = null;
        if (_adopted is null && _own is null)
        {
            if (strings.Pool.IsInterned) { _adopted = strings.Pool; }
            else { _own = new OwnPool(); }
        }

        if (_own is null && !ReferenceEquals(_adopted, strings.Pool)) { TakeOwnPool(); }

        if (_own is not null)
        {
            CodeMap map = _own.MapOf(strings.Pool);
            Reserve(strings.Length);
            ReadOnlySpan<int> codes = strings.Codes;
            for (int row = 0; row < codes.Length; row++) { _translated[row] = map.Translate(codes[row]); }
        }

        // A pool that is still filled may have grown since.
        int count = Pool.Count;
        bool isChanged = count > _count;
        if (isChanged) { WantedBits = BitsOf((ulong)count); }

        _count = Math.Max(count, _count);
        return isChanged && (ulong)count > MaxCode;
    }

    public override void Translate(Column column)
    {
        var strings = (StringColumn)column;
        if (_own is null && ReferenceEquals(_adopted, strings.Pool)) { return; }

        Reserve(strings.Length);
        if (_own is null && _adopted is null)
        {
            _translated.AsSpan(0, strings.Length).Fill(-1);
            return;
        }

        ReadOnlySpan<int> codes = strings.Codes;
        if (strings.Pool.Deferred is { } deferred && Pool.Deferred?.TryGetDistance(deferred, out int distance) == true)
        {
            // What is found beyond the codes there are is no key.
            for (int row = 0; row < codes.Length; row++) { _translated[row] = codes[row] < 0 ? -1 : codes[row] + distance; }

            return;
        }

        CodeMap map = MapForFinding(strings.Pool);
        for (int row = 0; row < codes.Length; row++) { _translated[row] = map.Find(codes[row]); }
    }

    public override CodedPart Reader()
    {
        var reader = new TextCodes(Type) { _adopted = _adopted, _own = _own, _count = _count };
        reader.TakePlaceOf(this);
        return reader;
    }

    private CodeMap MapForFinding(StringPool source)
    {
        if (!ReferenceEquals(source, _foundPool))
        {
            _foundPool = source;
            _foundMap = new CodeMap(source, Pool);
        }

        return _foundMap!;
    }

    [MethodImpl(HotLoop.Options)]
    public override void Pack(Column column, int start, Span<ulong> packed)
    {
        ReadOnlySpan<int> codes = CodesOf((StringColumn)column).Slice(start, packed.Length);
        for (int row = 0; row < packed.Length; row++) { packed[row] |= (ulong)(uint)(codes[row] + 1) << Shift; }
    }

    [MethodImpl(HotLoop.Options)]
    public override bool TryNumber(Column column, int start, int[] dense, Span<int> numbers)
    {
        ReadOnlySpan<int> codes = CodesOf((StringColumn)column).Slice(start, numbers.Length);
        int least = 0;
        for (int row = 0; row < codes.Length; row++)
        {
            int number = dense[codes[row] + 1] - 1;
            numbers[row] = number;
            least |= number;
        }

        return least >= 0;
    }

    [MethodImpl(HotLoop.Options)]
    public override void PackKnown(Column column, int start, Span<ulong> packed, Span<int> marks)
    {
        ReadOnlySpan<int> codes = CodesOf((StringColumn)column).Slice(start, packed.Length);
        for (int row = 0; row < packed.Length; row++)
        {
            uint code = (uint)(codes[row] + 1);
            if (code - 1 < (uint)_count) { packed[row] |= (ulong)code << Shift; }
            else { marks[row] = -1; }
        }
    }

    public override Column Unpack(ReadOnlySpan<ulong> keys, ColumnMemory memory)
    {
        int[] codes = memory.Allocate<int>(keys.Length);
        Bitmap? validity = null;
        for (int number = 0; number < keys.Length; number++)
        {
            codes[number] = (int)CodeOf(keys[number]) - 1;
            if (codes[number] >= 0) { continue; }

            validity ??= new Bitmap(keys.Length, value: true);
            validity[number] = false;
        }

        StringPool pool = _own?.Pool ?? _adopted ?? new StringPool(isInterned: true);
        return memory.Column(Type, codes, keys.Length, pool, validity);
    }

    private ReadOnlySpan<int> CodesOf(StringColumn strings) =>
        _own is null && ReferenceEquals(_adopted, strings.Pool) ? strings.Codes : _translated;

    // In order, so that every string keeps its code.
    private void TakeOwnPool()
    {
        _own = new OwnPool();
        for (int code = 0; code < _adopted!.Count; code++) { _own.Pool.Add(_adopted.GetBytes(code)); }
    }

    private void Reserve(int rows)
    {
        if (_translated.Length < rows) { _translated = new int[rows]; }
    }
}
