using System.Runtime.CompilerServices;
using Ctas.Data;

namespace Ctas.Execution.Incremental;

/// <summary>Maintains COUNT(*), COUNT(x), and the number of rows for which a condition is TRUE.</summary>
/// <param name="isCondition">True when the argument is a condition.</param>
internal sealed class RetractableCount(bool isCondition) : RetractableAccumulator
{
    private long[] _counts = [];

    public override long SizeInBytes => _counts.Length * 8L;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Add(ReadOnlySpan<Column> arguments, ReadOnlySpan<int> groups, int[]? weights, int groupCount)
    {
        Grow(ref _counts, groupCount);
        Column? argument = arguments.IsEmpty ? null : arguments[0];

        // NULL rows hold false.
        ReadOnlySpan<bool> isTrue = isCondition ? ((FixedColumn<bool>)argument!).Values : [];
        for (int row = 0; row < groups.Length; row++)
        {
            bool counts = isCondition ? isTrue[row] : argument is null || !argument.IsNull(row);
            if (counts) { _counts[groups[row]] += WeightOf(weights, row); }
        }
    }

    public override void Prefetch(ReadOnlySpan<int> groups) => Prefetch(_counts, groups);

    public override void Forget(ReadOnlySpan<int> groups) => Reset(_counts, groups);

    public override void Save(int[] groups, StateWriter state) => state.Add(StateWriter.Of(Array.ConvertAll(groups, group => _counts[group])));

    public override void Restore(int[] groups, StateReader state, int groupCount)
    {
        Grow(ref _counts, groupCount);
        ReadOnlySpan<long> counts = StateReader.Numbers(state.Next(DataType.BigInt)[0]);
        for (int row = 0; row < groups.Length; row++) { _counts[groups[row]] = counts[row]; }
    }

    public override Column ResultOf(ReadOnlySpan<int> groups, ref Bitmap? failed)
    {
        var counts = new long[groups.Length];
        for (int row = 0; row < counts.Length; row++) { counts[row] = _counts[groups[row]]; }

        return new FixedColumn<long>(DataType.BigInt, counts, counts.Length);
    }
}

/// <summary>Maintains BOOL_AND and BOOL_OR by counting both values. NULL of no values.</summary>
/// <param name="isAnd">True for BOOL_AND.</param>
internal sealed class RetractableTruth(bool isAnd) : RetractableAccumulator
{
    private (long True, long False)[] _counts = [];

    public override long SizeInBytes => _counts.Length * 16L;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public override void Add(ReadOnlySpan<Column> arguments, ReadOnlySpan<int> groups, int[]? weights, int groupCount)
    {
        Grow(ref _counts, groupCount);
        var column = (FixedColumn<bool>)arguments[0];
        ReadOnlySpan<bool> values = column.Values;
        for (int row = 0; row < groups.Length; row++)
        {
            if (column.IsNull(row)) { continue; }

            if (values[row]) { _counts[groups[row]].True += WeightOf(weights, row); }
            else { _counts[groups[row]].False += WeightOf(weights, row); }
        }
    }

    public override void Prefetch(ReadOnlySpan<int> groups) => Prefetch(_counts, groups);

    public override void Forget(ReadOnlySpan<int> groups) => Reset(_counts, groups);

    public override void Save(int[] groups, StateWriter state) => state.Add(
        StateWriter.Of(Array.ConvertAll(groups, group => _counts[group].True)),
        StateWriter.Of(Array.ConvertAll(groups, group => _counts[group].False)));

    public override void Restore(int[] groups, StateReader state, int groupCount)
    {
        Grow(ref _counts, groupCount);
        Batch saved = state.Next(DataType.BigInt, DataType.BigInt);
        for (int row = 0; row < groups.Length; row++)
        {
            _counts[groups[row]] = (StateReader.Numbers(saved[0])[row], StateReader.Numbers(saved[1])[row]);
        }
    }

    public override Column ResultOf(ReadOnlySpan<int> groups, ref Bitmap? failed)
    {
        var builder = new FixedColumnBuilder<bool>(DataType.Boolean);
        foreach (int group in groups)
        {
            (long yes, long no) = _counts[group];
            if (yes == 0 && no == 0) { builder.AppendNull(); }
            else { builder.Append(isAnd ? no == 0 : yes > 0); }
        }

        return builder.Finish();
    }
}
