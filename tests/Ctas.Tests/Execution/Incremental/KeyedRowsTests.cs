using Ctas.Data;
using Ctas.Execution.Incremental;

namespace Ctas.Tests.Execution.Incremental;

public sealed class KeyedRowsTests
{
    private static readonly DataType[] Types = [DataType.BigInt, DataType.Int];

    [Theory]
    [InlineData(1, 3, false)]
    [InlineData(2, 40, false)]
    [InlineData(3, 1, true)]
    [InlineData(4, 300, true)]
    public void RandomTicks_KeepRowsOfKeysInOrderAndTheirWeights(int seed, int keyCount, bool isHashedByKey)
    {
        var random = new Random(seed);
        var keys = new RowKeys([DataType.Int], isNullKey: false);
        var rows = new KeyedRows(new RowShape(Types, isHashedByKey ? [0] : []), keys);
        var model = new Dictionary<int, List<(long Id, int Key)>>();
        for (int tick = 0; tick < 150; tick++)
        {
            Dictionary<int, List<(long Id, int Key)>> before = CopyOf(model);
            for (int change = random.Next(60); change > 0; change--) { Change(random, rows, model, keyCount); }

            LoadOne(random, rows, before, model, keyCount);
            foreach (int key in rows.TouchedKeys) { Check(rows, key, before, model); }

            if (random.Next(4) > 0) { rows.Commit(); }
            else
            {
                rows.Rollback();
                model = before;
            }

            Check(rows, model);
        }
    }

    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 30)]
    [InlineData(3, 1_000)]
    public void RandomTicks_OfTwoSidesThatShareKeys_LeaveEachItsRows(int seed, int keyCount)
    {
        var random = new Random(seed);
        var keys = new RowKeys([DataType.Int], isNullKey: false);
        var shape = new RowShape(Types, []);
        KeyedRows[] sides = [new KeyedRows(shape, keys), new KeyedRows(shape, keys, isSecond: true)];
        Dictionary<int, List<(long Id, int Key)>>[] models = [[], []];
        for (int tick = 0; tick < 200; tick++)
        {
            Dictionary<int, List<(long Id, int Key)>>[] before = [.. models.Select(CopyOf)];
            for (int change = random.Next(40); change > 0; change--)
            {
                int changed = random.Next(2);
                Change(random, sides[changed], models[changed], keyCount);
            }

            for (int side = 0; side < 2; side++)
            {
                foreach (int key in sides[side].TouchedKeys) { Check(sides[side], key, before[side], models[side]); }
            }

            bool isKept = random.Next(4) > 0;
            foreach (KeyedRows side in sides)
            {
                if (isKept) { side.Commit(); }
                else { side.Rollback(); }
            }

            if (!isKept) { models = before; }

            for (int side = 0; side < 2; side++) { Check(sides[side], models[side]); }
        }
    }

    [Fact]
    public void SizeInBytes_OfManyRows_IsWhatTheyTake()
    {
        const int Count = 100_000;
        var keys = new RowKeys([DataType.Int], isNullKey: false);
        var rows = new KeyedRows(new RowShape(Types, []), keys);
        var keyColumn = new FixedColumn<int>(DataType.Int, [.. Enumerable.Range(0, Count).Select(row => row / 7)], Count);
        rows.Load(new Batch([new FixedColumn<long>(DataType.BigInt, [.. Enumerable.Range(0, Count).Select(row => (long)row)], Count), keyColumn], Count), new Batch([keyColumn], Count));

        double share = (rows.SizeInBytes + keys.SizeInBytes) / (double)RetainedBytes.Of(rows);

        share.Should().BeInRange(0.95, 1.05);
    }

    private static Dictionary<int, List<(long Id, int Key)>> CopyOf(Dictionary<int, List<(long Id, int Key)>> model) =>
        model.ToDictionary(pair => pair.Key, pair => pair.Value.ToList());

    /// <summary>Inserts a row or takes one away.</summary>
    private static void Change(Random random, KeyedRows rows, Dictionary<int, List<(long Id, int Key)>> model, int keyCount)
    {
        int key = random.Next(keyCount);
        if (!model.TryGetValue(key, out List<(long Id, int Key)>? ofKey)) { model.Add(key, ofKey = []); }

        bool isInsertion = ofKey.Count == 0 || random.Next(9) > 3;
        (long Id, int Key) row = isInsertion ? (random.NextInt64(), key) : ofKey[random.Next(ofKey.Count)];
        if (isInsertion) { ofKey.Add(row); }
        else { ofKey.Remove(row); }

        var keyColumn = new FixedColumn<int>(DataType.Int, [key], 1);
        rows.Add(
            new Batch([new FixedColumn<long>(DataType.BigInt, [row.Id], 1), keyColumn], 1), [keyColumn], [isInsertion ? 1 : -1]);
    }

    /// <summary>Adds a row that turns out to have been there before the tick.</summary>
    private static void LoadOne(
        Random random,
        KeyedRows rows,
        Dictionary<int, List<(long Id, int Key)>> before,
        Dictionary<int, List<(long Id, int Key)>> now,
        int keyCount)
    {
        (long Id, int Key) row = (random.NextInt64(), random.Next(keyCount));
        foreach (Dictionary<int, List<(long Id, int Key)>> model in new[] { before, now })
        {
            if (!model.TryGetValue(row.Key, out List<(long Id, int Key)>? ofKey)) { model.Add(row.Key, ofKey = []); }

            ofKey.Add(row);
        }

        var keyColumn = new FixedColumn<int>(DataType.Int, [row.Key], 1);
        rows.Load(new Batch([new FixedColumn<long>(DataType.BigInt, [row.Id], 1), keyColumn], 1), new Batch([keyColumn], 1));
    }

    private static void Check(KeyedRows rows, Dictionary<int, List<(long Id, int Key)>> model)
    {
        foreach (IGrouping<int, (long Id, int Key)> ofKey in RowsOf(rows, rows.PlacesInOrder()).GroupBy(row => row.Key))
        {
            ofKey.Should().Equal(model[ofKey.Key]);
        }

        rows.Rows.Rows.Count.Should().Be(model.Sum(pair => pair.Value.Count));
    }

    private static void Check(
        KeyedRows rows, int key, Dictionary<int, List<(long Id, int Key)>> before, Dictionary<int, List<(long Id, int Key)>> now)
    {
        var placesBefore = new List<int>();
        var placesNow = new List<int>();
        foreach (int place in rows.RowsOf(key))
        {
            if (rows.Rows.Before(place) > 0) { placesBefore.Add(place); }

            if (rows.Rows.Now(place) > 0) { placesNow.Add(place); }
        }

        int value = (int)rows.KeyColumns([key])[0].GetValue(0)!;
        List<(long Id, int Key)> rowsBefore = before.GetValueOrDefault(value, []);
        RowsOf(rows, [.. placesBefore]).Should().Equal(rowsBefore);
        RowsOf(rows, [.. placesNow]).Should().Equal(now[value]);
        rows.WeightBefore(key).Should().Be(rowsBefore.Count);
        rows.WeightNow(key).Should().Be(now[value].Count);
    }

    private static List<(long Id, int Key)> RowsOf(KeyedRows rows, int[] places)
    {
        Column[] columns = rows.Rows.Rows.Columns(places);
        return [.. places.Select((_, row) => ((long)columns[0].GetValue(row)!, (int)columns[1].GetValue(row)!))];
    }
}
