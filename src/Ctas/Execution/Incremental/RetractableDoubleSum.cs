using System.Runtime.CompilerServices;
using Ctas.Data;

namespace Ctas.Execution.Incremental;

/// <summary>Maintains SUM and AVG of DOUBLE. NULL of no values.</summary>
/// <remarks>
/// The sum is exact and rounded once, so it neither drifts nor depends on the order of changes. A sum that is computed
/// by adding one value after another differs from it by the roundings of that.
/// </remarks>
/// <param name="isAverage">True for AVG.</param>
internal sealed class RetractableDoubleSum(bool isAverage) : RetractableAccumulator
{
    private State[] _states = [];
    private long _digitBytes;

    public override long SizeInBytes => (_states.Length * (long)Unsafe.SizeOf<State>()) + _digitBytes;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Add(ReadOnlySpan<Column> arguments, ReadOnlySpan<int> groups, int[]? weights, int groupCount)
    {
        Grow(ref _states, groupCount);
        var column = (FixedColumn<double>)arguments[0];
        ReadOnlySpan<double> values = column.Values;
        for (int row = 0; row < groups.Length; row++)
        {
            if (column.IsNull(row)) { continue; }

            int weight = WeightOf(weights, row);
            ref State state = ref _states[groups[row]];
            state.Count += weight;
            _digitBytes -= state.Sum.DigitBytes;
            state.Sum.Add(values[row], weight);
            _digitBytes += state.Sum.DigitBytes;
        }
    }

    public override void Prefetch(ReadOnlySpan<int> groups)
    {
        Prefetch(_states, groups);
        foreach (int group in groups)
        {
            if (group < _states.Length) { _states[group].Sum.Prefetch(); }
        }
    }

    public override void Save(int[] groups, StateWriter state)
    {
        state.Add(StateWriter.Of(Array.ConvertAll(groups, group => _states[group].Count)));
        var numbers = new List<long>();
        foreach (int group in groups) { _states[group].Sum.Save(numbers); }

        state.Add(StateWriter.Of([.. numbers]));
    }

    public override void Restore(int[] groups, StateReader state, int groupCount)
    {
        Grow(ref _states, groupCount);
        ReadOnlySpan<long> counts = StateReader.Numbers(state.Next(DataType.BigInt)[0]);
        ReadOnlySpan<long> numbers = StateReader.Numbers(state.Next(DataType.BigInt)[0]);
        for (int row = 0; row < groups.Length; row++)
        {
            ref State sum = ref _states[groups[row]];
            sum.Count = counts[row];
            sum.Sum = ExactSum.Restore(ref numbers);
            _digitBytes += sum.Sum.DigitBytes;
        }
    }

    public override Column ResultOf(ReadOnlySpan<int> groups, ref Bitmap? failed)
    {
        var builder = new FixedColumnBuilder<double>(DataType.Double);
        foreach (int group in groups)
        {
            ref readonly State state = ref _states[group];
            if (state.Count == 0) { builder.AppendNull(); }
            else { builder.Append(isAverage ? state.Sum.Round() / state.Count : state.Sum.Round()); }
        }

        return builder.Finish();
    }

    public override void Clear(int group)
    {
        if (group >= _states.Length) { return; }

        _digitBytes -= _states[group].Sum.DigitBytes;
        _states[group] = default;
    }

    public override void Forget(ReadOnlySpan<int> groups)
    {
        foreach (int group in groups) { Clear(group); }
    }

    private struct State
    {
        public ExactSum Sum;
        public long Count;
    }
}
