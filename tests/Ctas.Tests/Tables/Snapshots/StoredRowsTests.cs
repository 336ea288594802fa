using CsCheck;
using Ctas.Data;
using Ctas.Tables;
using Ctas.Tables.Snapshots;

namespace Ctas.Tests.Tables.Snapshots;

/// <summary>A standard table is stored by its rows and an index of their keys, and is the same table when it is read back.</summary>
public sealed class StoredRowsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ctas-rows-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData]
    [InlineData(1)]
    [InlineData(0, 2)]
    public void ReadTable_AnyHistory_IsTheTableThatWasWritten(params int[] key)
    {
        Schema schema = TestTable.AllTypes.WithKey(key);
        TableModelTests.AnyRow.Array[0, 60].Array[0, 4].Sample(
            batches =>
            {
                using var builder = TableBuilder.Create(TableModel.Standard, "t", schema);
                foreach (object?[][] batch in batches)
                {
                    builder.Append(new ChangeBatch(TestTable.Batch(schema, batch)));

                    // Every other row goes again, so that rows are numbered anew when they are stored.
                    object?[][] gone = [.. batch.Where((_, row) => row % 2 == 1)];
                    if (key.Length > 0) { builder.Append(new ChangeBatch(TestTable.Batch(schema, gone), Selection: null, [.. gone.Select(_ => -1)])); }
                }

                ITable written = builder.Complete();

                Table read = WriteAndRead(written);

                TestTable.ScanText(read).Should().Equal(TestTable.ScanText(written));
                read.RowCount.Should().Be(written.RowCount);
                if (key.Length > 0) { ShouldFind(written, read, batches.SelectMany(batch => batch), key); }
            },
            iter: 60,
            threads: 1); // one file
    }

    [Fact]
    public void ReadTable_SeveralPartsOfTheIndex_FindsEachKey()
    {
        const int rows = 200_000;
        Schema schema = new([new("id", DataType.BigInt), new("name", DataType.Varchar)], 0);
        using var builder = TableBuilder.Create(TableModel.Standard, "t", schema, hasUniqueKeys: true);
        for (int start = 0; start < rows; start += 50_000)
        {
            builder.Append(new ChangeBatch(TestTable.Batch(
                schema, [.. Enumerable.Range(start, 50_000).Select(id => new object?[] { id * 3L, $"name {id % 7}" })])));
        }

        Table read = WriteAndRead(builder.Complete());

        for (long id = 0; id < rows * 3L; id++)
        {
            if (read.TryGet(id, out Row row) != (id % 3 == 0)) { Assert.Fail($"Key {id} is wrong."); }

            if (id % 3 == 0 && (string?)row["name"] != $"name {id / 3 % 7}") { Assert.Fail($"Key {id} leads to another row."); }
        }
    }

    [Fact]
    public void ReadTable_KeyedRowsWithoutIndex_IsRefused()
    {
        ITable table = TestTable.Create(TableModel.Standard, TestTable.AllTypes.WithKey(1));
        var store = new SnapshotStore(_folder);
        store.Write(Header(table), table.Scan(), CancellationToken.None);

        using SnapshotFile file = store.Open("t")!;

        file.Invoking(of => of.ReadTable("t", 1, CancellationToken.None)).Should().Throw<SnapshotFormatException>().WithMessage("0 parts make no index");
    }

    /// <summary>Holds that each key of some rows leads to the same row in two tables, or to none in both.</summary>
    internal static void ShouldFind(ITable written, ITable read, IEnumerable<object?[]> rows, int[] key)
    {
        foreach (object?[] row in rows)
        {
            TableKey of = TestTable.Key(key.Select(ordinal => row[ordinal]));
            bool isThere = written.TryGet(of, out Row expected);
            read.TryGet(of, out Row actual).Should().Be(isThere);
            if (isThere) { TestTable.Text(TestTable.Values(actual)).Should().Be(TestTable.Text(TestTable.Values(expected))); }
        }
    }

    private Table WriteAndRead(ITable table)
    {
        var store = new SnapshotStore(_folder);
        store.Write(Header(table), table, CancellationToken.None);
        using SnapshotFile file = store.Open("t")!;
        return file.ReadTable("t", 2, CancellationToken.None);
    }

    private static SnapshotHeader Header(ITable table) => new("t", "definition", table.Schema, table.RowCount, Guid.NewGuid());
}
