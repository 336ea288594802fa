using Ctas.Data;

namespace Ctas.Execution.State;

/// <summary>
/// SUM of intervals: months, days and microseconds apart. NULL of no values; a group whose sum leaves their range has no
/// result.
/// </summary>
/// <param name="type">Type of the result.</param>
/// <param name="call">Text of the aggregate, for that error.</param>
internal sealed class IntervalSumAccumulator(DataType type, string call) : Accumulator
{
    private const int BytesPerGroup = 48;

    private IntervalTotal[] _totals = [];
    private GroupFailures? _failures;

    public override long SizeInBytes => _totals.Length * (long)BytesPerGroup;

    public override GroupFailures? Failures => _failures;

    public override void Add(ReadOnlySpan<Column> arguments, ReadOnlySpan<int> groups, int groupCount)
    {
        Grow(ref _totals, groupCount);
        IntervalTotal.Add(_totals, (FixedColumn<Interval>)arguments[0], groups);
    }

    public override void Merge(Accumulator other, ReadOnlySpan<int> mapping, int groupCount)
    {
        Grow(ref _totals, groupCount);
        IntervalTotal.Merge(_totals, ((IntervalSumAccumulator)other)._totals, mapping);
    }

    public override Accumulator Copy(ReadOnlySpan<int> groups) =>
        new IntervalSumAccumulator(type, call) { _totals = Gathered(_totals, groups) };

    public override Column Finish(int groupCount)
    {
        Grow(ref _totals, groupCount);
        var builder = new FixedColumnBuilder<Interval>(type);
        for (int group = 0; group < groupCount; group++)
        {
            if (_totals[group].Count > 0 && _totals[group].TryGetSum(out Interval sum))
            {
                builder.Append(sum);
                continue;
            }

            builder.AppendNull();
            if (_totals[group].Count == 0) { continue; }

            _failures ??= new GroupFailures(new Bitmap(groupCount), ExecutionErrors.SumOverflow(call));
            _failures.Groups[group] = true;
        }

        return builder.Finish();
    }

    public override void Release() => PooledArrays.Release(ref _totals);
}

/// <summary>
/// AVG of intervals: what does not divide goes on to the smaller unit, a month having 30 days, as in PostgreSQL.
/// </summary>
internal sealed class IntervalAverageAccumulator(DataType type) : Accumulator
{
    private const int BytesPerGroup = 48;
    private const int DaysPerMonth = 30;
    private const long MicrosecondsPerDay = 86_400_000_000;

    private IntervalTotal[] _totals = [];

    public override long SizeInBytes => _totals.Length * (long)BytesPerGroup;

    public override void Add(ReadOnlySpan<Column> arguments, ReadOnlySpan<int> groups, int groupCount)
    {
        Grow(ref _totals, groupCount);
        IntervalTotal.Add(_totals, (FixedColumn<Interval>)arguments[0], groups);
    }

    public override void Merge(Accumulator other, ReadOnlySpan<int> mapping, int groupCount)
    {
        Grow(ref _totals, groupCount);
        IntervalTotal.Merge(_totals, ((IntervalAverageAccumulator)other)._totals, mapping);
    }

    public override Column Finish(int groupCount)
    {
        Grow(ref _totals, groupCount);
        var builder = new FixedColumnBuilder<Interval>(type);
        foreach (IntervalTotal total in _totals.AsSpan(0, groupCount))
        {
            if (total.Count == 0) { builder.AppendNull(); }
            else { builder.Append(Divide(total)); }
        }

        return builder.Finish();
    }

    private static Interval Divide(IntervalTotal sum)
    {
        (long months, long restMonths) = Math.DivRem(sum.Months, sum.Count);
        Int128 days = ((Int128)restMonths * DaysPerMonth) + sum.Days;
        Int128 restDays = days % sum.Count;
        Int128 microseconds = ((restDays * MicrosecondsPerDay) + sum.Microseconds) / sum.Count;
        return new Interval((int)months, (int)(days / sum.Count), (long)microseconds);
    }
}

/// <summary>A number of intervals and the sums of their parts.</summary>
internal struct IntervalTotal
{
    public long Count;
    public long Months;
    public long Days;
    public Int128 Microseconds;

    /// <summary>Adds the values of rows to the totals of their groups.</summary>
    public static void Add(IntervalTotal[] totals, FixedColumn<Interval> column, ReadOnlySpan<int> groups)
    {
        for (int row = 0; row < groups.Length; row++)
        {
            if (column.IsNull(row)) { continue; }

            Interval value = column.Values[row];
            totals[groups[row]].Add(value.Months, value.Days, value.Microseconds, count: 1);
        }
    }

    /// <summary>Adds the totals of other groups.</summary>
    public static void Merge(IntervalTotal[] totals, IntervalTotal[] part, ReadOnlySpan<int> mapping)
    {
        for (int group = 0; group < Math.Min(mapping.Length, part.Length); group++)
        {
            ref IntervalTotal total = ref part[group];
            totals[mapping[group]].Add(total.Months, total.Days, total.Microseconds, total.Count);
        }
    }

    /// <summary>The sum; false when one of its parts leaves its range.</summary>
    public readonly bool TryGetSum(out Interval sum)
    {
        sum = new Interval(unchecked((int)Months), unchecked((int)Days), unchecked((long)Microseconds));
        return sum.Months == Months && sum.Days == Days && sum.Microseconds == Microseconds;
    }

    private void Add(long months, long days, Int128 microseconds, long count)
    {
        Count += count;
        Months += months;
        Days += days;
        Microseconds += microseconds;
    }
}
