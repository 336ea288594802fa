using CsCheck;
using Ctas.Data;
using Ctas.Execution.State;
using Ctas.Planning;

namespace Ctas.Tests.Execution;

/// <summary>What passes holds every row that a sort would put first.</summary>
public sealed class PartitionThresholdsTests
{
    [Fact]
    public void Passing_RandomRows_HoldsTheFirstRowsOfEveryPartition() =>
        Gen.Select(
            Gen.Select(Gen.Int[0, 4], Gen.Int[-6, 6]).Array[0, 200], Gen.Bool, Gen.Int[1, 4], Gen.Int[1, 50])
            .Sample(
                (rows, isDescending, wanted, batchRows) =>
                {
                    var key = new SortKey(
                        new ColumnReference(1, DataType.Double), isDescending, NullsFirst: isDescending);
                    PartitionThresholds thresholds = PartitionThresholds.For([DataType.Int], [key, key], wanted)!;
                    var passed = new HashSet<int>();
                    for (int start = 0; start < rows.Length; start += batchRows)
                    {
                        (int Partition, int Value)[] batch = [.. rows.Skip(start).Take(batchRows)];
                        int[]? passing = thresholds.Passing([Partitions(batch)], Values(batch));
                        passed.UnionWith(
                            (passing ?? [.. Enumerable.Range(0, batch.Length)]).Select(row => start + row));
                    }

                    First(rows, isDescending, wanted).Should().BeSubsetOf(passed);
                },
                iter: 500);

    [Fact]
    public void Passing_LaterRowsAreGreater_DropsThemAndKeepsTies()
    {
        var key = new SortKey(new ColumnReference(1, DataType.Double), IsDescending: false, NullsFirst: false);
        PartitionThresholds thresholds = PartitionThresholds.For([DataType.Int], [key, key], 2)!;

        thresholds.Passing([Partitions([(1, 0), (1, 1), (2, 9)])], Values([(1, 0), (1, 1), (2, 9)])).Should().BeNull();
        thresholds.Passing([Partitions([(1, 5), (2, 20), (1, 1), (2, 21)])], Values([(1, 5), (2, 20), (1, 1), (2, 21)]))
            .Should().Equal(1, 2);
    }

    // −6 stands for NULL.
    private static Column Values((int Partition, int Value)[] rows)
    {
        var builder = new FixedColumnBuilder<double>(DataType.Double);
        foreach ((_, int value) in rows)
        {
            if (value == -6) { builder.AppendNull(); }
            else { builder.Append(value); }
        }

        return builder.Finish();
    }

    private static FixedColumn<int> Partitions((int Partition, int Value)[] rows) =>
        new(DataType.Int, [.. rows.Select(row => row.Partition)], rows.Length);

    private static IEnumerable<int> First((int Partition, int Value)[] rows, bool isDescending, int wanted) => rows
        .Select((row, number) => (row.Partition, Value: row.Value == -6 ? (double?)null : row.Value, Number: number))
        .GroupBy(row => row.Partition)
        .SelectMany(partition => (isDescending
                ? partition.OrderBy(row => row.Value is null ? 0 : 1).ThenByDescending(row => row.Value)
                : partition.OrderBy(row => row.Value is null ? 1 : 0).ThenBy(row => row.Value))
            .ThenBy(row => row.Number).Take(wanted))
        .Select(row => row.Number);
}
