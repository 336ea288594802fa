using CsCheck;
using Ctas.Data;
using Ctas.IntegrationTests.Loading;
using Ctas.Kafka;
using Ctas.Kafka.Producing;
using Ctas.Loading;
using Ctas.Maintenance;
using Ctas.Sources;
using Ctas.Tables;

namespace Ctas.IntegrationTests.Sinks;

/// <summary>
/// Tables with exactly-once sinks go on from what is stored of them: whatever is killed and whenever, readers of committed
/// records see each change once, and nothing is read that is stored.
/// </summary>
public sealed class StoredSinkTests : IDisposable
{
    private const string Changelogs =
        """
        CREATE TABLE base AS SELECT id, n FROM events WHERE n < 8 EMIT CHANGES;
        CREATE TABLE low AS SELECT id, n FROM base WHERE n < 6 INTO a WITH (a.topic = 'a', a.delivery = 'exactly_once') EMIT CHANGES;
        CREATE TABLE high AS SELECT id, n * 100 AS n FROM base WHERE n > 3 INTO b WITH (b.topic = 'b', b.delivery = 'exactly_once') EMIT CHANGES;
        """;

    private const string Streams =
        """
        CREATE TABLE counts AS SELECT k, COUNT(*) AS c, SUM(n) AS s FROM clicks GROUP BY k INTO c WITH (c.topic = 'c', c.delivery = 'exactly_once') EMIT CHANGES;
        CREATE TABLE big AS SELECT k, s FROM counts WHERE s > 5 INTO d WITH (d.topic = 'd', d.delivery = 'exactly_once') EMIT CHANGES;
        CREATE TABLE windows AS SELECT k, WINDOWSTART AS ws, COUNT(*) AS c FROM clicks WINDOW TUMBLING (SIZE 10 SECONDS) GROUP BY k
            INTO e WITH (e.topic = 'e', e.delivery = 'exactly_once') EMIT CHANGES;
        """;

    // All tables hang together by it.
    private const string Joined = "CREATE TABLE joined AS SELECT t.k, t.c, u.n FROM counts t LEFT JOIN events u ON t.k = u.id EMIT CHANGES;";

    private static readonly string[] Steps = ["take-over", "get-positions", "begin", "produce", "send-positions", "commit", "commit-done"];
    private static readonly string[] Delivered = ["low", "high", "counts", "big", "windows"];
    private static readonly TimeSpan HangGuard = TimeSpan.FromMinutes(2);

    private readonly SnapshotFolder _folder = new();
    private readonly ScriptedBroker _broker = new();
    private readonly List<(string Key, int? N)> _events = [];
    private readonly List<(string Key, int N)> _clicks = [];
    private readonly InMemorySource _eventTopic = Source("events", ReadMode.Changelog, new SourceColumn("id", DataType.Varchar, SourceColumnRole.Key));
    private readonly InMemorySource _clickTopic = Source("clicks", ReadMode.Append, new SourceColumn("k", DataType.Varchar), new SourceColumn("at", DataType.Timestamp));
    private string _script = Changelogs + Streams;
    private int _changesPerCommit = 1;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Restart_NothingCameSince_IsRestoredAndWritesNothing()
    {
        await LiveAsync();
        Add(("x", 4), ("y", 7));
        Click(("x", 3), ("x", 4));
        await LiveAsync();

        await LiveAsync(LoadKind.Restored);

        EachShowsItsChangesOnce();
    }

    [Fact]
    public async Task Restart_SinksWentOnAfterTablesWereStored_ChangesInBetweenAreNotWrittenAgain()
    {
        await LiveAsync();
        Add(("x", 4));
        Click(("x", 3));
        await LiveAsync();

        // The load stores what it has found; what follows is in the sinks only.
        await LiveAsync(LoadKind.Restored, () =>
        {
            Add(("x", 5), ("y", 5), ("y", null));
            Click(("x", 4), ("y", 9));
        });
        Add(("x", 9), ("y", 4));
        Click(("y", 1), ("x", 1));

        await LiveAsync(LoadKind.Continued);

        EachShowsItsChangesOnce();
    }

