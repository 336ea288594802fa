using System.Globalization;
using System.Text;
using Ctas.Data;
using Ctas.Sources;
using Ctas.Tables;

namespace Ctas.Tests.Loading;

/// <summary>A changelog applied to its table while it is read is the table that its last versions make.</summary>
public sealed class ChangelogUpsertTests
{
    private static readonly SourceColumn[] Columns =
    [
        new("id", DataType.Varchar, SourceColumnRole.Key), new("version", DataType.BigInt), new("note", DataType.Varchar),
    ];

    [Theory]
    [InlineData("compact", "SELECT * FROM versions", 1)]
    [InlineData("compact", "SELECT note AS text, id AS name, version FROM versions", 2)]
    [InlineData("compact", "SELECT id, version, UPPER(note) AS note FROM versions", 3)]
    [InlineData("compact", "SELECT id, version, note FROM versions WHERE version % 3 > 0", 4)]
    [InlineData("standard", "SELECT * FROM versions", 5)]
    [InlineData("standard", "SELECT id, note FROM versions", 6)]
    [InlineData("standard", "SELECT id, version, note FROM versions WHERE version % 3 > 0", 7)]
    public async Task LoadAsync_RandomVersionsAndTombstones_HoldsTheLastOfEachKey(string model, string select, int seed)
    {
        var random = new Random(seed);
        var last = new Dictionary<string, (long Version, string? Note)>();
        InMemorySource source = Source(Columns);
        for (int version = 0; version < 20_000; version++)
        {
            string key = $"k{random.Next(300)}";
            string? note = random.Next(5) == 0 ? null : $"note {random.Next(100)}";
            bool isTombstone = random.Next(6) == 0;
            source.Add(Record(key, isTombstone ? null : (version, note)));
            if (isTombstone) { last.Remove(key); }
            else { last[key] = (version, note); }
        }

        await using CtasEngine engine = await LoadAsync(source, model, select);

        ITable table = engine.Tables["latest"];
        bool isFiltered = select.Contains("WHERE", StringComparison.Ordinal);
        var expected = last.Where(row => !isFiltered || row.Value.Version % 3 > 0).ToDictionary();
        table.RowCount.Should().Be(expected.Count);
        foreach ((string key, (long version, string? note)) in expected)
        {
            table.TryGet(key, out Row row).Should().BeTrue();
            if (row.Schema!.IndexOf("version") >= 0) { row["version"].Should().Be(version); }

            string column = select.Contains("AS text", StringComparison.Ordinal) ? "text" : "note";
            bool isUpper = select.Contains("UPPER", StringComparison.Ordinal);
            row[column].Should().Be(isUpper ? note?.ToUpper(CultureInfo.InvariantCulture) : note);
        }
    }

    [Fact]
    public async Task LoadAsync_KeyWithoutValueLeft_IsGone()
    {
        InMemorySource source = Source(Columns);
        source.Add(Record("a", (1, "x")));
        source.Add(Record("a", null));
        source.Add(Record("b", null));

        await using CtasEngine engine = await LoadAsync(source, "compact", "SELECT * FROM versions");

        engine.Tables["latest"].RowCount.Should().Be(0);
    }

    [Fact]
    public void WithoutHoles_ManyVersionsOfFewKeys_TakesTheRoomOfFew()
    {
        var schema = new Schema([new("id", DataType.Varchar), new("version", DataType.BigInt)], 0);
        TableBuilder builder = TableBuilder.Create(TableModel.Compact, "latest", schema);
        var ids = new StringColumnBuilder(DataType.Varchar, new StringPool(isInterned: true));
        var versions = new FixedColumnBuilder<long>(DataType.BigInt);
        var random = new Random(8);
        long peak = 0;
        for (int batch = 0; batch < 200; batch++)
        {
            for (int row = 0; row < 8192; row++)
            {
                ids.Append($"key-{((batch * 8192) + row) % 1000}");
                versions.Append(random.NextInt64());
            }

            builder.Append(new ChangeBatch(new Batch([ids.Finish(), versions.Finish()], 8192)));
            builder = builder.WithoutHoles();
            peak = Math.Max(peak, builder.SizeInBytes);
        }

        builder.Complete().RowCount.Should().Be(1000);
        peak.Should().BeLessThan(200 * 8192 * sizeof(long) / 2);
    }

    private static async Task<CtasEngine> LoadAsync(InMemorySource source, string model, string select)
    {
        CtasEngine engine = new CtasEngineBuilder()
            .UseSource("versions", source)
            .AddTable($"CREATE TABLE latest WITH (table_model = '{model}') AS {select}")
            .Build();
        (await engine.LoadAsync()).ThrowIfFailed();
        return engine;
    }

    private static InMemorySource Source(SourceColumn[] columns) => new(
        new SourceDefinition("versions", new InMemoryLocation("versions")) { Columns = columns, Mode = ReadMode.Changelog });

    private static InMemoryRecord Record(string key, (long Version, string? Note)? value) => new()
    {
        Key = Encoding.UTF8.GetBytes(key),
        Value = value is not { } row ? null : Encoding.UTF8.GetBytes(
            $$"""{"version":{{row.Version}},"note":{{(row.Note is null ? "null" : $"\"{row.Note}\"")}}}"""),
    };
}
