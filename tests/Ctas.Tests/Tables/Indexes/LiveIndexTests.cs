using CsCheck;
using Ctas.Data;
using Ctas.Tables;
using Ctas.Tables.Versions;
using Ctas.Tests.Tables.Versions;

namespace Ctas.Tests.Tables.Indexes;

/// <summary>Indexes of tables that are kept fresh: every version finds what a plain list of its rows has.</summary>
public sealed class LiveIndexTests
{
    private static readonly Schema Schema = new(
    [
        new Field("id", DataType.BigInt), new Field("city", DataType.Varchar), new Field("n", DataType.BigInt),
        new Field("d", DataType.Decimal(30, 2)),
    ], [0]);

    private static readonly Schema Asked = new([new Field("n", DataType.BigInt)]);

    private static readonly string?[] Cities =
        [null, "", "B", "Berlin", "Berlin-Mitte", "Berlin-Moabit", "Bern", "Zürich am See", "Zürich am Berg", "Zürich\0am Berg"];

    private static readonly IndexDefinition[] Indexes =
    [
        new(new OrdinalList(1, 2), IndexKind.Ordered), new(new OrdinalList(2), IndexKind.Ordered), new(new OrdinalList(3), IndexKind.Ordered),
        new(new OrdinalList(1), IndexKind.Hash), new(new OrdinalList(2, 1), IndexKind.Hash),
    ];

