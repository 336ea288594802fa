using System.Buffers;
using Ctas.Data;
using Ctas.Data.Nested;

namespace Ctas.Execution.State;

/// <summary>How often each value comes in each group. Single-threaded.</summary>
internal sealed class ValueCounts(DataType type)
{
    private readonly KeyNumbers _values = KeyNumbers.Create([type]);

    // A pair of a group and the number of a value is one integer.
    private readonly KeyNumbers _pairs = KeyNumbers.Create([DataType.BigInt]);
    private long[] _counts = [];

    /// <summary>Bytes held.</summary>
    public long SizeInBytes => _values.SizeInBytes + _pairs.SizeInBytes + (_counts.Length * 8L);

    /// <summary>Counts rows; NULLs do not count.</summary>
    /// <param name="values">The values.</param>
    /// <param name="groups">Group of each.</param>
    /// <param name="times">How often each comes; empty for once.</param>
    public void Add(Column values, ReadOnlySpan<int> groups, ReadOnlySpan<long> times)
    {
        int[] numbers = ArrayPool<int>.Shared.Rent(Math.Max(1, groups.Length));
        _values.FindOrAdd([values], numbers.AsSpan(0, groups.Length));
        var pairs = new long[groups.Length];
        for (int row = 0; row < pairs.Length; row++) { pairs[row] = (long)groups[row] << 32 | (uint)numbers[row]; }

        _pairs.FindOrAdd(
            [new FixedColumn<long>(DataType.BigInt, pairs, pairs.Length)], numbers.AsSpan(0, groups.Length));
        if (_pairs.Count > _counts.Length)
        {
            Array.Resize(ref _counts, Math.Max(_pairs.Count, Math.Max(64, _counts.Length * 2)));
        }

        for (int row = 0; row < groups.Length; row++)
        {
            if (!values.IsNull(row)) { _counts[numbers[row]] += times.IsEmpty ? 1 : times[row]; }
        }

        ArrayPool<int>.Shared.Return(numbers);
    }

    /// <summary>Adds the counts of another part.</summary>
    public void Merge(ValueCounts other, ReadOnlySpan<int> mapping)
    {
        ReadOnlySpan<long> pairs = other.Pairs();
        var groups = new int[pairs.Length];
        var numbers = new int[pairs.Length];
        for (int pair = 0; pair < pairs.Length; pair++)
        {
            groups[pair] = mapping[(int)(pairs[pair] >> 32)];
            numbers[pair] = (int)pairs[pair];
        }

        Add(other.Values().Gather(numbers), groups, other._counts.AsSpan(0, pairs.Length));
    }

    /// <summary>Group (upper half) and number of the value (lower half), in the order in which they first came.</summary>
    public ReadOnlySpan<long> Pairs() => ((FixedColumn<long>)_pairs.Keys()[0]).Values;

    /// <summary>The different values by number.</summary>
    public Column Values() => _values.Keys()[0];

    /// <summary>How often the value of a pair came.</summary>
    public long CountOf(int pair) => _counts[pair];
}

/// <summary>MODE: the most frequent value; of equally frequent ones the first that came. NULL of no values.</summary>
internal sealed class ModeAccumulator(DataType type) : Accumulator
{
    private readonly ValueCounts _counts = new(type);

    public override long SizeInBytes => _counts.SizeInBytes;

    public override bool IsOrderSensitive => true;

    public override void Add(ReadOnlySpan<Column> arguments, ReadOnlySpan<int> groups, int groupCount) =>
        _counts.Add(arguments[0], groups, []);

    public override void Merge(Accumulator other, ReadOnlySpan<int> mapping, int groupCount) =>
        _counts.Merge(((ModeAccumulator)other)._counts, mapping);

    public override Column Finish(int groupCount)
    {
        var most = new long[groupCount];
        var values = new int[groupCount];
        Array.Fill(values, -1);
        ReadOnlySpan<long> pairs = _counts.Pairs();
        for (int pair = 0; pair < pairs.Length; pair++)
        {
            int group = (int)(pairs[pair] >> 32);
            if (_counts.CountOf(pair) <= most[group]) { continue; }

            most[group] = _counts.CountOf(pair);
            values[group] = (int)pairs[pair];
        }

        return _counts.Values().Gather(values);
    }
}

/// <summary>HISTOGRAM: a MAP from each value to how often it came. NULL of no values.</summary>
/// <param name="type">The MAP.</param>
internal sealed class HistogramAccumulator(DataType type) : Accumulator
{
    private readonly ValueCounts _counts = new(type.Key!);

    public override long SizeInBytes => _counts.SizeInBytes;

    public override void Add(ReadOnlySpan<Column> arguments, ReadOnlySpan<int> groups, int groupCount) =>
        _counts.Add(arguments[0], groups, []);

    public override void Merge(Accumulator other, ReadOnlySpan<int> mapping, int groupCount) =>
        _counts.Merge(((HistogramAccumulator)other)._counts, mapping);

    public override Column Finish(int groupCount)
    {
        ReadOnlySpan<long> pairs = _counts.Pairs();
        var starts = new int[groupCount + 1];
        foreach (long pair in pairs) { starts[(int)(pair >> 32) + 1]++; }

        for (int group = 0; group < groupCount; group++) { starts[group + 1] += starts[group]; }

        var byGroup = new int[pairs.Length];
        int[] next = starts[..groupCount];
        for (int pair = 0; pair < byGroup.Length; pair++) { byGroup[next[(int)(pairs[pair] >> 32)]++] = pair; }

        return Maps(pairs, new GroupedRows(byGroup, starts));
    }

    private Column Maps(ReadOnlySpan<long> pairs, GroupedRows byGroup)
    {
        Column values = _counts.Values();
        var shape = ValueShape.Of(type);
        var writer = new NestedValueWriter();
        var builder = new StringColumnBuilder(type, new StringPool(isInterned: true));
        for (int group = 0; group < byGroup.Starts.Length - 1; group++)
        {
            writer.Begin(shape);
            foreach (int pair in byGroup.Of(group))
            {
                if (_counts.CountOf(pair) == 0) { continue; }

                writer.WriteFrom(values, (int)pairs[pair]);
                writer.WriteInt64(_counts.CountOf(pair));
            }

            bool isEmpty = writer.ItemCount == 0;
            writer.End();
            if (isEmpty) { builder.AppendNull(); }
            else { builder.Append(writer.Written); }
        }

        return builder.Finish();
    }
}
