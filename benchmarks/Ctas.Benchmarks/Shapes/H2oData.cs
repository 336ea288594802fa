using System.Globalization;
using Ctas.Data;

namespace Ctas.Benchmarks.Shapes;

/// <summary>The data of the group-by and join questions of the h2o.ai database benchmark, from a fixed seed.</summary>
/// <remarks>
/// As its generator describes them: K = 100 groups, no NULLs, not sorted. Of the keys of a join, nine tenths are on
/// both sides and one tenth on each side only. Source: github.com/duckdblabs/db-benchmark.
/// </remarks>
internal static class H2oData
{
    private const int Groups = 100;

    /// <summary>The one table of the group-by questions.</summary>
    public static H2oTable GroupBy(int rows)
    {
        var random = new Random(108);
        int many = Math.Max(1, rows / Groups);
        return H2oTable.Of(
            "g",
            ("id1", H2oTable.Texts(Sample(random, rows, Groups), Short)),
            ("id2", H2oTable.Texts(Sample(random, rows, Groups), Short)),
            ("id3", H2oTable.Texts(Sample(random, rows, many), Long)),
            ("id4", H2oTable.Ints(Sample(random, rows, Groups))),
            ("id5", H2oTable.Ints(Sample(random, rows, Groups))),
            ("id6", H2oTable.Ints(Sample(random, rows, many))),
            ("v1", H2oTable.Ints(Sample(random, rows, 5))),
            ("v2", H2oTable.Ints(Sample(random, rows, 15))),
            ("v3", H2oTable.Doubles(Measures(random, rows))));
    }

    /// <summary>The tables of the join questions: x, small (N / 10⁶ rows, here at least 10), medium (N / 10³), big (N).</summary>
    public static IReadOnlyList<H2oTable> Join(int rows)
    {
        var random = new Random(109);
        var few = new JoinKeys(random, Math.Max(10, rows / 1_000_000));
        var some = new JoinKeys(random, Math.Max(10, rows / 1000));
        var many = new JoinKeys(random, rows);
        return
        [
            Keyed("x", "v1", random, few.Left(rows), some.Left(rows), many.Left(rows)),
            Keyed("small", "v2", random, few.Right(few.Count)),
            Keyed("medium", "v2", random, few.Right(some.Count), some.Right(some.Count)),
            Keyed("big", "v2", random, few.Right(rows), some.Right(rows), many.Right(rows)),
        ];
    }

    // Columns id1 … are the keys, id4 … their texts.
    private static H2oTable Keyed(string name, string measure, Random random, params int[][] keys) => H2oTable.Of(
        name,
        [
            .. keys.Select((values, key) => ($"id{key + 1}", H2oTable.Ints(values))),
            .. keys.Select((values, key) => ($"id{key + 4}", H2oTable.Texts(values, Key))),
            (measure, H2oTable.Doubles(Measures(random, keys[0].Length))),
        ]);

    private static string Short(int id) => string.Create(CultureInfo.InvariantCulture, $"id{id:000}");

    private static string Long(int id) => string.Create(CultureInfo.InvariantCulture, $"id{id:0000000000}");

    private static string Key(int id) => string.Create(CultureInfo.InvariantCulture, $"id{id}");

    private static int[] Sample(Random random, int rows, int most)
    {
        int[] values = new int[rows];
        for (int row = 0; row < rows; row++) { values[row] = random.Next(1, most + 1); }

        return values;
    }

    private static double[] Measures(Random random, int rows)
    {
        double[] values = new double[rows];
        for (int row = 0; row < rows; row++) { values[row] = Math.Round(random.NextDouble() * 100, 6); }

        return values;
    }

    /// <summary>So many keys: common ones first, then those of the left side only, then those of the right one.</summary>
    private sealed class JoinKeys
    {
        private readonly Random _random;
        private readonly int[] _keys;
        private readonly int _shared;
        private readonly int _single;

        public JoinKeys(Random random, int count)
        {
            _random = random;
            Count = count;
            _single = Math.Max(1, count / 10);
            _shared = count - _single;
            _keys = [.. Enumerable.Range(1, count + _single)];
            random.Shuffle(_keys);
        }

        /// <summary>Different keys of a side.</summary>
        public int Count { get; }

        public int[] Left(int rows) => Side(rows, 0);

        public int[] Right(int rows) => Side(rows, _single);

        // Every key once, then at random, in no order.
        private int[] Side(int rows, int skipped)
        {
            int[] values = new int[rows];
            for (int row = 0; row < rows; row++)
            {
                int key = row < Count ? row : _random.Next(Count);
                values[row] = _keys[key < _shared ? key : key + skipped];
            }

            _random.Shuffle(values);
            return values;
        }
    }
}
