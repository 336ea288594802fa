using System.Diagnostics;
using Ctas.Data;
using Ctas.Execution.State;

namespace Ctas.Execution.Windows;

/// <summary>The sort key of RANGE frames by position, as numbers that ascend with the positions of a partition.</summary>
internal sealed class RangeKeys
{
    private readonly Column _column;
    private readonly int[] _order;
    private readonly bool _isDescending;
    private readonly Int128[] _ranks;

    private RangeKeys(Column column, int[] order, bool isDescending)
    {
        _column = column;
        _order = order;
        _isDescending = isDescending;
        _ranks = new Int128[order.Length];
        for (int position = 0; position < order.Length; position++)
        {
            _ranks[position] = Signed(Rank(order[position], offset: null, isNegative: false));
        }
    }

    public static RangeKeys Of(Column column, int[] order, bool isDescending) => new(column, order, isDescending);

    /// <summary>Fills the bounds of one partition: the first position that the shifted key reaches.</summary>
    /// <param name="bounds">Gets a bound for each position.</param>
    /// <param name="start">First position of the partition.</param>
    /// <param name="end">Its end.</param>
    /// <param name="offset">What the key is shifted by.</param>
    /// <param name="isPreceding">Towards the start.</param>
    /// <param name="isEnd">True for an end, which comes after the keys that are equal to the shifted one.</param>
    /// <param name="peerStarts">First position of each group of peers.</param>
    /// <param name="peerOf">Group of peers of each position.</param>
    public void Fill(
        int[] bounds, int start, int end, object offset, bool isPreceding, bool isEnd, int[] peerStarts, int[] peerOf)
    {
        // NULLs lie together at one end; nothing is near to them but they themselves.
        int first = start;
        while (first < end && _column.IsNull(_order[first])) { first++; }

        int last = end;
        while (last > first && _column.IsNull(_order[last - 1])) { last--; }

        for (int position = start; position < end; position++)
        {
            if (position < first || position >= last)
            {
                bounds[position] = peerStarts[peerOf[position] + (isEnd ? 1 : 0)];
            }
        }

        // The shifted keys ascend with the positions, so the bound only ever moves on.
        int bound = first;
        bool isNegative = isPreceding != _isDescending;
        for (int position = first; position < last; position++)
        {
            Int128 shifted = Signed(Rank(_order[position], offset, isNegative));
            while (bound < last && (_ranks[bound] < shifted || (isEnd && _ranks[bound] == shifted))) { bound++; }

            bounds[position] = bound;
        }
    }

    private Int128 Signed(Int128 rank) => _isDescending ? -rank : rank;

    /// <summary>The key of a row, shifted, as a number that orders as keys do.</summary>
    private Int128 Rank(int row, object? offset, bool isNegative)
    {
        if (_column.IsNull(row)) { return 0; }

        switch (_column)
        {
            case FixedColumn<double> doubles:
                double distance = offset is null ? 0 : (double)offset;
                double value = doubles.Values[row];
                return DoubleRank.Of(isNegative ? value - distance : value + distance);
            case FixedColumn<long> moments when _column.Type.Kind == DataTypeKind.Timestamp:
                return Shifted(moments.Values[row], (Interval?)offset ?? default, isNegative);
            case FixedColumn<int> ints: return Shifted(ints.Values[row], Whole(offset), isNegative);
            case FixedColumn<long> longs: return Shifted(longs.Values[row], Whole(offset), isNegative);
            case FixedColumn<Int128> decimals: return Shifted(decimals.Values[row], Whole(offset), isNegative);
            default: throw new UnreachableException($"No range over {_column.Type}.");
        }
    }

    private static Int128 Whole(object? offset) => offset switch
    {
        null => 0,
        int value => value,
        long value => value,
        Int128 value => value,
        _ => throw new UnreachableException($"No range by {offset.GetType().Name}."),
    };

    private static Int128 Shifted(Int128 value, Int128 offset, bool isNegative) =>
        isNegative ? value - offset : value + offset;

    private static Int128 Shifted(long moment, Interval offset, bool isNegative)
    {
        int sign = isNegative ? -1 : 1;
        if (offset.Months == 0)
        {
            return moment + (sign * (((Int128)offset.Days * Calendar.MicrosecondsPerDay) + offset.Microseconds));
        }

        bool fits = Calendar.TryAdd(
            moment, sign * offset.Months, sign * offset.Days, sign * offset.Microseconds, out long shifted);

        // Beyond the calendar there are no rows.
        return fits ? shifted : isNegative ? long.MinValue : long.MaxValue;
    }
}
