using System.Buffers;
using System.Buffers.Binary;
using CsCheck;
using Ctas.Data;
using Ctas.Tables;
using Ctas.Tables.Columns;
using Ctas.Tables.Snapshots;
using Ctas.Tests.Tables.Columns;

namespace Ctas.Tests.Tables.Snapshots;

/// <summary>A compact table is stored as it lies in memory, and is the same table when it is read back.</summary>
public sealed class StoredSegmentTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ctas-segments-").FullName;

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
                using var builder = TableBuilder.Create(TableModel.Compact, "t", schema);
                foreach (object?[][] batch in batches) { builder.Append(new ChangeBatch(TestTable.Batch(schema, batch))); }

                ITable written = builder.Complete();

                CompactTable read = WriteAndRead(written);

                TestTable.ScanText(read).Should().Equal(TestTable.ScanText(written));
                read.RowCount.Should().Be(written.RowCount);
                read.Memory.Should().Be(written.Memory);
                if (key.Length > 0) { StoredRowsTests.ShouldFind(written, read, batches.SelectMany(batch => batch), key); }
            },
            iter: 60,
            threads: 1); // one file
    }

    [Fact]
    public void ReadTable_SeveralSegmentsWithHoles_FindsEachKeyAsBefore()
    {
        const int rows = 150_000;
        Schema schema = new([new("id", DataType.Varchar), new("city", DataType.Varchar), new("text", DataType.Varchar), new("n", DataType.BigInt)], 0);
        using var builder = TableBuilder.Create(TableModel.Compact, "t", schema);
        for (int start = 0; start < rows; start += 10_000) { builder.Append(Rows(schema, start, 10_000, version: 1)); }

        builder.Append(Rows(schema, 20_000, 20_000, version: 2));
        builder.Append(Rows(schema, 149_000, 500, version: 3, weight: -1));
        ITable written = builder.Complete();

        CompactTable read = WriteAndRead(written);

        read.Segments.Should().HaveCountGreaterThan(2).And.Contain(segment => segment.Deleted != null);
        TestTable.ScanText(read).Should().Equal(TestTable.ScanText(written));
        for (int id = 0; id < rows + 10; id += 7)
        {
            bool isThere = read.TryGet($"key-{id}", out Row row);
            isThere.Should().Be(id < rows && id is not (>= 149_000 and < 149_500));
            if (isThere) { row["n"].Should().Be((long)id * (id is >= 20_000 and < 40_000 ? 2 : 1)); }
        }
    }

    [Fact]
    public void ReadRows_StoredSegments_GivesTheirRows()
    {
        Schema schema = new([new("id", DataType.Int), new("text", DataType.Varchar)], 0);
        ITable table = TestTable.Create(
            TableModel.Compact, schema, [.. Enumerable.Range(0, 200).Select(id => new object?[] { id, id % 3 == 0 ? null : $"{id % 5}" })]);
        var store = new SnapshotStore(_folder);
        store.Write(Header(table), table, CancellationToken.None);

        using SnapshotFile file = store.Open("t")!;

        file.Header.HoldsSegments.Should().BeTrue();
        TestTable.ScanText(TestTable.Create(TableModel.Standard, table.Schema, Values(file.ReadRows(1, CancellationToken.None))))
            .Should().Equal(TestTable.ScanText(table));
    }

    [Fact]
    public void Open_FileOfAnEarlierVersion_SaysSo()
    {
        ITable table = TestTable.Create(TableModel.Compact, TestTable.AllTypes);
        var store = new SnapshotStore(_folder);
        store.Write(Header(table), table, CancellationToken.None);
        byte[] bytes = File.ReadAllBytes(store.PathOf("t"));
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8), SnapshotFormat.Version - 1);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.AsSpan(20), SnapshotFormat.Checksum(bytes.AsSpan(0, 20)));
        File.WriteAllBytes(store.PathOf("t"), bytes);

        store.Invoking(of => of.Open("t")).Should().Throw<SnapshotFormatException>().WithMessage($"it is of version {SnapshotFormat.Version - 1}");
    }

    [Fact]
    public void Read_IntegersOfChangedBytes_AreRefusedOrReadTheSameEachWay() =>
        Gen.Select(IntegerEncodingTests.Sequences, Gen.Int[0, int.MaxValue], Gen.Byte).Sample(
            (values, at, flip) =>
            {
                byte[] bytes = Written(writer => EncodedIntegers.Encode(values).Write(writer));
                bytes[at % bytes.Length] ^= flip;
                try
                {
                    var read = EncodedIntegers.Read(new BlockReader(bytes), values.Length);
                    long[] all = new long[values.Length];
                    read.CopyTo<long>(0, all);

                    Enumerable.Range(0, read.Count).Select(index => read[index]).Should().Equal(all);
                }
                catch (InvalidDataException e) { e.Message.Should().NotBeEmpty("a refusal says what is wrong"); }
            },
            iter: 3000);

    [Fact]
    public void Read_StringsOfChangedBytes_AreRefusedOrStayInside() =>
        Gen.Select(Gen.Int[1, 400], Gen.Int[0, 3], Gen.Int[0, int.MaxValue], Gen.Byte).Sample(
            (count, temper, at, flip) =>
            {
                var strings = new ColumnStrings(isUnique: temper > 0);
                EncodedColumn column = ColumnCheck.SealAndRead(Texts(count, temper), strings);
                byte[] bytes = Written(column.Write);
                bytes[at % bytes.Length] ^= flip;
                try
                {
                    var read = EncodedColumn.Read(DataType.Varchar, count, strings.Pool, new BlockReader(bytes));
                    int length = Enumerable.Range(0, count).Where(row => !read.IsNull(row)).Sum(row => read.GetBytes(row).Length);

                    length.Should().BeLessThanOrEqualTo(count * StringTemplate.MaxTextLength);
                }
                catch (Exception e) when (e is InvalidDataException or ArgumentException or IndexOutOfRangeException)
                {
                    e.Message.Should().NotBeEmpty("nothing outside of the column was read");
                }
            },
            iter: 2000);

    private CompactTable WriteAndRead(ITable table)
    {
        var store = new SnapshotStore(_folder);
        store.Write(Header(table), table, CancellationToken.None);
        using SnapshotFile file = store.Open("t")!;
        return (CompactTable)file.ReadTable("t", 2, CancellationToken.None);
    }

    private static ChangeBatch Rows(Schema schema, int start, int count, int version, int weight = 1)
    {
        Batch rows = TestTable.Batch(schema, [.. Enumerable.Range(start, count).Select(id => new object?[]
        {
            $"key-{id}", id % 11 == 0 ? null : $"city {id % 40}", $"some words and {Math.Sin(id)} of it", (long)id * version,
        })]);
        return new ChangeBatch(rows, Selection: null, [.. Enumerable.Repeat(weight, count)]);
    }

    private static StringColumn Texts(int count, int temper)
    {
        var pool = new StringPool(isInterned: false);
        int[] codes = [.. Enumerable.Range(0, count).Select(row => pool.Add(temper switch
        {
            0 => $"{row % 7}",
            1 => $"order-{row:d6}-{row * 7919:x8}",
            2 => $"words that come again and again {Math.Cos(row)}",
            _ => Convert.ToHexString(BitConverter.GetBytes((ulong)row * 0x9E3779B97F4A7C15))[..(row % 16)],
        }))];
        return new StringColumn(DataType.Varchar, codes, count, pool);
    }

    private static byte[] Written(Action<ISegmentWriter> write)
    {
        var block = new ArrayBufferWriter<byte>();
        write(new BlockWriter(block));
        return block.WrittenSpan.ToArray();
    }

    private static object?[][] Values(IEnumerable<Batch> batches) =>
    [
        .. batches.SelectMany(batch => Enumerable.Range(0, batch.RowCount).Select(row => TestTable.Values(batch.GetRow(row)))),
    ];

    private static SnapshotHeader Header(ITable table) => new("t", "definition", table.Schema, table.RowCount, Guid.NewGuid());
}