    [Fact]
    public async Task Restart_KilledBeforeTheSinkHadWhatWasToBeStored_GoesOnFromWhatWasStoredBefore()
    {
        await LiveAsync();
        Click(("x", 3));
        Add(("x", 1));
        await LiveAsync();
        string[] stored = [.. _folder.Files.Select(file => File.GetLastWriteTimeUtc(Path.Combine(_folder.Path, file)).Ticks.ToString())];
        await using (CtasEngine engine = Engine())
        {
            (await engine.LoadAsync()).ThrowIfFailed();
            _broker.Kills = step => step == "commit";
            Click(("x", 4));
            Add(("x", 2));
            await DeliveredAsync(engine);

            (await engine.SaveSnapshotAsync()).Should().BeEmpty("no sink has what its tables show");
            await engine.Invoking(of => of.SaveSnapshotAsync("counts")).Should().ThrowAsync<SnapshotException>().WithMessage("*is delivered to sink * no longer*");
        }

        _folder.Files.Select(file => File.GetLastWriteTimeUtc(Path.Combine(_folder.Path, file)).Ticks.ToString()).Should().Equal(stored);
        _broker.Kills = _ => false;
        await LiveAsync(LoadKind.Continued);

        EachShowsItsChangesOnce();
    }

    [Theory]
    [InlineData("c", "counts", "clicks")]
    [InlineData("a", "base", "events")]
    public async Task Restart_SinkHasLessThanWhatIsStored_IsReadInFullAndSaysWhy(string sink, string table, string source)
    {
        await LiveAsync();
        Add(("x", 4), ("x", 5));
        Click(("x", 3), ("x", 4));
        await LiveAsync();
        _broker.SetPosition(sink, partition: 0, 1, source);

        await using CtasEngine engine = Engine();
        LoadResult result = await engine.LoadAsync();

        result.ThrowIfFailed();
        result[table].Kind.Should().Be(LoadKind.Full);
        result[table].KindReason.Should().Contain("has less than what is stored");
        await DeliveredAsync(engine);
        _broker.CommittedTo(sink)[^1].Should().Be(_broker.CommittedTo(sink)[^2], "its last change is written again, which nobody else has told it");
    }

    [Fact]
    public void Kill_AtRandomMoments_RestartsFromWhatIsStoredShowEachChangeOnce() => LiveAndDie(worlds: 6);

    [Fact]
    [Trait("Category", "Large")]
    public void Kill_AtManyRandomMoments_RestartsFromWhatIsStoredShowEachChangeOnce() => LiveAndDie(worlds: 200);

    private static void LiveAndDie(int worlds)
    {
        Gen<int> kind = Gen.Int[0, 3];
        Gen<List<int>> changes = Gen.Int[0, 1000].List[0, 6];
        Gen<(string Step, int Occurrence)> kill = Gen.Select(Gen.Int[0, Steps.Length - 1].Select(step => Steps[step]), Gen.Int[1, 8]);
        Gen<Life> life = Gen.Select(changes, changes, kind, kill, (before, meanwhile, saves, at) => new Life(before, meanwhile, saves, at.Step, at.Occurrence));
        int restored = 0;
        Gen.Select(life.List[2, 5], Gen.Int[1, 3], Gen.Bool).Sample(
            (lives, perCommit, isJoined) =>
            {
                using var world = new StoredSinkTests { _changesPerCommit = perCommit, _script = Changelogs + Streams + (isJoined ? Joined : "") };
                restored += world.LiveAndDieAsync(lives).GetAwaiter().GetResult();
            },
            iter: worlds,
            threads: 1);
        restored.Should().BeGreaterThan(worlds, "what is stored is used");
    }

    /// <summary>Lives to the end of both topics; gives how many of the tables were not read in full in the lives that began well.</summary>
    private async Task<int> LiveAndDieAsync(List<Life> lives)
    {
        int restored = 0;
        await LiveAsync();
        foreach (Life life in lives)
        {
            Do(life.Before);
            int seen = 0;
            _broker.Kills = at => at == life.Step && ++seen == life.Occurrence;
            await using CtasEngine engine = Engine();
            LoadResult result = await engine.LoadAsync();
            if (!_broker.IsKilled) { result.ThrowIfFailed(); }

            restored += result.Tables.Count(table => table.Error is null && table.Kind != LoadKind.Full);
            Do(life.Meanwhile);
            for (int save = 0; save < life.Saves; save++) { await engine.SaveSnapshotAsync(); }

            await DeliveredAsync(engine);
        }

        _broker.Kills = _ => false;
        await LiveAsync();
        EachShowsItsChangesOnce();
        return restored;
    }

    private void Do(List<int> changes)
    {
        foreach (int change in changes)
        {
            string key = "k" + (change % 3);
            if (change % 2 == 0) { Click((key, 1 + (change % 4))); }
            else { Add((key, change % 10 == 9 ? null : change % 10)); }
        }
    }

