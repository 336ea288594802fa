using Ctas.Data;
using Ctas.Loading;
using Ctas.Sources;
using Ctas.Tables;
using Microsoft.Extensions.Time.Testing;

namespace Ctas.Tests.Maintenance;

/// <summary>What is stored of live tables is used where it fits, and only there; else all is read, and the reason told.</summary>
public sealed class LiveRestoreDecisionTests : IDisposable
{
    private const string Counts =
        "CREATE TABLE c AS SELECT k, WINDOWSTART AS ws, COUNT(*) AS n FROM clicks WINDOW TUMBLING (SIZE 10 SECONDS, GRACE PERIOD 5 SECONDS) GROUP BY k EMIT CHANGES;";

    private readonly string _folder = Directory.CreateTempSubdirectory("ctas-live-").FullName;
    private InMemorySource _clicks = Clicks("cluster", 0);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Restart_NothingNew_IsRestoredAndStoredNoMore()
    {
        await StoreAsync(Counts);
        await using CtasEngine engine = Builder(Counts).Build();

        TableLoadResult result = (await engine.LoadAsync())["c"];

        (result.Kind, result.Records, result.SnapshotBytes).Should().Be((LoadKind.Restored, 0L, 0L));
        result.KindReason.Should().StartWith("the snapshot of ");
        engine.Tables["c"].RowCount.Should().Be(2);
        engine.Tables.TryGetMetadata("c", out TableMetadata? metadata).Should().BeTrue();
        metadata!.Positions.Should().OnlyContain(position => position.Start == 0 && position.Position == 2);
    }

    [Theory]
    [InlineData("other statement", "the stored snapshot is of another definition", false)]
    [InlineData("another table", "the stored snapshot is of another definition", false)]
    [InlineData("records gone", "clicks[0] starts at offset 7 now, past the stored offset 2", false)]
    [InlineData("made anew", "the source is \"other\", and was \"cluster\"", false)]
    [InlineData("shorter", "clicks[0] ends at offset 1, before the stored offset 2: it was made anew", false)]
    [InlineData("read by a table that is loaded once", "table \"once\", which is loaded once, reads it", false)]
    [InlineData("not wanted", "loading.unified is 'false'", false)]
    [InlineData("cut off", "the stored snapshot cannot be used: it ends before its end", true)]
    public async Task Restart_WhatIsStoredDoesNotFit_IsReadInFullAndSaysWhy(string what, string reason, bool isWarned)
    {
        await StoreAsync(Counts);
        string sql = Counts;
        switch (what)
        {
            case "other statement": sql = Counts.Replace("PERIOD 5", "PERIOD 6", StringComparison.Ordinal); break;
            case "another table": sql += "CREATE TABLE d AS SELECT k FROM clicks EMIT CHANGES;"; break;
            case "records gone": _clicks = Clicks("cluster", 7); break;
            case "made anew": _clicks = Clicks("other", 0); break;
            case "shorter": _clicks = Clicks("cluster", 0, count: 1); break;
            case "read by a table that is loaded once": sql += "CREATE TABLE once AS SELECT k FROM c;"; break;
            case "not wanted": sql = Counts.Replace("TABLE c", "TABLE c WITH (\"loading.unified\" = 'false')", StringComparison.Ordinal); break;
            default: using (FileStream file = File.OpenWrite(StoredFile())) { file.SetLength(file.Length - 1); } break;
        }

        await using CtasEngine engine = Builder(sql).Build();
        LoadResult result = await engine.LoadAsync();
        await using CtasEngine full = new CtasEngineBuilder().UseSource("clicks", _clicks).AddScript(sql).Build();
        (await full.LoadAsync()).ThrowIfFailed();

        result.ThrowIfFailed();
        (result["c"].Kind, result["c"].KindReason).Should().Be((LoadKind.Full, reason));
        result["c"].Warnings.Any(warning => warning.StartsWith("loaded in full", StringComparison.Ordinal)).Should().Be(isWarned);
        LiveRows.RowsOf(engine.Tables.Snapshot(), "c").Should().BeEquivalentTo(LiveRows.RowsOf(full.Tables.Snapshot(), "c"));
    }

    [Theory]
    [InlineData(23, true)]
    [InlineData(25, false)]
    public async Task Restart_ChangelogOlderThanTombstonesAreKept_IsReadInFull(int hours, bool isContinued)
    {
        const string Joined = "CREATE TABLE c AS SELECT c.k, n.name FROM clicks c JOIN names n ON c.k = n.id EMIT CHANGES;";
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        await using (CtasEngine first = Builder(Joined).UseSource("names", Names((0, "a"), (1, "b"))).UseTimeProvider(time).Build())
        {
            (await first.LoadAsync()).ThrowIfFailed();
        }

        // "a" was deleted at offset 2, and compaction has removed both.
        time.Advance(TimeSpan.FromHours(hours));
        await using CtasEngine engine = Builder(Joined).UseSource("names", Names((1, "b"), (3, "c"))).UseTimeProvider(time).Build();
        LoadResult result = await engine.LoadAsync();

        result.ThrowIfFailed();
        (result["c"].Kind, result["c"].KindReason).Should().Be(isContinued
            ? (LoadKind.Continued, "the snapshot of 2026-01-01 00:00:00Z")
            : (LoadKind.Full, "there are new records, and compaction may have removed tombstones since 2026-01-01 00:00:00Z, longer ago than SnapshotOptions.MaxAge"));
        engine.Tables["c"].RowCount.Should().Be(isContinued ? 2 : 0);
    }

