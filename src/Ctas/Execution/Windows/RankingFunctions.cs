using System.Diagnostics;
using Ctas.Data;

namespace Ctas.Execution.Windows;

/// <summary>Functions of nothing but the place of a row in its partition. Cost O(rows).</summary>
internal static class RankingFunctions
{
    /// <summary>The results, a row for each row (not position).</summary>
    public static Column Compute(string function, SortedRows rows, Column? argument) => function switch
    {
        "ROW_NUMBER" => Whole(rows, (partition, _, position) => position - partition.Start + 1),
        "RANK" => Whole(rows, (partition, peers, _) => peers.Start - partition.Start + 1),
        "DENSE_RANK" => Whole(rows, (partition, peers, _) => peers.Number - partition.FirstPeers + 1),
        "PERCENT_RANK" => Fraction(rows, (partition, peers) => partition.End - partition.Start == 1
            ? 0
            : (peers.Start - partition.Start) / (double)(partition.End - partition.Start - 1)),
        "CUME_DIST" => Fraction(rows, (partition, peers) =>
            (peers.End - partition.Start) / (double)(partition.End - partition.Start)),
        "NTILE" => Tiles(rows, (FixedColumn<long>)argument!),
        _ => throw new UnreachableException($"No ranking function {function}."),
    };

    private static FixedColumn<long> Whole(SortedRows rows, Func<Range, Peers, int, long> rank)
    {
        var results = new long[rows.Count];
        Visit(rows, (partition, peers) =>
        {
            for (int position = peers.Start; position < peers.End; position++)
            {
                results[rows.Order[position]] = rank(partition, peers, position);
            }
        });
        return new FixedColumn<long>(DataType.BigInt, results, results.Length);
    }

    private static FixedColumn<double> Fraction(SortedRows rows, Func<Range, Peers, double> rank)
    {
        var results = new double[rows.Count];
        Visit(rows, (partition, peers) =>
        {
            double result = rank(partition, peers);
            for (int position = peers.Start; position < peers.End; position++)
            {
                results[rows.Order[position]] = result;
            }
        });
        return new FixedColumn<double>(DataType.Double, results, results.Length);
    }

    private static FixedColumn<long> Tiles(SortedRows rows, FixedColumn<long> counts)
    {
        var results = new long[rows.Count];
        Bitmap? validity = null;
        for (int partition = 0; partition < rows.PartitionCount; partition++)
        {
            int start = rows.PartitionStarts[partition];
            int size = rows.PartitionStarts[partition + 1] - start;
            for (int index = 0; index < size; index++)
            {
                int row = rows.Order[start + index];
                if (counts.IsNull(row))
                {
                    validity ??= new Bitmap(rows.Count, value: true);
                    validity[row] = false;
                    continue;
                }

                results[row] = Tile(index, size, counts.Values[row]);
            }
        }

        return new FixedColumn<long>(DataType.BigInt, results, results.Length, validity);
    }

    /// <summary>The first tiles are longer by one row when the rows cannot be dealt out evenly.</summary>
    private static long Tile(int index, int size, long tiles)
    {
        if (tiles <= 0) { throw ExecutionErrors.TileCount(tiles); }

        long length = size / tiles;
        long longer = size % tiles;
        long inLonger = longer * (length + 1);
        return index < inLonger ? (index / (length + 1)) + 1 : longer + ((index - inLonger) / length) + 1;
    }

    private static void Visit(SortedRows rows, Action<Range, Peers> visit)
    {
        int peers = 0;
        for (int number = 0; number < rows.PartitionCount; number++)
        {
            var partition = new Range(rows.PartitionStarts[number], rows.PartitionStarts[number + 1], peers);
            for (; rows.PeerStarts[peers] < partition.End; peers++)
            {
                visit(partition, new Peers(rows.PeerStarts[peers], rows.PeerStarts[peers + 1], peers));
            }
        }
    }

    /// <summary>Positions [Start, End) of a partition, and the number of its first group of peers.</summary>
    private readonly record struct Range(int Start, int End, int FirstPeers);

    /// <summary>Positions [Start, End) of a group of peers.</summary>
    private readonly record struct Peers(int Start, int End, int Number);
}
