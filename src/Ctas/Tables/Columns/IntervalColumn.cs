using System.Buffers;
using Ctas.Data;

namespace Ctas.Tables.Columns;

/// <summary>INTERVALs as three sequences of integers. Immutable.</summary>
internal sealed class IntervalColumn : EncodedColumn
{
    private readonly EncodedIntegers _months;
    private readonly EncodedIntegers _days;
    private readonly EncodedIntegers _microseconds;

    private IntervalColumn(DataType type, EncodedIntegers[] parts, NullRows? nulls)
        : base(type, parts[0].Count, nulls)
    {
        _months = parts[0];
        _days = parts[1];
        _microseconds = parts[2];
    }

    public override long SizeInBytes =>
        64 + _months.SizeInBytes + _days.SizeInBytes + _microseconds.SizeInBytes + NullBytes;

    public override string Form => $"{_months.Form}, {_days.Form}, {_microseconds.Form}";

    /// <summary>Encodes values.</summary>
    public static IntervalColumn Of(DataType type, ReadOnlySpan<Interval> values, NullRows? nulls)
    {
        long[] part = ArrayPool<long>.Shared.Rent(values.Length);
        var parts = new EncodedIntegers[3];
        for (int index = 0; index < parts.Length; index++)
        {
            for (int row = 0; row < values.Length; row++)
            {
                part[row] = index == 0 ? values[row].Months : index == 1 ? values[row].Days : values[row].Microseconds;
            }

            parts[index] = EncodedIntegers.Encode(part.AsSpan(0, values.Length));
        }

        ArrayPool<long>.Shared.Return(part);
        return new IntervalColumn(type, parts, nulls);
    }

    public override Interval GetInterval(int row) => new((int)_months[row], (int)_days[row], _microseconds[row]);

    public override Column Decode(StringPool? pool, int start, int count, bool isLent = false)
    {
        Interval[] values = ArrayFor<Interval>(count, isLent);
        for (int row = 0; row < count; row++) { values[row] = GetInterval(start + row); }

        return Decoded(values, start, count, isLent);
    }

    public override void Write(ISegmentWriter writer)
    {
        WriteHead(writer, ColumnEncoding.Intervals);
        _months.Write(writer);
        _days.Write(writer);
        _microseconds.Write(writer);
    }

    internal static IntervalColumn Read(DataType type, int count, NullRows? nulls, ISegmentReader reader)
    {
        EncodedIntegers months = EncodedIntegers.Read(reader, count);
        EncodedIntegers days = EncodedIntegers.Read(reader, count);
        return new IntervalColumn(type, [months, days, EncodedIntegers.Read(reader, count)], nulls);
    }
}