    [Fact]
    public async Task Restart_AnyByteDamaged_IsReadInFullAndWarned()
    {
        await StoreAsync(Counts);
        string file = StoredFile();
        byte[] whole = await File.ReadAllBytesAsync(file);
        var random = new Random(1);
        for (int damage = 0; damage < 80; damage++)
        {
            // Every other one in the part that says what the others are.
            byte[] damaged = [.. whole];
            int at = random.Next(damage % 2 == 0 ? whole.Length : 400);
            damaged[at] ^= (byte)(1 << random.Next(8));
            await File.WriteAllBytesAsync(file, damaged);
            await using CtasEngine engine = Builder(Counts).Build();

            TableLoadResult result = (await engine.LoadAsync())["c"];

            result.Kind.Should().Be(LoadKind.Full, "byte {0}", at);
            result.KindReason.Should().StartWith("the stored snapshot cannot be used: ", "byte {0}", at);
            result.Warnings.Should().ContainSingle().Which.Should().StartWith("loaded in full: ");
            engine.Tables["c"].RowCount.Should().Be(2);
        }
    }

    [Theory]
    [InlineData("CREATE TABLE c AS SELECT k, NOW() AS at FROM clicks EMIT CHANGES", "table \"c\": it reads the clock")]
    [InlineData("CREATE TABLE c WITH (\"loading.unified\" = 'false') AS SELECT k FROM clicks EMIT CHANGES", "table \"c\": loading.unified is 'false'")]
    [InlineData("CREATE TABLE fixed AS SELECT DISTINCT k FROM clicks; CREATE TABLE c AS SELECT c.k FROM clicks c JOIN fixed f ON c.k = f.k EMIT CHANGES", "table \"c\" reads \"fixed\", which is read once")]
    public async Task Save_WhatCouldNotGoOn_IsRefusedInWords(string sql, string reason)
    {
        await using CtasEngine engine = Builder(sql).Build();
        (await engine.LoadAsync()).ThrowIfFailed();
        Directory.GetFiles(_folder, "live*").Should().BeEmpty();

        await engine.Invoking(it => it.SaveSnapshotAsync("c")).Should().ThrowAsync<SnapshotException>()
            .WithMessage($"could not store table \"c\": {reason}");
    }

    [Fact]
    public async Task Save_TablesThatHangTogether_AreStoredTogether()
    {
        await using CtasEngine engine = Builder(
            Counts + "CREATE TABLE d AS SELECT k, COUNT(*) AS n FROM c GROUP BY k EMIT CHANGES;").Build();
        (await engine.LoadAsync()).ThrowIfFailed();

        (await engine.SaveSnapshotAsync("d")).Should().ContainSingle().Which.Table.Should().Be("c, d");
        (await engine.SaveSnapshotAsync()).Should().ContainSingle().Which.Bytes.Should().Be(new FileInfo(StoredFile()).Length);
    }

    private static InMemorySource Clicks(string identity, long offset, int count = 2)
    {
        var source = new InMemorySource(new SourceDefinition("clicks", new InMemoryLocation("clicks"))
        {
            Columns = [new SourceColumn("k", DataType.Varchar), new SourceColumn("at", DataType.Timestamp)],
            Mode = ReadMode.Append,
            TimestampColumn = "at",
        })
        { Identity = identity };
        for (int record = 0; record < count; record++)
        {
            source.Add(InMemoryRecord.FromText(null, $$"""{"k":"a","at":{{record * 20_000}}}""") with { Offset = offset + record });
        }

        return source;
    }

    private static InMemorySource Names(params (long Offset, string Id)[] records)
    {
        var source = new InMemorySource(new SourceDefinition("names", new InMemoryLocation("names"))
        {
            Columns = [new SourceColumn("id", DataType.Varchar, SourceColumnRole.Key), new SourceColumn("name", DataType.Varchar)],
            Mode = ReadMode.Changelog,
        })
        { Identity = "cluster" };
        foreach ((long offset, string id) in records)
        {
            source.Add(InMemoryRecord.FromText(id, $$"""{"name":"{{id}}"}""") with { Offset = offset });
        }

        return source;
    }

    private string StoredFile() => Directory.GetFiles(_folder, "live*").Should().ContainSingle().Subject;

    private async Task StoreAsync(string sql)
    {
        await using CtasEngine engine = Builder(sql).Build();
        (await engine.LoadAsync()).ThrowIfFailed();
    }

    private CtasEngineBuilder Builder(string sql) =>
        new CtasEngineBuilder().UseSource("clicks", _clicks).UseSnapshots(_folder).AddScript(sql);
}
