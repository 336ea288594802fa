using CsCheck;
using Ctas.Data;
using Ctas.Execution.State;
using Ctas.Planning;

namespace Ctas.Tests.Execution;

/// <summary>The rows held are those that a stable sort puts first.</summary>
public sealed class PartitionFirstsTests
{
    [Fact]
    public void Compact_RandomRows_HoldsTheFirstRowsOfEveryPartition() =>
        Gen.Select(
            Gen.Select(Gen.Int[0, 90], Gen.Int[-6, 6]).Array[0, 300], Gen.Bool, Gen.Bool, Gen.Int[1, 5], Gen.Int[1, 50])
            .Sample(
                (rows, isDescending, nullsFirst, wanted, batchRows) =>
                {
                    rows = [.. rows.Select(row => (row.Item1 % (rows.Length % 2 == 0 ? 3 : 91), row.Item2))];
                    var key = new SortKey(new ColumnReference(1, DataType.BigInt), isDescending, nullsFirst);
                    PartitionFirsts firsts = PartitionFirsts.For([DataType.Int], [key], wanted)!;
                    var kept = new List<int>();
                    for (int start = 0; start < rows.Length; start += batchRows)
                    {
                        (int Partition, int Value)[] batch = [.. rows.Skip(start).Take(batchRows)];
                        var passing = new int[batch.Length];
                        int passed = firsts.Add([Partitions(batch)], Values(batch), passing, kept.Count);
                        foreach (int row in passing.AsSpan(0, passed)) { kept.Add(start + row); }

                        // Sometimes half way, as owners do that run out of room.
                        if (start % 3 == 0) { kept = [.. Held(firsts, kept.Count).Select(slot => kept[slot])]; }
                    }

                    int[] held = [.. Held(firsts, kept.Count).Select(slot => kept[slot])];

                    held.Should().Equal(First(rows, isDescending, nullsFirst, wanted).Order());
                },
                iter: 2000);

    // −6 stands for NULL; −5 and 6 for the least and the greatest there are.
    private static Column Values((int Partition, int Value)[] rows)
    {
        var builder = new FixedColumnBuilder<long>(DataType.BigInt);
        foreach ((_, int value) in rows)
        {
            if (value == -6) { builder.AppendNull(); }
            else { builder.Append(value switch { -5 => long.MinValue, 6 => long.MaxValue, _ => value }); }
        }

        return builder.Finish();
    }

    private static FixedColumn<int> Partitions((int Partition, int Value)[] rows) =>
        new(DataType.Int, [.. rows.Select(row => row.Partition)], rows.Length);

    private static IEnumerable<int> First(
        (int Partition, int Value)[] rows, bool isDescending, bool nullsFirst, int wanted) => rows
        .Select((row, number) => (row.Partition, row.Value, Number: number))
        .GroupBy(row => row.Partition)
        .SelectMany(partition => partition
            .OrderBy(row => (row.Value == -6) == nullsFirst ? 0 : 1)
            .ThenBy(row => row.Value == -6 ? 0 : isDescending ? -row.Value : row.Value)
            .ThenBy(row => row.Number)
            .Take(wanted))
        .Select(row => row.Number);

    private static int[] Held(PartitionFirsts firsts, int slots)
    {
        int[] held = firsts.Compact(slots, out int count);
        return held[..count];
    }
}
