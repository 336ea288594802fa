using System.Diagnostics;
using System.Runtime.CompilerServices;
using Ctas.Data;
using Ctas.Data.Nested;
using Ctas.Execution.Kernels;

namespace Ctas.Execution.State;

/// <summary>The least or greatest value so far of each group, of any ordered type. Single-threaded.</summary>
internal abstract class GroupExtremes
{
    /// <summary>Bytes held.</summary>
    public abstract long SizeInBytes { get; }

    /// <summary>Extremes of a type.</summary>
    public static GroupExtremes Create(DataType type, bool isMin) => PhysicalTypes.Of(type) switch
    {
        PhysicalType.Boolean => new FixedGroupExtremes<bool, BooleanOrder>(type, isMin),
        PhysicalType.Int32 => new FixedGroupExtremes<int, NumberOrder<int>>(type, isMin),
        PhysicalType.Int64 => new FixedGroupExtremes<long, NumberOrder<long>>(type, isMin),
        PhysicalType.Double => new FixedGroupExtremes<double, DoubleOrder>(type, isMin),
        PhysicalType.Int128 => new FixedGroupExtremes<Int128, NumberOrder<Int128>>(type, isMin),
        PhysicalType.Interval => new FixedGroupExtremes<Interval, IntervalOrder>(type, isMin),
        PhysicalType.Bytes => new StringGroupExtremes(type, isMin),
        _ => throw new UnreachableException($"No order for {type}."),
    };

    /// <summary>Offers the values of rows.</summary>
    /// <param name="column">The values.</param>
    /// <param name="rows">The rows to look at; none is NULL.</param>
    /// <param name="groups">Group of each of them.</param>
    /// <param name="groupCount">Number of groups by now.</param>
    /// <param name="improved">Gets the ordinals in <paramref name="rows"/> that were better than what was there.</param>
    /// <returns>How many.</returns>
    public abstract int Offer(
        Column column, ReadOnlySpan<int> rows, ReadOnlySpan<int> groups, int groupCount, Span<int> improved);

    /// <summary>The extremes, NULL for a group without values.</summary>
    public abstract Column Finish(int groupCount);

    private protected static void Grow<T>(ref T[] states, int groupCount)
    {
        if (groupCount > states.Length)
        {
            Array.Resize(ref states, Math.Max(groupCount, Math.Max(64, states.Length * 2)));
        }
    }
}

/// <summary>Extremes of fixed width.</summary>
internal sealed class FixedGroupExtremes<T, TOrder>(DataType type, bool isMin) : GroupExtremes
    where T : unmanaged
    where TOrder : struct, IOrder<T>
{
    private T[] _extremes = [];
    private bool[] _isSet = [];

    public override long SizeInBytes => _extremes.Length * (Unsafe.SizeOf<T>() + 1L);

    public override int Offer(
        Column column, ReadOnlySpan<int> rows, ReadOnlySpan<int> groups, int groupCount, Span<int> improved)
    {
        Grow(ref _extremes, groupCount);
        Grow(ref _isSet, groupCount);
        ReadOnlySpan<T> values = ((FixedColumn<T>)column).Values;
        int count = 0;
        for (int i = 0; i < rows.Length; i++)
        {
            T value = values[rows[i]];
            ref T extreme = ref _extremes[groups[i]];
            bool isBetter = isMin ? TOrder.IsLess(value, extreme) : TOrder.IsLess(extreme, value);
            if (!isBetter && _isSet[groups[i]]) { continue; }

            extreme = value;
            _isSet[groups[i]] = true;
            improved[count++] = i;
        }

        return count;
    }

    public override Column Finish(int groupCount)
    {
        Grow(ref _extremes, groupCount);
        Grow(ref _isSet, groupCount);
        var validity = new Bitmap(groupCount);
        for (int group = 0; group < groupCount; group++) { validity[group] = _isSet[group]; }

        return new FixedColumn<T>(type, _extremes, groupCount, validity);
    }
}

/// <summary>Extremes of byte strings.</summary>
internal sealed class StringGroupExtremes(DataType type, bool isMin) : GroupExtremes
{
    private readonly OwnPool _pool = new();
    private readonly ByteStringOrder _order = ByteStringOrder.Of(type);

    // Code + 1; 0 means no value yet.
    private int[] _extremes = [];

    public override long SizeInBytes => (_extremes.Length * 4L) + _pool.SizeInBytes;

    public override int Offer(
        Column column, ReadOnlySpan<int> rows, ReadOnlySpan<int> groups, int groupCount, Span<int> improved)
    {
        Grow(ref _extremes, groupCount);
        var strings = (StringColumn)column;
        CodeMap map = _pool.MapOf(strings.Pool);
        int count = 0;
        for (int i = 0; i < rows.Length; i++)
        {
            int code = strings.Codes[rows[i]];
            ref int extreme = ref _extremes[groups[i]];
            if (extreme != 0 && !IsBetter(strings.Pool.GetBytes(code), _pool.Pool.GetBytes(extreme - 1))) { continue; }

            extreme = map.Translate(code) + 1;
            improved[count++] = i;
        }

        return count;
    }

    public override Column Finish(int groupCount)
    {
        Grow(ref _extremes, groupCount);
        var builder = new StringColumnBuilder(type, _pool.Pool);
        foreach (int extreme in _extremes.AsSpan(0, groupCount))
        {
            if (extreme == 0) { builder.AppendNull(); }
            else { builder.AppendCode(extreme - 1); }
        }

        return builder.Finish();
    }

    private bool IsBetter(ReadOnlySpan<byte> candidate, ReadOnlySpan<byte> extreme)
    {
        int order = _order.Compare(candidate, extreme);
        return isMin ? order < 0 : order > 0;
    }
}