    /// <summary>One life of the process, to the end of the topics.</summary>
    private async Task LiveAsync(LoadKind? expected = null, Action? meanwhile = null)
    {
        await using CtasEngine engine = Engine();
        LoadResult result = await engine.LoadAsync();
        result.ThrowIfFailed();
        if (expected is { } kind) { result.Tables.Should().OnlyContain(table => table.Kind == kind, result["counts"].KindReason + "; " + result["low"].KindReason); }

        meanwhile?.Invoke();
        await DeliveredAsync(engine);
    }

    private void EachShowsItsChangesOnce()
    {
        _broker.CommittedTo("a").Should().Equal(ScriptedSinks.ChangesOf(_events, n => n < 6, n => n));
        _broker.CommittedTo("b").Should().Equal(ScriptedSinks.ChangesOf(_events, n => n is > 3 and < 8, n => n * 100));
        _broker.CommittedTo("c").Should().Equal(Totals().Select(total => $$"""{{total.Key}}={"c":{{total.Count}},"s":{{total.Sum}}}"""));
        _broker.CommittedTo("d").Should().Equal(Totals().Where(total => total.Sum > 5).Select(total => $$"""{{total.Key}}={"s":{{total.Sum}}}"""));
        _broker.CommittedTo("e").Should().HaveCount(_clicks.Count).And.OnlyHaveUniqueItems();
    }

    private IEnumerable<(string Key, int Count, int Sum)> Totals() => _clicks.Select((click, number) =>
    {
        (string Key, int N)[] same = [.. _clicks.Take(number + 1).Where(other => other.Key == click.Key)];
        return (click.Key, same.Length, same.Sum(other => other.N));
    });

    private void Add(params (string Key, int? N)[] changes)
    {
        foreach ((string key, int? n) in changes)
        {
            _events.Add((key, n));
            _eventTopic.Add(InMemoryRecord.FromText(key, n is null ? null : $$"""{"n":{{n}}}"""));
        }
    }

    private void Click(params (string Key, int N)[] clicks)
    {
        foreach ((string key, int n) in clicks)
        {
            _clicks.Add((key, n));
            DateTime at = DateTime.UnixEpoch.AddSeconds(3 * _clicks.Count);
            _clickTopic.Add(InMemoryRecord.FromText(null, $$"""{"k":"{{key}}","n":{{n}},"at":"{{at:yyyy-MM-dd HH:mm:ss}}"}"""));
        }
    }

    /// <summary>Waits until each sink has everything, or takes nothing any more.</summary>
    private async Task DeliveredAsync(CtasEngine engine)
    {
        foreach (string table in Delivered)
        {
            (string source, int records) = table is "low" or "high" ? ("events", _events.Count) : ("clicks", _clicks.Count);
            try
            {
                if (records > 0) { await engine.Maintenance.WaitForRecordAsync(table, new RecordPosition(source, 0, records - 1)).WaitAsync(HangGuard); }

                await engine.Maintenance.WaitForDeliveryAsync(table).WaitAsync(HangGuard);
            }
            catch (Exception e) when (_broker.IsKilled && e is MaintenanceException or TableNotReadyException)
            {
                // It was killed before its table was loaded, or since.
            }
        }
    }

    private CtasEngine Engine() => new CtasEngineBuilder()
        .UseSource("events", _eventTopic)
        .UseSource("clicks", _clickTopic)
        .UseSnapshots(_folder.Path)
        .DeliverTo(_broker, ScriptedSinks.Hasty(_changesPerCommit))
        .AddScript(_script)
        .Build();

    private static InMemorySource Source(string name, ReadMode mode, params SourceColumn[] columns) => new(new SourceDefinition(name, new InMemoryLocation(name))
    {
        Columns = [.. columns, new SourceColumn("n", DataType.BigInt)],
        KeyFormat = mode == ReadMode.Changelog ? RecordFormat.Kafka : RecordFormat.None,
        Mode = mode,
        TimestampColumn = mode == ReadMode.Append ? "at" : null,
        BatchRows = 1,
    });

    /// <summary>One life of the process.</summary>
    /// <param name="Before">What comes while nobody lives.</param>
    /// <param name="Meanwhile">What comes while it lives.</param>
    /// <param name="Saves">How often it stores its tables then.</param>
    /// <param name="Step">Where it is killed.</param>
    /// <param name="Occurrence">At which time of that step.</param>
    private sealed record Life(List<int> Before, List<int> Meanwhile, int Saves, string Step, int Occurrence);
}
