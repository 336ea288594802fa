using System.Runtime.CompilerServices;
using Ctas.Data;
using Ctas.Execution.Kernels;

namespace Ctas.Execution.State;

/// <summary>A string, as its code + 1 in a pool that all inputs are translated to; NULL is 0.</summary>
internal sealed class StringPart(DataType type, KeyBits bits) : KeyPart(type)
{
    private readonly OwnPool _pool = new();

    public override long SizeInBytes => _pool.SizeInBytes;

    [MethodImpl(HotLoop.Options)]
    public override void Pack(Column column, Span<ulong> packed, int width, Span<int> marks, bool adds)
    {
        var strings = (StringColumn)column;
        CodeMap map = _pool.MapOf(strings.Pool);
        ReadOnlySpan<int> codes = strings.Codes;
        for (int row = 0, word = bits.Word; row < codes.Length; row++, word += width)
        {
            int code = adds ? map.Translate(codes[row]) : map.Find(codes[row]);
            if (code < 0) { marks[row] = -1; }
            else { packed[word] |= (ulong)(uint)(code + 1) << bits.Shift; }
        }
    }

    [MethodImpl(HotLoop.Options)]
    public override Column Unpack(ReadOnlySpan<ulong> packed, int width, ColumnMemory memory)
    {
        int count = packed.Length / width;
        int[] codes = memory.Allocate<int>(count);
        Bitmap? validity = null;
        for (int row = 0; row < count; row++)
        {
            codes[row] = (int)(uint)bits.Read(packed.Slice(row * width, width)) - 1;
            if (codes[row] >= 0) { continue; }

            validity ??= new Bitmap(count, value: true);
            validity[row] = false;
        }

        return memory.Column(Type, codes, count, _pool.Pool, validity);
    }
}

/// <summary>An INTERVAL, as the number of its length: equal lengths are one key, shown as they first came.</summary>
internal sealed class IntervalPart(DataType type, KeyBits bits) : KeyPart(type)
{
    private readonly Dictionary<Int128, int> _codes = [];
    private readonly List<Interval> _first = [];

    public override long SizeInBytes => _first.Count * 80L;

    public override void Pack(Column column, Span<ulong> packed, int width, Span<int> marks, bool adds)
    {
        ReadOnlySpan<Interval> values = ((FixedColumn<Interval>)column).Values;
        for (int row = 0; row < values.Length; row++)
        {
            if (column.IsNull(row) || !TryCode(values[row], adds, out int code)) { marks[row] = -1; }
            else { bits.Write(packed.Slice(row * width, width), (uint)code); }
        }
    }

    public override Column Unpack(ReadOnlySpan<ulong> packed, int width, ColumnMemory memory)
    {
        var builder = new FixedColumnBuilder<Interval>(Type);
        for (int row = 0; row < packed.Length / width; row++)
        {
            ReadOnlySpan<ulong> key = packed.Slice(row * width, width);
            if (bits.IsValid(key)) { builder.Append(_first[(int)(uint)bits.Read(key)]); }
            else { builder.AppendNull(); }
        }

        return builder.Finish();
    }

    private bool TryCode(Interval interval, bool adds, out int code)
    {
        Int128 length = IntervalOrder.Length(interval);
        if (_codes.TryGetValue(length, out code)) { return true; }

        if (!adds) { return false; }

        code = _first.Count;
        _codes.Add(length, code);
        _first.Add(interval);
        return true;
    }
}
