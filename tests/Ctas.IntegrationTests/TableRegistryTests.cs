using System.Collections.Concurrent;
using Ctas.Data;
using Ctas.Tables;
using Microsoft.Extensions.Time.Testing;

namespace Ctas.IntegrationTests;

/// <summary>The registry alone; what needs loads stands in the other part.</summary>
public sealed partial class TableRegistryTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));

    [Fact]
    public void Registration_Success_MetadataIsTrue()
    {
        var registry = new TableRegistry(timeProvider: _time);
        var table = new NumberTable("Numbers", 5, bytes: 1_234);
        registry.Register(new TableRegistration(table) { Sql = "CREATE TABLE Numbers AS SELECT 1" });

        registry["numbers"].Should().BeSameAs(table);
        registry.TryGetMetadata("NUMBERS", out TableMetadata? metadata).Should().BeTrue();
        metadata.Should().BeEquivalentTo(new
        {
            Name = "Numbers",
            State = TableState.Ready,
            Sql = "CREATE TABLE Numbers AS SELECT 1",
            Model = TableModel.Compact,
            RowCount = 5L,
            SizeInBytes = 1_234L,
            Key = new[] { "n" },
            CreatedAt = _time.GetUtcNow(),
            UpdatedAt = _time.GetUtcNow(),
            Failure = (Exception?)null,
        });
        metadata!.Schema.Should().Be(table.Schema);
    }

    [Fact]
    public void DuplicateName_IsRefused_FirstStays()
    {
        var registry = new TableRegistry();
        var first = new NumberTable("orders", 1);
        var second = new NumberTable("ORDERS", 2);
        registry.Register(new TableRegistration(first));

        registry.Invoking(r => r.Register(new TableRegistration(second))).Should().Throw<TableRegistrationException>()
            .WithMessage("table \"orders\" exists already (ready)")
            .Which.Error.Should().Be(TableRegistrationError.DuplicateName);
        registry["orders"].Should().BeSameAs(first);
        first.IsDisposed.Should().BeFalse();
        second.IsDisposed.Should().BeTrue();
    }

    [Fact]
    public void RegistrationFailure_LeavesNoTrace()
    {
        var registry = new TableRegistry(new TableRegistryOptions { MemoryBudget = 1_500 });
        registry.Register(new TableRegistration(new NumberTable("kept", 1, bytes: 1_000)));
        RegistrySnapshot before = registry.Snapshot();
        var refused = new NumberTable("big", 1, bytes: 501);

        registry.Invoking(r => r.Register(new TableRegistration(refused) { Dependencies = ["kept"] }))
            .Should().Throw<TableRegistrationException>().WithMessage("*\"big\"*1,501*1,500*")
            .Which.Error.Should().Be(TableRegistrationError.MemoryBudgetExceeded);

        registry.Snapshot().Should().BeSameAs(before);
        registry.TryGet("big", out _).Should().BeFalse();
        registry.TryGetMetadata("kept", out TableMetadata? kept);
        kept!.Dependents.Should().BeEmpty();
        refused.IsDisposed.Should().BeTrue();

        // What is left of the budget can still be used.
        registry.Register(new TableRegistration(new NumberTable("big", 1, bytes: 500)));
    }

    [Fact]
    public void ConcurrentRegistration_OneWinnerPerName()
    {
        const int names = 400;
        const int rivals = 10;
        var registry = new TableRegistry();
        var offered = new ConcurrentBag<NumberTable>();
        int refused = 0;
        Parallel.For(0, names * rivals, new ParallelOptions { MaxDegreeOfParallelism = 8 }, attempt =>
        {
            var table = new NumberTable($"table{attempt % names}", 1);
            offered.Add(table);
            try { registry.Register(new TableRegistration(table)); }
            catch (TableRegistrationException e) when (e.Error == TableRegistrationError.DuplicateName)
            {
                _ = Interlocked.Increment(ref refused);
            }
        });

        refused.Should().Be(names * (rivals - 1));
        NumberTable[] winners = [.. offered.Where(table => !table.IsDisposed)];
        winners.Select(table => table.Name).Should().OnlyHaveUniqueItems().And.HaveCount(names);
        winners.Should().OnlyContain(winner => ReferenceEquals(registry[winner.Name], winner));
        registry.Snapshot().Version.Should().Be(names);
    }

    [Fact]
    public void Metadata_CarriesPropertiesSchemaKeyPositions()
    {
        var registry = new TableRegistry();
        registry.Register(new TableRegistration(new NumberTable("users", 3)));
        registry.Register(new TableRegistration(new NumberTable("orders", 3))
        {
            Dependencies = ["users"],
            Positions = [new SourcePosition("orders_topic", "orders_topic[0]", 10, 4_711)],
            Properties = new Dictionary<string, string>
            {
                ["table_model"] = "compact",
                ["kafka.sasl.password"] = "hunter2",
            },
            Warnings = ["column \"n\" was widened to BIGINT"],
        });

        registry.TryGetMetadata("orders", out TableMetadata? orders).Should().BeTrue();
        orders!.Properties["TABLE_MODEL"].Should().Be("compact");
        orders.Properties["kafka.sasl.password"].Should().Be("***");
        orders.Positions.Should().Equal(new SourcePosition("orders_topic", "orders_topic[0]", 10, 4_711));
        orders.Schema!.Fields.Select(field => (field.Name, field.Type)).Should().Equal(("n", DataType.BigInt));
        orders.Key.Should().Equal("n");
        orders.Dependencies.Should().Equal("users");
        orders.Warnings.Should().ContainSingle().Which.Should().Contain("widened");
        registry.TryGetMetadata("users", out TableMetadata? users).Should().BeTrue();
        users!.Dependents.Should().Equal("orders");
    }

    [Fact]
    public void MaxTables_IsEnforced_UnderRace()
    {
        const int maxTables = 50;
        var registry = new TableRegistry(new TableRegistryOptions { MaxTables = maxTables });
        var offered = new ConcurrentBag<NumberTable>();
        int most = 0;
        Parallel.For(0, 2_000, new ParallelOptions { MaxDegreeOfParallelism = 8 }, attempt =>
        {
            var table = new NumberTable($"table{attempt}", 1);
            offered.Add(table);
            try { registry.Register(new TableRegistration(table)); }
            catch (TableRegistrationException e) when (e.Error == TableRegistrationError.MaxTablesReached)
            {
                int seen = registry.Snapshot().Tables.Count;
                if (seen > Volatile.Read(ref most)) { Volatile.Write(ref most, seen); }
            }
        });

        most.Should().Be(maxTables);
        registry.Tables.Should().HaveCount(maxTables);
        offered.Count(table => !table.IsDisposed).Should().Be(maxTables);

        _ = registry.Drop(registry.Tables[0].Name);
        registry.Register(new TableRegistration(new NumberTable("after_drop", 1)));
    }

    [Fact]
    public void Lookup_OfMissingTable_ListsClosestNames()
    {
        var registry = new TableRegistry();
        foreach (string name in (string[])["orders", "order", "users"])
        {
            registry.Register(new TableRegistration(new NumberTable(name, 1)));
        }

        registry.Invoking(r => r["ordres"]).Should().Throw<TableNotFoundException>()
            .WithMessage("table \"ordres\" not found; did you mean \"orders\" or \"order\"?")
            .Which.ClosestNames.Should().Equal("orders", "order");
        registry.Invoking(r => r["entirely_else"]).Should().Throw<TableNotFoundException>()
            .WithMessage("table \"entirely_else\" not found");
    }

    [Fact]
    public void Drop_RefusesWhileDependentsExist_CascadeDropsInOrder()
    {
        var registry = new TableRegistry();
        void Add(string name, params string[] reads) =>
            registry.Register(new TableRegistration(new NumberTable(name, 1)) { Dependencies = reads });
        Add("a");
        Add("b", "a");
        Add("c", "A");
        Add("d", "b", "c");
        Add("other");

        registry.Invoking(r => r.Drop("a")).Should().Throw<TableRegistrationException>()
            .WithMessage("table \"a\" cannot be dropped while \"b\", \"c\" depend on it; CASCADE drops them too")
            .Which.Error.Should().Be(TableRegistrationError.DependentsExist);
        registry.Tables.Should().HaveCount(5);

        ITable held = registry["a"];
        registry.Drop("a", cascade: true).Should().Equal("d", "b", "c", "a");
        registry.Tables.Select(table => table.Name).Should().Equal("other");
        held.TryGet(0, out _).Should().BeTrue("who holds a dropped table can go on reading it");
        registry.Invoking(r => r.Drop("a")).Should().Throw<TableNotFoundException>();
    }

    [Fact]
    public async Task Replace_SwapsAtomically_ReadersFinishOnOld()
    {
        var registry = new TableRegistry(timeProvider: _time);
        var old = new NumberTable("t", 10);
        registry.Register(new TableRegistration(old));
        DateTimeOffset createdAt = _time.GetUtcNow();
        RegistrySnapshot before = registry.Snapshot();
        _time.Advance(TimeSpan.FromHours(1));

        // Every reader sees one of the two tables, whole.
        using var isDone = new CancellationTokenSource();
        var sizes = new ConcurrentDictionary<int, bool>();
        using var isReading = new CountdownEvent(1);
        Task reader = Task.Run(() =>
        {
            while (!isDone.IsCancellationRequested)
            {
                ITable table = registry["t"];
                sizes[table.Rows.Count()] = table.RowCount == table.Scan().Sum(batch => batch.RowCount);
                if (!isReading.IsSet) { _ = isReading.Signal(); }
            }
        });
        isReading.Wait();
        var fresh = new NumberTable("t", 20);
        registry.Replace(new TableRegistration(fresh));
        await isDone.CancelAsync();
        await reader;

        registry["t"].Should().BeSameAs(fresh);
        before["t"].Should().BeSameAs(old);
        old.IsDisposed.Should().BeFalse();
        old.Rows.Count().Should().Be(10);
        sizes.Keys.Should().BeSubsetOf([10, 20]);
        sizes.Values.Should().OnlyContain(isWhole => isWhole);
        registry.TryGetMetadata("t", out TableMetadata? metadata);
        metadata!.CreatedAt.Should().Be(createdAt);
        metadata.UpdatedAt.Should().Be(createdAt.AddHours(1));
    }

    [Fact]
    public async Task WaitForReady_CompletesTimesOutOrFails()
    {
        var registry = new TableRegistry(timeProvider: _time);

        // Completes when the table comes, and at once when it is there.
        Task<ITable> waiting = registry.WaitForReadyAsync("orders", TimeSpan.FromSeconds(30));
        waiting.IsCompleted.Should().BeFalse();
        registry.Register(new TableRegistration(new NumberTable("users", 1)));
        registry.Register(new TableRegistration(new NumberTable("orders", 1)));
        (await waiting).Name.Should().Be("orders");
        registry.WaitForReadyAsync("ORDERS", TimeSpan.Zero).IsCompletedSuccessfully.Should().BeTrue();

        // Times out on the registry's clock and says what there is.
        Task<ITable> missing = registry.WaitForReadyAsync("order", TimeSpan.FromSeconds(30));
        missing.IsCompleted.Should().BeFalse();
        _time.Advance(TimeSpan.FromSeconds(31));
        (await FluentActions.Awaiting(() => missing).Should().ThrowAsync<TimeoutException>())
            .WithMessage("no table \"order\" was declared within 00:00:30; there is \"orders\"");

        // Fails with the caller's own cancellation.
        using var cancellation = new CancellationTokenSource();
        Task<ITable> cancelled = registry.WaitForReadyAsync("order", Timeout.InfiniteTimeSpan, cancellation.Token);
        await cancellation.CancelAsync();
        (await FluentActions.Awaiting(() => cancelled).Should().ThrowAsync<OperationCanceledException>())
            .Which.CancellationToken.Should().Be(cancellation.Token);
    }

    [Fact]
    public void Health_ReportsEachTable()
    {
        var registry = new TableRegistry(timeProvider: _time);
        registry.Health().Status.Should().Be(RegistryHealthStatus.Healthy);
        registry.Register(new TableRegistration(new NumberTable("users", 3, bytes: 30)));
        registry.Register(new TableRegistration(new NumberTable("orders", 5, bytes: 50)) { IsLive = true });

        RegistryHealth health = registry.Health();
        health.Status.Should().Be(RegistryHealthStatus.Healthy);
        health.Tables.Should().Equal(
            new TableHealth("orders", TableState.Live, true, 5, 50, _time.GetUtcNow(), null),
            new TableHealth("users", TableState.Ready, true, 3, 30, _time.GetUtcNow(), null));
    }
}
