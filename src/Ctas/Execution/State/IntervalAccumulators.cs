using Ctas.Data;

namespace Ctas.Execution.State;

/// <summary>Adds months, days and microseconds apart.</summary>
internal readonly struct IntervalSummation : ISummation<Interval, Interval>
{
    public static int Add(ref Interval sum, Interval value)
    {
        long months = (long)sum.Months + value.Months;
        long days = (long)sum.Days + value.Days;
        int wraps = BigIntSum(sum.Microseconds, value.Microseconds, out long microseconds);
        sum = new Interval(unchecked((int)months), unchecked((int)days), microseconds);
        return wraps != 0 || months != sum.Months || days != sum.Days ? 1 : 0;
    }

    public static int Merge(ref Interval sum, Interval other) => Add(ref sum, other);

    public static bool Fits(Interval sum) => true;

    private static int BigIntSum(long left, long right, out long sum)
    {
        sum = left;
        return BigIntSummation.Add(ref sum, right);
    }
}

/// <summary>
/// AVG of intervals: what does not divide goes on to the smaller unit, a month having 30 days, as in PostgreSQL.
/// </summary>
internal sealed class IntervalAverageAccumulator(DataType type) : Accumulator
{
    private const int BytesPerGroup = 48;
    private const int DaysPerMonth = 30;
    private const long MicrosecondsPerDay = 86_400_000_000;

    private State[] _states = [];

    public override long SizeInBytes => _states.Length * (long)BytesPerGroup;

    public override void Add(ReadOnlySpan<Column> arguments, ReadOnlySpan<int> groups, int groupCount)
    {
        Grow(ref _states, groupCount);
        var column = (FixedColumn<Interval>)arguments[0];
        for (int row = 0; row < groups.Length; row++)
        {
            if (column.IsNull(row)) { continue; }

            Interval value = column.Values[row];
            _states[groups[row]].Add(value.Months, value.Days, value.Microseconds, count: 1);
        }
    }

    public override void Merge(Accumulator other, ReadOnlySpan<int> mapping, int groupCount)
    {
        Grow(ref _states, groupCount);
        State[] part = ((IntervalAverageAccumulator)other)._states;
        for (int group = 0; group < Math.Min(mapping.Length, part.Length); group++)
        {
            ref State state = ref part[group];
            _states[mapping[group]].Add(state.Months, state.Days, state.Microseconds, state.Count);
        }
    }

    public override Column Finish(int groupCount)
    {
        Grow(ref _states, groupCount);
        var builder = new FixedColumnBuilder<Interval>(type);
        foreach (State state in _states.AsSpan(0, groupCount))
        {
            if (state.Count == 0) { builder.AppendNull(); }
            else { builder.Append(Divide(state)); }
        }

        return builder.Finish();
    }

    private static Interval Divide(State sum)
    {
        (long months, long restMonths) = Math.DivRem(sum.Months, sum.Count);
        Int128 days = ((Int128)restMonths * DaysPerMonth) + sum.Days;
        Int128 restDays = days % sum.Count;
        Int128 microseconds = ((restDays * MicrosecondsPerDay) + sum.Microseconds) / sum.Count;
        return new Interval((int)months, (int)(days / sum.Count), (long)microseconds);
    }

    private struct State
    {
        public long Count;
        public long Months;
        public long Days;
        public Int128 Microseconds;

        public void Add(long months, long days, Int128 microseconds, long count)
        {
            Count += count;
            Months += months;
            Days += days;
            Microseconds += microseconds;
        }
    }
}
