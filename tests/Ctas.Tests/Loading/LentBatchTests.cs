using System.Text;
using Ctas.Data;
using Ctas.Sources;
using Ctas.Tables;

namespace Ctas.Tests.Loading;

/// <summary>Batches whose memory serves the next one: what a table has taken stays what it was, whoever loads beside it.</summary>
public sealed class LentBatchTests
{
    // More than a segment, and enough for strings that are nearly all different to be told from others.
    private const int Records = 70_000;

    private static readonly SourceColumn[] Columns =
    [
        new("id", DataType.Varchar, SourceColumnRole.Key), new("note", DataType.Varchar), new("n", DataType.BigInt),
        new("x", DataType.Double), new("flag", DataType.Boolean), new("price", DataType.Decimal(12, 2)),
    ];

    [Theory]
    [InlineData(ReadMode.Changelog, 2, 1)]
    [InlineData(ReadMode.Append, 1, 2)]
    public Task LoadAsync_TwoEnginesAtOnce_HoldTheirOwnRows(ReadMode mode, int threads, int seed) => Task.WhenAll(
        Task.Run(() => LoadAsync(mode, threads, seed * 100)), Task.Run(() => LoadAsync(mode, threads, (seed * 100) + 1)));

    [Theory]
    [Trait("Category", "Large")]
    [InlineData(ReadMode.Changelog, 1, 3)]
    [InlineData(ReadMode.Changelog, 2, 4)]
    [InlineData(ReadMode.Append, 1, 5)]
    [InlineData(ReadMode.Append, 2, 6)]
    public async Task LoadAsync_ManyEnginesOneAfterAnother_HoldTheirOwnRows(ReadMode mode, int threads, int seed)
    {
        async Task LoadFiveAsync(int lane)
        {
            for (int round = 0; round < 5; round++) { await LoadAsync(mode, threads, (seed * 100) + (lane * 10) + round); }
        }

        await Task.WhenAll(Enumerable.Range(0, 4).Select(lane => Task.Run(() => LoadFiveAsync(lane))));
    }

    [Fact]
    public async Task LoadAsync_TwoTablesOfOneScan_BothHoldAllRows()
    {
        InMemorySource source = Source(ReadMode.Append, seed: 7, out Dictionary<string, object?[]> expected);
        await using CtasEngine engine = new CtasEngineBuilder().UseSource("records", source).AddScript("""
            CREATE TABLE first WITH (table_model = 'compact') AS SELECT * FROM records;
            CREATE TABLE second WITH (table_model = 'compact') AS SELECT * FROM records;
            """).Build();

        (await engine.LoadAsync()).ThrowIfFailed();

        Check(engine.Tables["first"], expected);
        Check(engine.Tables["second"], expected);
    }

    [Fact]
    public void AppendAndGiveBack_ManyRecords_AllocatesLessThan64BytesARecord()
    {
        const int few = 70_000, many = 210_000;

        // The first load fills the pools of memory; what every load needs once does not count.
        double bytes = (LeastBytesOfLoad(many) - LeastBytesOfLoad(few)) / (double)(many - few);

        bytes.Should().BeLessThan(64);
    }

    // Tests beside this one may take from the pools as well.
    private static long LeastBytesOfLoad(int count) => Enumerable.Range(0, 3).Min(_ => BytesOfLoad(count));

    private static long BytesOfLoad(int count)
    {
        byte[][] keys = [.. Enumerable.Range(0, count).Select(record => Encoding.UTF8.GetBytes($"o-{Scattered(record):x16}"))];
        byte[][] values = [.. Enumerable.Range(0, count).Select(record => Encoding.UTF8.GetBytes(
            $$"""{"note":"c-{{Scattered(record) % 50_000}}","n":{{record % 100}},"x":{{record % 1000}}.25,"flag":true,"price":3.20}"""))];
        SourceDefinition definition = Define(ReadMode.Changelog);
        return Allocations.Of(() => Load(definition, keys, values));
    }

