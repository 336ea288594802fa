using System.Runtime.CompilerServices;
using Ctas.Data;
using Ctas.Data.Nested;
using Ctas.Execution.Kernels;

namespace Ctas.Execution.State;

/// <summary>MIN and MAX of fixed-width values. NULL of no values.</summary>
internal sealed class ExtremeAccumulator<T, TOrder>(DataType type, bool isMin) : Accumulator
    where T : unmanaged
    where TOrder : struct, IOrder<T>
{
    private T[] _extremes = [];
    private bool[] _isSet = [];

    public override long SizeInBytes => _extremes.Length * (Unsafe.SizeOf<T>() + 1L);

    public override void Add(ReadOnlySpan<Column> arguments, ReadOnlySpan<int> groups, int groupCount)
    {
        Grow(ref _extremes, groupCount);
        Grow(ref _isSet, groupCount);
        var column = (FixedColumn<T>)arguments[0];
        ReadOnlySpan<T> values = column.Values;
        if (column.Validity is null && isMin)
        {
            AddLeast(values, groups);
            return;
        }

        if (column.Validity is null)
        {
            AddGreatest(values, groups);
            return;
        }

        for (int row = 0; row < groups.Length; row++)
        {
            if (column.IsNull(row)) { continue; }

            Add(groups[row], values[row]);
        }
    }

    public override void Merge(Accumulator other, ReadOnlySpan<int> mapping, int groupCount)
    {
        Grow(ref _extremes, groupCount);
        Grow(ref _isSet, groupCount);
        var part = (ExtremeAccumulator<T, TOrder>)other;
        for (int group = 0; group < Math.Min(mapping.Length, part._isSet.Length); group++)
        {
            if (part._isSet[group]) { Add(mapping[group], part._extremes[group]); }
        }
    }

    public override Column Finish(int groupCount)
    {
        Grow(ref _extremes, groupCount);
        Grow(ref _isSet, groupCount);
        T[] extremes = PooledArrays.Copy(_extremes, groupCount, ResultMemory);
        return ResultMemory.Column(type, extremes, groupCount, ValidWhere(_isSet.AsSpan(0, groupCount)));
    }

    public override void Release()
    {
        PooledArrays.Release(ref _extremes);
        PooledArrays.Release(ref _isSet);
    }

    [MethodImpl(HotLoop.Options)]
    private void AddLeast(ReadOnlySpan<T> values, ReadOnlySpan<int> groups)
    {
        T[] extremes = _extremes;
        bool[] isSet = _isSet;
        values = values[..groups.Length];
        for (int row = 0; row < groups.Length; row++)
        {
            int group = groups[row];
            if (TOrder.IsLess(values[row], extremes[group]) || !isSet[group]) { extremes[group] = values[row]; }

            isSet[group] = true;
        }
    }

    [MethodImpl(HotLoop.Options)]
    private void AddGreatest(ReadOnlySpan<T> values, ReadOnlySpan<int> groups)
    {
        T[] extremes = _extremes;
        bool[] isSet = _isSet;
        values = values[..groups.Length];
        for (int row = 0; row < groups.Length; row++)
        {
            int group = groups[row];
            if (TOrder.IsLess(extremes[group], values[row]) || !isSet[group]) { extremes[group] = values[row]; }

            isSet[group] = true;
        }
    }

    public override Accumulator Copy(ReadOnlySpan<int> groups) => new ExtremeAccumulator<T, TOrder>(type, isMin)
    {
        _extremes = Gathered(_extremes, groups),
        _isSet = Gathered(_isSet, groups),
    };

    private void Add(int group, T value)
    {
        ref T extreme = ref _extremes[group];
        bool isBetter = isMin ? TOrder.IsLess(value, extreme) : TOrder.IsLess(extreme, value);
        if (isBetter || !_isSet[group]) { extreme = value; }

        _isSet[group] = true;
    }
}

/// <summary>MIN and MAX of byte strings, in their order. NULL of no values. Keeps codes of one pool.</summary>
internal sealed class StringExtremeAccumulator(DataType type, bool isMin) : Accumulator
{
    private readonly OwnPool _pool = new();
    private readonly ByteStringOrder _order = ByteStringOrder.Of(type);

    // Code + 1; 0 means no value yet.
    private int[] _extremes = [];

    public override long SizeInBytes => (_extremes.Length * 4L) + _pool.SizeInBytes;

    public override void Add(ReadOnlySpan<Column> arguments, ReadOnlySpan<int> groups, int groupCount)
    {
        Grow(ref _extremes, groupCount);
        var strings = (StringColumn)arguments[0];
        CodeMap map = _pool.MapOf(strings.Pool);
        ReadOnlySpan<int> codes = strings.Codes;
        for (int row = 0; row < groups.Length; row++)
        {
            if (codes[row] >= 0) { Add(groups[row], strings.Pool, codes[row], map); }
        }
    }

    public override void Merge(Accumulator other, ReadOnlySpan<int> mapping, int groupCount)
    {
        Grow(ref _extremes, groupCount);
        var part = (StringExtremeAccumulator)other;
        CodeMap map = _pool.MapOf(part._pool.Pool);
        for (int group = 0; group < Math.Min(mapping.Length, part._extremes.Length); group++)
        {
            if (part._extremes[group] != 0) { Add(mapping[group], part._pool.Pool, part._extremes[group] - 1, map); }
        }
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

    private void Add(int group, StringPool pool, int code, CodeMap map)
    {
        ref int extreme = ref _extremes[group];
        if (extreme == 0 || IsBetter(pool.GetBytes(code), _pool.Pool.GetBytes(extreme - 1)))
        {
            extreme = map.Translate(code) + 1;
        }
    }

    private bool IsBetter(ReadOnlySpan<byte> candidate, ReadOnlySpan<byte> extreme)
    {
        int order = _order.Compare(candidate, extreme);
        return isMin ? order < 0 : order > 0;
    }
}