    private static readonly Gen<(int Weight, object?[] Row)> AnyChange =
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 60], Gen.Int[0, 9], Gen.Int[-3, 3]).Select((deletion, id, city, n) =>
            (deletion == 0 ? -1 : 1, (object?[])[(long)id, Cities[city], (long)n, n == 0 ? null : n * (city % 2 == 0 ? 1.00m : 1e20m * 1.00m)]));

    [Theory]
    [InlineData(TableModel.Standard)]
    [InlineData(TableModel.Compact)]
    public void Find_RandomChanges_EveryVersionFindsWhatItHas(TableModel model) =>
        Gen.Select(AnyChange.Array[0, 40].Array[0, 10], Gen.Int[0, 9]).Sample((history, indexedAt) =>
        {
            var table = new WriterModel(
                model, Schema, [.. history.Take(1).SelectMany(batch => batch).Select(change => change.Row)],
                new WriterOptions { OpenRows = 8, MergesBesideWriter = false });
            int tick = 0;
            foreach ((int, object?[])[] changes in history.Skip(1))
            {
                if (tick++ == indexedAt) { AddIndexes(table.Writer.Current); }

                table.Apply(changes);
                table.Publish();
            }

            AddIndexes(table.Writer.Current);
            table.ForEachVersion(CheckSearches);
        }, iter: 150);

    [Theory]
    [InlineData(TableModel.Standard)]
    [InlineData(TableModel.Compact)]
    public void Find_ThousandsOfChanges_OldVersionsStay(TableModel model)
    {
        var random = new Random(3);
        var table = new WriterModel(model, Schema, [.. Enumerable.Range(0, 4_000).Select(RowOf)], new WriterOptions { OpenRows = 128 });
        AddIndexes(table.Writer.Current);
        for (int tick = 0; tick < 80; tick++)
        {
            table.Apply([.. Enumerable.Range(0, 300).Select(_ => (random.Next(4) == 0 ? -1 : 1, RowOf(random.Next(6_000))))]);
            table.Publish();
        }

        table.ForEachVersion((version, rows) => { if (version.Version % 9 == 0) { CheckSearches(version, rows); } });

        object?[] RowOf(int id) => [(long)id, Cities[random.Next(Cities.Length)], (long)random.Next(-50, 50), random.Next(1000) * 1.00m];
    }

    [Theory]
    [InlineData(TableModel.Standard)]
    [InlineData(TableModel.Compact)]
    public async Task Find_WhileOneWriterChangesEverything_SeesWholeVersions(TableModel model)
    {
        const int keys = 1_000;
        var registry = new TableRegistry();
        ITable loaded = TestTable.Create(model, Schema, [.. Enumerable.Range(0, keys).Select(id => RowOf(id, 0))]);
        AddIndexes((Table)loaded);
        registry.Register(new TableRegistration(loaded) { IsLive = true });
        TableWriter writer = TableWriter.Continue(loaded, new WriterOptions { OpenRows = 256 });
        using var done = new CancellationTokenSource();
        long[] checks = new long[2];
        Task[] readers = [.. Enumerable.Range(0, checks.Length).Select(reader => Task.Run(() =>
        {
            while (!done.IsCancellationRequested)
            {
                ITable version = registry["t"].Snapshot();
                long tick = version.Rows.First().Get<long>(2);
                version.FindRows("n", tick).Count().Should().Be(keys);
                version.FindRows("n", tick - 1).Should().BeEmpty();
                version.FindRows(["n", "city"], [tick, "Bern"]).Count(row => row.Get<long>(0) % 10 == 6).Should().Be(keys / 10);
                version.Prefix("city", "Ber").Count().Should().Be(keys * 4 / 10);
                BatchSearch byTick = new((Table)version, new OrdinalList(2), isKey: false);
                byTick.TryFind([TestTable.Batch(Asked, [[tick], [tick + 1], [tick - 1]])], long.MaxValue).Should().HaveCount(keys);
                Interlocked.Increment(ref checks[reader]);
            }
        }))];
        for (int tick = 1; (tick <= 100 || checks.AsSpan().ContainsAnyInRange(0, 10)) && !readers.Any(r => r.IsFaulted); tick++)
        {
            writer.Apply(new ChangeBatch(TestTable.Batch(Schema, [.. Enumerable.Range(0, keys).Select(id => RowOf(id, tick))])));
            registry.Advance([new TableAdvance(writer.Publish())]);
        }

        await done.CancelAsync();
        await Task.WhenAll(readers);

        static object?[] RowOf(int id, long n) => [(long)id, Cities[id % 10], n, null];
    }

    [Theory]
    [InlineData(TableModel.Standard)]
    [InlineData(TableModel.Compact)]
    public void Publish_LargeTable_CostsWhatASmallOneCosts(TableModel model)
    {
        long small = BytesOfAChange(model, rows: 2_000);
        long large = BytesOfAChange(model, rows: 200_000);

        large.Should().BeLessThan(small * 2, "a change copies the way from the root to a leaf, which is hardly longer");
    }

    [Theory]
    [InlineData(TableModel.Standard)]
    [InlineData(TableModel.Compact)]
    public void Memory_IndexThatChangedForLong_IsThatOfOneMadeAnew(TableModel model)
    {
        TableWriter writer = TableWriter.Continue(TestTable.Create(model, Schema, Rows(50_000)), new WriterOptions { MergesBesideWriter = false });
        AddIndexes(writer.Current);
        foreach (object?[][] changed in Rows(50_000).Chunk(500))
        {
            writer.Apply(new ChangeBatch(TestTable.Batch(Schema, [.. changed.Select(row => (object?[])[row[0], row[1], (long)row[2]! + 7, row[3]])])));
            writer.Publish();
        }

        long followed = writer.Current.Memory.SecondaryIndexes;
        ITable anew = TestTable.Create(model, Schema, [.. writer.Current.Rows.Select(TestTable.Values)]);
        AddIndexes((Table)anew);

        followed.Should().BeInRange(anew.Memory.SecondaryIndexes, anew.Memory.SecondaryIndexes * 2);
    }

    private static long BytesOfAChange(TableModel model, int rows)
    {
        TableWriter writer = TableWriter.Continue(TestTable.Create(model, Schema, Rows(rows)), new WriterOptions { MergesBesideWriter = false });
        AddIndexes(writer.Current);
        for (int warmUp = 0; warmUp < 3; warmUp++) { Change(warmUp); }

        int change = 3;
        return Allocations.Of(() => Change(change++));

        void Change(int tick)
        {
            writer.Apply(new ChangeBatch(TestTable.Batch(Schema, [[(long)rows / 2, "Bern", -1000L - tick, 5m]])));
            writer.Publish();
        }
    }

    private static object?[][] Rows(int count) =>
        [.. Enumerable.Range(0, count).Select(id => (object?[])[(long)id, $"city {id * 7919L % count}", (long)id, (decimal)id])];

    private static void AddIndexes(Table version)
    {
        foreach (IndexDefinition index in Indexes) { version.AddIndex(index); }
    }

    private static void CheckSearches(ITable version, IReadOnlyCollection<object?[]> rows)
    {
        foreach (string city in Cities.OfType<string>())
        {
            Ids(version.FindRows("city", city)).Should().Equal(Ids(rows, row => (string?)row[1] == city));
            Ids(version.Prefix("city", city)).Should().Equal(
                Ids(rows, row => row[1] is string text && text.StartsWith(city, StringComparison.Ordinal)));
            Ids(version.FindRows(["n", "city"], [2, city])).Should().Equal(
                Ids(rows, row => (string?)row[1] == city && (long)row[2]! == 2));
        }

        Row[] range = [.. version.Range("n", -1, 2)];
        Ids(range).Should().Equal(Ids(rows, row => (long)row[2]! is >= -1 and < 2));
        range.Select(row => row.Get<long>(2)).Should().BeInAscendingOrder();
        Ids(version.Range("d", 1m, KeyValue.Null)).Should().Equal(Ids(rows, row => row[3] is decimal exact && exact >= 1));
        version.Prefix("city", "").Select(row => row.GetString(1)!).Should().BeInAscendingOrder(StringComparer.Ordinal);
        CheckBatchSearches((Table)version, rows);
    }

    /// <summary>What joins ask: the rows for many keys at once, some of them NULL, some twice.</summary>
    private static void CheckBatchSearches(Table version, IReadOnlyCollection<object?[]> rows)
    {
        object?[][] keys = [.. Enumerable.Range(-3, 9).Select(n => (object?[])[(long)n, Cities[(n + 3) % Cities.Length]]), [null, null], [2L, "Bern"], [2L, "Bern"]];
        Schema asked = new([new Field("n", DataType.BigInt), new Field("city", DataType.Varchar)]);
        Batch[] batches = [TestTable.Batch(asked, keys[..4]), TestTable.Batch(asked, keys[4..])];

        Check([0], isKey: true, [0], row => keys.Any(key => Equals(key[0], row[0])));
        Check([2], isKey: false, [0], row => keys.Any(key => Equals(key[0], row[2])));
        Check([1], isKey: false, [1], row => row[1] is not null && keys.Any(key => Equals(key[1], row[1])));
        Check([2, 1], isKey: false, [0, 1], row => row[1] is not null && keys.Any(key => Equals(key[0], row[2]) && Equals(key[1], row[1])));

        void Check(int[] columns, bool isKey, int[] of, Func<object?[], bool> condition)
        {
            int[]? found = new BatchSearch(version, new OrdinalList(columns), isKey)
                .TryFind([.. batches.Select(batch => batch.Select(of))], long.MaxValue);
            if (!isKey && version.Indexes.IsEmpty)
            {
                found.Should().BeNull("a version from before the index has none");
                return;
            }

            found.Should().BeInAscendingOrder();
            Ids(found!.Select(row => new Row(version.Store, row))).Should().Equal(Ids(rows, condition));
        }
    }

    private static long[] Ids(IEnumerable<object?[]> rows, Func<object?[], bool> condition) =>
        [.. rows.Where(condition).Select(row => (long)row[0]!).Order()];

    private static long[] Ids(IEnumerable<Row> rows) => [.. rows.Select(row => row.Get<long>(0)).Order()];
}