    private static void Load(SourceDefinition definition, byte[][] keys, byte[][] values)
    {
        int count = keys.Length;
        var records = new RecordBatchBuilder(
            definition, new ScanRequest(Columns) { GivesBatchesBack = true, KeepsKeysTogether = false }, [new("p", 0, new(0, count))]);
        using TableBuilder table = TableBuilder.Create(
            TableModel.Compact, "t", new Schema([.. Columns.Select(column => new Field(column.Name, column.Type))], 0), NullKeyRule.Refuse);
        for (int record = 0; record < count; record++)
        {
            records.Add(new SourceRecord { PartitionOrdinal = 0, Offset = record, HasKey = true, Key = keys[record], Value = values[record] });
            if (records.IsFull) { Take(records, table); }
        }

        Take(records, table);
        table.Complete().RowCount.Should().Be(count);
    }

    private static void Take(RecordBatchBuilder records, TableBuilder table)
    {
        if (records.Finish() is not { } batch) { return; }

        table.Append(new ChangeBatch(batch.Rows));
        batch.Rows.GiveBack();
    }

    private static ulong Scattered(int record) => (ulong)(record + 1) * 0x9E3779B97F4A7C15;

    private static async Task LoadAsync(ReadMode mode, int threads, int seed)
    {
        InMemorySource source = Source(mode, seed, out Dictionary<string, object?[]> expected);
        await using CtasEngine engine = new CtasEngineBuilder()
            .WithMaxDegreeOfParallelism(threads)
            .UseSource("records", source)
            .AddTable("CREATE TABLE rows WITH (table_model = 'compact') AS SELECT * FROM records")
            .Build();
        (await engine.LoadAsync()).ThrowIfFailed();
        Check(engine.Tables["rows"], expected);
    }

    private static InMemorySource Source(ReadMode mode, int seed, out Dictionary<string, object?[]> expected)
    {
        var random = new Random(seed);
        var source = new InMemorySource(Define(mode));
        expected = [];
        for (int record = 0; record < Records; record++)
        {
            // Tombstones and versions shift rows against segments.
            bool isRepeated = mode == ReadMode.Changelog && record > 0 && random.Next(200) == 0;
            string key = $"{seed}-{(isRepeated ? random.Next(record) : record)}";
            if (isRepeated && random.Next(3) == 0)
            {
                expected.Remove(key);
                source.Add(new InMemoryRecord { Key = Encoding.UTF8.GetBytes(key), Value = null });
                continue;
            }

            object?[] row =
            [
                key, random.Next(9) == 0 ? null : $"note {seed} {random.NextInt64():x}", random.Next(5) == 0 ? null : random.NextInt64(1000),
                random.Next(10_000) / 8.0, random.Next(3) switch { 0 => null, var bit => bit == 1 }, random.Next(100_000) / 100m,
            ];
            expected[key] = row;
            source.Add(new InMemoryRecord { Key = Encoding.UTF8.GetBytes(key), Value = Encoding.UTF8.GetBytes(JsonOf(row, mode)) });
        }

        return source;
    }

    private static string JsonOf(object?[] row, ReadMode mode)
    {
        IEnumerable<string> fields = Columns.Zip(row)
            .Where(pair => mode == ReadMode.Append || pair.First.Role == SourceColumnRole.Value)
            .Select(pair => $"\"{pair.First.Name}\":{System.Text.Json.JsonSerializer.Serialize(pair.Second)}");
        return $"{{{string.Join(',', fields)}}}";
    }

    private static SourceDefinition Define(ReadMode mode) => new("records", new InMemoryLocation("records"))
    {
        Columns = mode == ReadMode.Append ? [.. Columns.Select(column => column with { Role = SourceColumnRole.Value })] : Columns,
        Mode = mode,
    };

    private static void Check(ITable table, Dictionary<string, object?[]> expected)
    {
        table.RowCount.Should().Be(expected.Count);
        int wrong = 0;
        foreach (Row row in table.Rows)
        {
            object?[] values = expected[(string)row["id"]!];
            for (int ordinal = 0; ordinal < values.Length; ordinal++)
            {
                if (!Equals(row[ordinal], values[ordinal])) { wrong++; }
            }
        }

        wrong.Should().Be(0);
    }
}
