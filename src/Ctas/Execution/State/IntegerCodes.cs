using System.Numerics;
using System.Runtime.CompilerServices;
using Ctas.Data;

namespace Ctas.Execution.State;

/// <summary>An integer as its difference to a lower bound, from 1 on.</summary>
internal sealed class IntegerCodes<T>(DataType type) : CodedPart(type)
    where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
{
    private long _least;
    private long _greatest;
    private bool _hasValues;

    public override bool Expect(Column column)
    {
        if (!TryRange(column, out long least, out long greatest)) { return false; }

        Widen(least, greatest);
        return true;
    }

    public override bool Fit(Column column)
    {
        if (!TryRange(column, out long least, out long greatest)) { return false; }

        // Room for as much again below, so that descending keys do not move the part with every batch; above, there
        // is always room up to a power of two.
        if (_hasValues && least < _least)
        {
            least = (long)Int128.Max(long.MinValue, least - ((Int128)_greatest - _least));
        }

        Widen(least, greatest);
        if (WantedBits < 64) { _greatest = (long)Int128.Min(long.MaxValue, _least + ((Int128)1 << WantedBits) - 2); }

        return true;
    }

    /// <summary>The least and the greatest value of a column; false when they lie within the range there is.</summary>
    private bool TryRange(Column column, out long least, out long greatest)
    {
        (least, greatest) = (0, 0);
        (T Least, T Greatest)? range = ValueRange.Of((FixedColumn<T>)column);
        if (range is not { } values) { return false; }

        least = long.CreateTruncating(values.Least);
        greatest = long.CreateTruncating(values.Greatest);
        return !_hasValues || least < _least || greatest > _greatest;
    }

    private void Widen(long least, long greatest)
    {
        _least = _hasValues ? Math.Min(least, _least) : least;
        _greatest = _hasValues ? Math.Max(greatest, _greatest) : greatest;
        _hasValues = true;
        UInt128 codes = (UInt128)((Int128)_greatest - _least + 1);
        WantedBits = codes > ulong.MaxValue ? 65 : BitsOf((ulong)codes);

        // Wraps around where the least value is the least there is; so does the subtraction that uses it.
        WantedOffset = unchecked(_least - 1);
    }

    [MethodImpl(HotLoop.Options)]
    public override void Pack(Column column, int start, Span<ulong> packed)
    {
        ReadOnlySpan<T> values = ((FixedColumn<T>)column).Values.Slice(start, packed.Length);
        if (column.Validity is { } validity)
        {
            for (int row = 0; row < packed.Length; row++)
            {
                if (validity[start + row]) { packed[row] |= CodeOf(values[row]) << Shift; }
            }

            return;
        }

        for (int row = 0; row < packed.Length; row++) { packed[row] |= CodeOf(values[row]) << Shift; }
    }

    [MethodImpl(HotLoop.Options)]
    public override bool TryNumber(Column column, int start, int[] dense, Span<int> numbers)
    {
        if (column.Validity is not null) { return false; }

        ReadOnlySpan<T> values = ((FixedColumn<T>)column).Values.Slice(start, numbers.Length);
        long offset = Offset;
        int least = 0;
        for (int row = 0; row < values.Length; row++)
        {
            int number = dense[unchecked(long.CreateTruncating(values[row]) - offset)] - 1;
            numbers[row] = number;
            least |= number;
        }

        return least >= 0;
    }

    [MethodImpl(HotLoop.Options)]
    public override void PackKnown(Column column, int start, Span<ulong> packed, Span<int> marks)
    {
        ReadOnlySpan<T> values = ((FixedColumn<T>)column).Values.Slice(start, packed.Length);
        ulong maxCode = MaxCode;
        for (int row = 0; row < packed.Length; row++)
        {
            // Codes start at 1, so what lies below all keys wraps around to a great one.
            ulong code = CodeOf(values[row]);
            if (code - 1 < maxCode) { packed[row] |= code << Shift; }
            else { marks[row] = -1; }
        }

        for (int row = 0; column.Validity is not null && row < packed.Length; row++)
        {
            if (column.IsNull(start + row)) { marks[row] = -1; }
        }
    }

    public override Column Unpack(ReadOnlySpan<ulong> keys, ColumnMemory memory)
    {
        T[] values = memory.Allocate<T>(keys.Length);
        Bitmap? validity = null;
        for (int number = 0; number < keys.Length; number++)
        {
            ulong code = CodeOf(keys[number]);
            if (code == 0)
            {
                validity ??= new Bitmap(keys.Length, value: true);
                validity[number] = false;
                values[number] = default;
            }
            else { values[number] = T.CreateTruncating(unchecked((long)code + Offset)); }
        }

        return memory.Column(Type, values, keys.Length, validity);
    }

    private ulong CodeOf(T value) => unchecked((ulong)(long.CreateTruncating(value) - Offset));
}

/// <summary>The least and the greatest value of a column.</summary>
internal static class ValueRange
{
    /// <summary>Null when there is no value.</summary>
    public static (T Least, T Greatest)? Of<T>(FixedColumn<T> column)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        if (column.Length == 0) { return null; }

        return column.Validity is null ? OfAll(column.Values) : OfValid(column);
    }

    [MethodImpl(HotLoop.Options)]
    private static (T Least, T Greatest) OfAll<T>(ReadOnlySpan<T> values)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        T least = T.MaxValue;
        T greatest = T.MinValue;
        int row = 0;
        if (values.Length >= Vector<T>.Count * 2)
        {
            var lows = new Vector<T>(T.MaxValue);
            var highs = new Vector<T>(T.MinValue);
            for (; row <= values.Length - Vector<T>.Count; row += Vector<T>.Count)
            {
                var loaded = new Vector<T>(values[row..]);
                lows = Vector.Min(lows, loaded);
                highs = Vector.Max(highs, loaded);
            }

            for (int lane = 0; lane < Vector<T>.Count; lane++)
            {
                least = T.Min(least, lows[lane]);
                greatest = T.Max(greatest, highs[lane]);
            }
        }

        for (; row < values.Length; row++)
        {
            least = T.Min(least, values[row]);
            greatest = T.Max(greatest, values[row]);
        }

        return (least, greatest);
    }

    private static (T Least, T Greatest)? OfValid<T>(FixedColumn<T> column)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        T least = T.MaxValue;
        T greatest = T.MinValue;
        bool hasAny = false;
        ReadOnlySpan<T> values = column.Values;
        for (int row = 0; row < values.Length; row++)
        {
            if (column.IsNull(row)) { continue; }

            hasAny = true;
            least = T.Min(least, values[row]);
            greatest = T.Max(greatest, values[row]);
        }

        return hasAny ? (least, greatest) : null;
    }
}
