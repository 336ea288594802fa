using System.Numerics;
using System.Runtime.CompilerServices;
using Ctas.Data;
using Ctas.Execution.Kernels;
using Ctas.Execution.State;

namespace Ctas.Execution.Incremental;

/// <summary>Maintains SUM and AVG of whole and exact numbers. NULL of no values; exact on the way.</summary>
/// <remarks>Only the result must fit its type, as where it is computed once.</remarks>
/// <param name="type">Type of the result: BIGINT or DECIMAL for SUM, DOUBLE for AVG.</param>
/// <param name="scale">Scale of a DECIMAL argument, else 0.</param>
internal sealed class RetractableSum<T>(DataType type, int scale) : RetractableAccumulator
    where T : unmanaged, INumber<T>
{
    // 2^128 as a DOUBLE: the width of a sum.
    private const double Width = 340282366920938463463374607431768211456.0;

    private State[] _states = [];

    public override long SizeInBytes => _states.Length * (long)Unsafe.SizeOf<State>();

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Add(ReadOnlySpan<Column> arguments, ReadOnlySpan<int> groups, int[]? weights, int groupCount)
    {
        Grow(ref _states, groupCount);
        var column = (FixedColumn<T>)arguments[0];
        ReadOnlySpan<T> values = column.Values;
        for (int row = 0; row < groups.Length; row++)
        {
            if (column.IsNull(row)) { continue; }

            int weight = WeightOf(weights, row);
            ref State state = ref _states[groups[row]];
            state.Count += weight;
            if (typeof(T) == typeof(Int128)) { AddWide(ref state, Int128.CreateTruncating(values[row]), weight); }
            else if (weights is null) { state.Sum += long.CreateTruncating(values[row]); }
            else { state.Sum += (Int128)long.CreateTruncating(values[row]) * weight; }
        }
    }

    public override void Prefetch(ReadOnlySpan<int> groups) => Prefetch(_states, groups);

    public override void Forget(ReadOnlySpan<int> groups) => Reset(_states, groups);

    public override void Save(int[] groups, StateWriter state) => state.Add(
        StateWriter.Of(Array.ConvertAll(groups, group => (long)(_states[group].Sum >> 64))),
        StateWriter.Of(Array.ConvertAll(groups, group => unchecked((long)(ulong)_states[group].Sum))),
        StateWriter.Of(Array.ConvertAll(groups, group => _states[group].Count)),
        StateWriter.Of(Array.ConvertAll(groups, group => _states[group].Wraps)));

    public override void Restore(int[] groups, StateReader state, int groupCount)
    {
        Grow(ref _states, groupCount);
        Batch saved = state.Next(DataType.BigInt, DataType.BigInt, DataType.BigInt, DataType.Int);
        for (int row = 0; row < groups.Length; row++)
        {
            ref State sum = ref _states[groups[row]];
            sum.Sum = new Int128(
                unchecked((ulong)StateReader.Numbers(saved[0])[row]), unchecked((ulong)StateReader.Numbers(saved[1])[row]));
            sum.Count = StateReader.Numbers(saved[2])[row];
            sum.Wraps = StateReader.Integers(saved[3])[row];
        }
    }

    public override Column ResultOf(ReadOnlySpan<int> groups, ref Bitmap? failed) => type.Kind switch
    {
        DataTypeKind.Double => Averages(groups),
        DataTypeKind.Decimal => Decimals(groups, ref failed),
        _ => Integers(groups, ref failed),
    };

    // Only values of 38 digits can leave the width; each addition by one width at most.
    private static void AddWide(ref State state, Int128 value, int weight)
    {
        for (int times = Math.Abs(weight); times > 0; times--)
        {
            state.Wraps += DecimalSummation.Add(ref state.Sum, weight < 0 ? -value : value);
        }
    }

    private FixedColumn<double> Averages(ReadOnlySpan<int> groups)
    {
        var builder = new FixedColumnBuilder<double>(type);
        foreach (int group in groups)
        {
            State state = _states[group];
            if (state.Count == 0)
            {
                builder.AppendNull();
                continue;
            }

            builder.Append(state.Wraps == 0
                ? NumberCasts.Divide(state.Sum, scale, state.Count)
                : (NumberCasts.ToDouble(state.Sum, scale) + (state.Wraps * Width / Math.Pow(10, scale))) / state.Count);
        }

        return (FixedColumn<double>)builder.Finish();
    }

    private FixedColumn<long> Integers(ReadOnlySpan<int> groups, ref Bitmap? failed)
    {
        var builder = new FixedColumnBuilder<long>(type);
        for (int row = 0; row < groups.Length; row++)
        {
            State state = _states[groups[row]];
            if (state.Sum != (long)state.Sum) { Fail(ref failed, row, groups.Length); }

            if (state.Count == 0) { builder.AppendNull(); }
            else { builder.Append(unchecked((long)state.Sum)); }
        }

        return (FixedColumn<long>)builder.Finish();
    }

    private FixedColumn<Int128> Decimals(ReadOnlySpan<int> groups, ref Bitmap? failed)
    {
        var builder = new FixedColumnBuilder<Int128>(type);
        for (int row = 0; row < groups.Length; row++)
        {
            State state = _states[groups[row]];
            if (state.Wraps != 0 || !DecimalSummation.Fits(state.Sum)) { Fail(ref failed, row, groups.Length); }

            if (state.Count == 0) { builder.AppendNull(); }
            else { builder.Append(state.Sum); }
        }

        return (FixedColumn<Int128>)builder.Finish();
    }

    private struct State
    {
        public Int128 Sum;
        public long Count;
        public int Wraps;
    }
}
