using System.Buffers;
using Ctas.Data;

namespace Ctas.Execution.State;

/// <summary>Gives an aggregate each different value (or row of several arguments) of a group once.</summary>
internal sealed class DistinctAccumulator(IReadOnlyList<DataType> types, Accumulator inner) : Accumulator
{
    // A pair of a group and the number of a value is one integer.
    private readonly KeyNumbers _values = KeyNumbers.Create(types);
    private readonly KeyNumbers _seen = KeyNumbers.Create([DataType.BigInt]);

    public override long SizeInBytes => _values.SizeInBytes + _seen.SizeInBytes + inner.SizeInBytes;

    public override bool IsOrderSensitive => inner.IsOrderSensitive;

    public override bool TakesNulls => inner.TakesNulls;

    public override GroupFailures? Failures => inner.Failures;

    public override void Add(ReadOnlySpan<Column> arguments, ReadOnlySpan<int> groups, int groupCount)
    {
        int[] numbers = ArrayPool<int>.Shared.Rent(Math.Max(1, groups.Length));
        int known = _seen.Count;
        _values.FindOrAdd(arguments, numbers.AsSpan(0, groups.Length));
        var pairs = new long[groups.Length];
        for (int row = 0; row < pairs.Length; row++) { pairs[row] = (long)groups[row] << 32 | (uint)numbers[row]; }

        _seen.FindOrAdd(
            [new FixedColumn<long>(DataType.BigInt, pairs, pairs.Length)], numbers.AsSpan(0, groups.Length));
        int[] first = FirstRows.Of(numbers.AsSpan(0, groups.Length), known, _seen.Count);
        ArrayPool<int>.Shared.Return(numbers);

        var firstGroups = new int[first.Length];
        for (int row = 0; row < first.Length; row++) { firstGroups[row] = groups[first[row]]; }

        inner.Add(Gather(arguments, first), firstGroups, groupCount);
    }

    public override void Merge(Accumulator other, ReadOnlySpan<int> mapping, int groupCount)
    {
        // The pairs of the other one, in the order in which they came, are rows to add.
        var part = (DistinctAccumulator)other;
        ReadOnlySpan<long> pairs = ((FixedColumn<long>)part._seen.Keys()[0]).Values;
        var groups = new int[pairs.Length];
        var numbers = new int[pairs.Length];
        for (int pair = 0; pair < pairs.Length; pair++)
        {
            groups[pair] = mapping[(int)(pairs[pair] >> 32)];
            numbers[pair] = (int)pairs[pair];
        }

        Add(Gather(part._values.Keys(), numbers), groups, groupCount);
    }

    public override Column Finish(int groupCount) => inner.Finish(groupCount);

    private static Column[] Gather(ReadOnlySpan<Column> columns, ReadOnlySpan<int> rows)
    {
        var gathered = new Column[columns.Length];
        for (int column = 0; column < gathered.Length; column++) { gathered[column] = columns[column].Gather(rows); }

        return gathered;
    }
}

/// <summary>Which rows brought new keys.</summary>
internal static class FirstRows
{
    /// <summary>
    /// The first row of every number from <paramref name="known"/> on. New numbers ascend with the rows.
    /// </summary>
    public static int[] Of(ReadOnlySpan<int> numbers, int known, int count)
    {
        var rows = new int[count - known];
        int found = 0;
        for (int row = 0; row < numbers.Length && found < rows.Length; row++)
        {
            if (numbers[row] == known + found) { rows[found++] = row; }
        }

        return rows;
    }
}
