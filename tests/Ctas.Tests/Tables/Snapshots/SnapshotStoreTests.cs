using CsCheck;
using Ctas.Data;
using Ctas.Tables;
using Ctas.Tables.Snapshots;

namespace Ctas.Tests.Tables.Snapshots;

public sealed class SnapshotStoreTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ctas-store-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Open_NothingStored_GivesNothing()
    {
        new SnapshotStore(_folder).Open("orders").Should().BeNull();
        new SnapshotStore(Path.Combine(_folder, "not there")).RemoveUnfinished().Should().Be(0);
    }

    [Theory]
    [InlineData(TableModel.Standard)]
    [InlineData(TableModel.Compact)]
    public void Write_AnyRows_AreReadBack(TableModel model)
    {
        var store = new SnapshotStore(_folder);
        TableModelTests.AnyRow.Array[0, 300].Sample(
            rows =>
            {
                ITable table = TestTable.Create(model, TestTable.AllTypes, rows);
                store.Write(Header(table), table.Scan(), CancellationToken.None);

                using SnapshotFile file = store.Open("t")!;
                Batch[] read = [.. file.ReadRows(2, CancellationToken.None)];

                file.Header.Sources[1].Schema.Should().Be(Nested);
                SnapshotHeaderCodec.Write(file.Header).Should().Equal(SnapshotHeaderCodec.Write(Header(table)));
                Texts(read).Should().Equal(Texts(table.Scan()));
            },
            iter: 60,
            threads: 1); // one file
    }

    [Fact]
    public void Write_SeveralGroupsAndPools_AreReadBack()
    {
        var schema = new Schema([new Field("id", DataType.BigInt), new Field("name", DataType.Varchar)], 0);
        Batch[] batches =
        [
            .. Enumerable.Range(0, 5).Select(batch => TestTable.Batch(
                schema, [.. Enumerable.Range(0, 40_000).Select(row => new object?[] { (long)row, $"name {row % (batch + 7)}" })],
                isInterned: batch % 2 == 0)),
            TestTable.Batch(schema, []),
        ];
        var header = new SnapshotHeader("t", "d", schema, 200_000, Guid.NewGuid());
        var store = new SnapshotStore(_folder);

        long bytes = store.Write(header, batches, CancellationToken.None);

        using SnapshotFile file = store.Open("T")!;
        file.Length.Should().Be(bytes);
        IReadOnlyList<Batch> read = file.ReadRows(2, CancellationToken.None);
        Texts(read).Should().Equal(Texts(batches));
        ((StringColumn)read[0][1]).Pool.IsInterned.Should().BeFalse("strings of several pools may be equal");
    }

    [Theory]
    [InlineData(1, 0)]
    [InlineData(2, 0)]
    [InlineData(2, 2_000_000)]
    [InlineData(2, 17_000_000)]
    public void ReadRows_StringsOfSeveralBlocks_AreReadBack(int threads, int longest)
    {
        const int count = 150_000;
        var pool = new StringPool(isInterned: false);
        int[] codes = [.. Enumerable.Range(0, count).Select(row => row % 11 == 0 ? -1 : pool.Add(Text(row)))];
        var validity = new Bitmap(count, value: true);
        for (int row = 0; row < count; row += 11) { validity[row] = false; }

        var batch = new Batch([new StringColumn(DataType.Varchar, codes, count, pool, validity)], count);
        var schema = new Schema([new Field("name", DataType.Varchar)]);
        var store = new SnapshotStore(_folder);
        store.Write(new SnapshotHeader("t", "d", schema, count, Guid.NewGuid()), [batch], CancellationToken.None);

        using SnapshotFile file = store.Open("t")!;
        var read = (StringColumn)file.ReadRows(threads, CancellationToken.None).Single()[0];

        for (int row = 0; row < count; row++)
        {
            string? text = row % 11 == 0 ? null : Text(row);
            if ((read.IsNull(row) ? null : read.Pool.GetString(read.Codes[row])) != text) { Assert.Fail($"Row {row} has another text."); }
        }

        string Text(int row) => row == 70_000 ? new string('x', longest) : row % 5 == 0 ? "" : $"the text of row {row}";
    }

    [Theory]
    [InlineData(TableModel.Standard)]
    [InlineData(TableModel.Compact)]
    public void ReadRows_AnyByteChangedOrMissing_IsNoticed(TableModel model)
    {
        ITable table = TestTable.Create(model, TestTable.AllTypes.WithKey(1), Rows(20));
        var store = new SnapshotStore(_folder);
        store.Write(Header(table), table, CancellationToken.None);
        byte[] whole = File.ReadAllBytes(store.PathOf("t"));

        for (int at = 0; at < whole.Length; at++)
        {
            byte[] damaged = [.. whole];
            damaged[at] ^= (byte)(1 << (at % 8));
            AssertNoticed(store, damaged, $"byte {at} of {whole.Length} was changed");
            AssertNoticed(store, whole[..at], $"{at} of {whole.Length} bytes are left");
        }

        AssertNoticed(store, [.. whole, 0], "a byte was added");
        AssertNoticed(store, [.. whole, .. whole], "it is there twice");
    }

    [Fact]
    public void Write_DiskFullAnywhere_LeavesWhatWasStoredBefore()
    {
        ITable before = TestTable.Create(TableModel.Compact, TestTable.AllTypes, Rows(10));
        ITable after = TestTable.Create(TableModel.Compact, TestTable.AllTypes, Rows(50));
        long bytes = new SnapshotStore(_folder).Write(Header(after), after, CancellationToken.None);
        SnapshotHeader stored = Header(before);
        new SnapshotStore(_folder).Write(stored, before.Scan(), CancellationToken.None);
        FailingFiles[] disks =
        [
            .. Enumerable.Range(0, 40).Select(step => new FailingFiles { Room = step * bytes / 40 }),
            new FailingFiles { FailsToFlush = true },
            new FailingFiles { FailsToRename = true },
        ];

        foreach (FailingFiles disk in disks)
        {
            Action write = () => new SnapshotStore(_folder, disk).Write(Header(after), after, CancellationToken.None);

            write.Should().Throw<IOException>();
            Directory.EnumerateFiles(_folder).Should().ContainSingle();
            using SnapshotFile file = new SnapshotStore(_folder).Open("t")!;
            file.Header.Stamp.Should().Be(stored.Stamp);
            Texts(file.ReadRows(1, CancellationToken.None)).Should().Equal(Texts(before.Scan()));
        }
    }

    [Fact]
    public void Write_Cancelled_LeavesNothing()
    {
        ITable table = TestTable.Create(TableModel.Compact, TestTable.AllTypes, Rows(10));
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();

        Action write = () => new SnapshotStore(_folder).Write(Header(table), table.Scan(), cancelled.Token);

        write.Should().Throw<OperationCanceledException>();
        Directory.EnumerateFiles(_folder).Should().BeEmpty();
    }

    [Fact]
    public void RemoveUnfinished_WhatNobodyHolds_IsRemoved()
    {
        var store = new SnapshotStore(_folder);
        string left = store.PathOf("t") + ".0.unfinished";
        string held = store.PathOf("t") + ".1.unfinished";
        File.WriteAllText(left, "half");
        using (new DiskFiles().Create(held)) { store.RemoveUnfinished().Should().Be(1); }

        File.Exists(left).Should().BeFalse();
        File.Exists(held).Should().BeTrue("another process writes it");
        store.RemoveUnfinished().Should().Be(1);
    }

    [Fact]
    public void PathOf_AnyName_IsAFileInTheFolder()
    {
        var store = new SnapshotStore(_folder);
        string[] names = ["t", "T2", "a/b", "..", "a%2Fb", "straße", "Straße", new string('x', 400), new string('x', 401), " ", "a.b"];

        names.Select(store.PathOf).Should().OnlyContain(path => Path.GetDirectoryName(path) == _folder)
            .And.OnlyContain(path => Path.GetFileName(path).Length < 200);
        store.PathOf("ORDERS").Should().Be(store.PathOf("orders"));
        names.Where(name => name != "Straße").Select(store.PathOf).Should().OnlyHaveUniqueItems();
    }

    [Fact]
    public void Open_FileOfAnotherTable_IsRefused()
    {
        ITable table = TestTable.Create(TableModel.Compact, TestTable.AllTypes, Rows(3));
        var store = new SnapshotStore(_folder);
        store.Write(Header(table), table, CancellationToken.None);
        File.Copy(store.PathOf("t"), store.PathOf("u"));

        store.Invoking(of => of.Open("u")).Should().Throw<SnapshotFormatException>().WithMessage("it holds table \"t\"");
        using SnapshotFile file = store.Open("T")!;
        file.Header.RowCount.Should().Be(3);
    }

    private static void AssertNoticed(SnapshotStore store, byte[] damaged, string because)
    {
        File.WriteAllBytes(store.PathOf("t"), damaged);
        Action read = () =>
        {
            using SnapshotFile file = store.Open("t")!;
            file.ReadTable("t", 1, CancellationToken.None);
        };
        read.Should().Throw<SnapshotFormatException>(because);
    }

    private static object?[][] Rows(int count) =>
    [
        .. Enumerable.Range(0, count).Select(row => new object?[]
        {
            row % 7 == 0 ? null : $"text {row % 4}", row, (long)row << 40, row % 2 == 0, row / 3.0, row + 0.25m,
            new byte[] { (byte)row, 0 }, new DateOnly(2024, 1, 1).AddDays(row), new TimeOnly(1, row % 60),
            DateTime.UnixEpoch.AddHours(row), new Interval(row, 1, -row),
        }),
    ];

    private static SnapshotHeader Header(ITable table) => new(table.Name, "definition", table.Schema, table.RowCount, Guid.Empty)
    {
        CreatedAt = DateTimeOffset.UnixEpoch.AddDays(20_000),
        WhyNotContinued = "it may not",
        Sources =
        [
            new StoredSource("s", "kafka://c/s", null, [new StoredPartition(0, "s[0]", 3, 9)])
            {
                ReadAt = DateTimeOffset.UnixEpoch.AddDays(19_999),
            },
            new StoredSource("i", "kafka://c/i", Nested, []),
        ],
        Inputs = [new StoredInput("other", Guid.Parse("11111111-2222-3333-4444-555555555555"))],
    };

    private static readonly Schema Nested = new(
        [new Field("a", DataType.Array(DataType.Null)), new Field("m", DataType.Map(DataType.Varchar, DataType.Struct([new Field("x", DataType.Decimal(9, 2))])))], 0);

    private static string[] Texts(IEnumerable<Batch> batches) =>
    [
        .. from batch in batches
           from row in Enumerable.Range(0, batch.RowCount)
           select TestTable.Text(Enumerable.Range(0, batch.ColumnCount).Select(ordinal => batch[ordinal].GetValue(row))),
    ];
}
