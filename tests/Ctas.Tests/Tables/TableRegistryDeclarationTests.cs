using Ctas.Data;
using Ctas.Tables;
using Microsoft.Extensions.Time.Testing;

namespace Ctas.Tests.Tables;

public sealed class TableRegistryDeclarationTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly TableRegistry _registry;

    public TableRegistryDeclarationTests() => _registry = new TableRegistry(timeProvider: _time);

    [Fact]
    public void Declare_Graph_IsWaitingAndNotReadable()
    {
        _registry.Declare([Declaration("users"), Declaration("orders", "users")]);

        _registry.Tables.Select(table => (table.Name, table.State)).Should()
            .Equal(("orders", TableState.Waiting), ("users", TableState.Waiting));
        _registry.TryGetMetadata("users", out TableMetadata? users);
        users!.Dependents.Should().Equal("orders");
        _registry.Invoking(r => r["users"]).Should().Throw<TableNotReadyException>()
            .WithMessage("table \"users\" is waiting to be loaded*").Which.State.Should().Be(TableState.Waiting);
        _registry.Invoking(r => r.TryGet("users", out _)).Should().Throw<TableNotReadyException>();
    }

    [Fact]
    public void Declare_OneNameTaken_DeclaresNone()
    {
        _registry.Declare([Declaration("users")]);

        _registry.Invoking(r => r.Declare([Declaration("orders"), Declaration("USERS")]))
            .Should().Throw<TableRegistrationException>().WithMessage("table \"users\" exists already (waiting)");
        _registry.Invoking(r => r.Declare([Declaration("x"), Declaration("X")]))
            .Should().Throw<TableRegistrationException>();
        _registry.Tables.Select(table => table.Name).Should().Equal("users");
    }

    [Fact]
    public void Declare_MoreThanMaxTables_DeclaresNone()
    {
        var registry = new TableRegistry(new TableRegistryOptions { MaxTables = 2 });
        registry.Declare([Declaration("a")]);

        registry.Invoking(r => r.Declare([Declaration("b"), Declaration("c")])).Should()
            .Throw<TableRegistrationException>().Which.Error.Should().Be(TableRegistrationError.MaxTablesReached);
        registry.Tables.Should().HaveCount(1);

        // A load that has ended without data gives its place back.
        registry.MarkLoading("a");
        registry.MarkFailed("a", new InvalidOperationException());
        registry.Declare([Declaration("b"), Declaration("c")]);
    }

    [Fact]
    public void States_OfALoad_FollowEachOther()
    {
        _registry.Declare([Declaration("ok"), Declaration("bad"), Declaration("skipped", "bad"), Declaration("late")]);
        _registry.MarkLoading("ok");
        _registry.MarkLoading("bad");
        _registry.Publish([new TablePublication(Table("ok"), [new SourcePosition("s", "s[0]", 0, 9)], ["careful"])]);
        var failure = new InvalidOperationException("broker is down");
        _registry.MarkFailed("bad", failure);
        _registry.MarkSkipped("skipped", "bad", failure);
        _registry.MarkCancelled("late");

        _registry.TryGetMetadata("ok", out TableMetadata? ok);
        ok.Should().BeEquivalentTo(new { State = TableState.Ready, RowCount = 1L, Warnings = new[] { "careful" } });
        ok!.Positions.Should().ContainSingle();
        _registry.Invoking(r => r["bad"]).Should().Throw<TableNotReadyException>()
            .WithMessage("table \"bad\" has no data: broker is down")
            .WithInnerException<InvalidOperationException>();
        _registry.Invoking(r => r["skipped"]).Should().Throw<TableNotReadyException>()
            .WithMessage("table \"skipped\" was skipped because of \"bad\": broker is down");
        _registry.Invoking(r => r["late"]).Should().Throw<TableNotReadyException>()
            .Which.State.Should().Be(TableState.Cancelled);

        RegistryHealth health = _registry.Health();
        health.Status.Should().Be(RegistryHealthStatus.Unhealthy);
        health.Tables.Select(table => (table.Name, table.IsReadable, table.Problem)).Should().Equal(
            ("bad", false, "broker is down"),
            ("late", false, "cancelled"),
            ("ok", true, null),
            ("skipped", false, "skipped because of \"bad\""));
    }

    [Fact]
    public void States_OutOfOrder_AreRefused()
    {
        _registry.Declare([Declaration("t")]);
        _registry.MarkLoading("t");

        _registry.Invoking(r => r.MarkLoading("t")).Should().Throw<InvalidOperationException>();
        _registry.Invoking(r => r.MarkSkipped("t", "x", null)).Should().Throw<InvalidOperationException>();
        _registry.Publish([new TablePublication(Table("t"))]);
        _registry.Invoking(r => r.MarkFailed("t", new InvalidOperationException()))
            .Should().Throw<InvalidOperationException>();
        _registry.Invoking(r => r.Publish([new TablePublication(Table("unknown"))]))
            .Should().Throw<InvalidOperationException>();
    }

    [Fact]
    public void Declare_AfterFailure_StartsAgain()
    {
        _registry.Declare([Declaration("a"), Declaration("b", "a"), Declaration("c")]);
        _registry.MarkLoading("a");
        _registry.MarkFailed("a", new InvalidOperationException());
        _registry.MarkSkipped("b", "a", null);
        _registry.MarkCancelled("c");
        _registry.Declare([Declaration("a"), Declaration("b", "a"), Declaration("c")]);

        _registry.Tables.Should().OnlyContain(table => table.State == TableState.Waiting && table.Failure == null
            && table.SkippedBecauseOf == null);
    }

    [Fact]
    public void Replacement_ThatFails_KeepsTheOldTable()
    {
        ITable old = Table("t");
        _registry.Register(new TableRegistration(old));
        _registry.Invoking(r => r.Declare([Declaration("t")])).Should().Throw<TableRegistrationException>();
        _registry.Declare([Declaration("t") with { Replaces = true }]);
        _registry.MarkLoading("t");

        _registry["t"].Should().BeSameAs(old);
        _registry.Tables.Single().Should().BeEquivalentTo(
            new { State = TableState.Ready, Replacement = (TableState?)TableState.Loading });
        _registry.Invoking(r => r.Declare([Declaration("t") with { Replaces = true }]))
            .Should().Throw<TableRegistrationException>("another load of the name is under way");

        _registry.MarkFailed("t", new InvalidOperationException("no"));
        _registry["t"].Should().BeSameAs(old);
        _registry.Health().Status.Should().Be(RegistryHealthStatus.Degraded);
        _registry.Health().Tables.Single().Problem.Should().Be("could not be replaced: no");

        ITable fresh = Table("t");
        _registry.Declare([Declaration("t") with { Replaces = true }]);
        _registry.MarkLoading("t");
        _registry.Publish([new TablePublication(fresh)]);
        _registry["t"].Should().BeSameAs(fresh);
        _registry.Tables.Single().Replacement.Should().BeNull();
        _registry.Health().Status.Should().Be(RegistryHealthStatus.Healthy);
    }

    [Fact]
    public void Publish_OverTheMemoryBudget_PublishesNone()
    {
        ITable a = Table("a"), b = Table("b");
        long budget = a.Memory.Total + b.Memory.Total - 1;
        var registry = new TableRegistry(new TableRegistryOptions { MemoryBudget = budget });
        registry.Declare([Declaration("a"), Declaration("b")]);

        registry.Invoking(r => r.Publish([new TablePublication(a), new TablePublication(b)]))
            .Should().Throw<TableRegistrationException>()
            .Which.Error.Should().Be(TableRegistrationError.MemoryBudgetExceeded);
        registry.Tables.Should().OnlyContain(table => table.State == TableState.Waiting);
        registry.Publish([new TablePublication(a)]);
    }

    [Fact]
    public void Drop_WhileLoading_IsRefused()
    {
        _registry.Register(new TableRegistration(Table("a")));
        _registry.Declare([Declaration("b", "a")]);

        _registry.Invoking(r => r.Drop("a")).Should().Throw<TableRegistrationException>()
            .WithMessage("*\"b\" depends on it*");
        _registry.Invoking(r => r.Drop("a", cascade: true)).Should().Throw<TableRegistrationException>()
            .Which.Error.Should().Be(TableRegistrationError.LoadUnderWay);
        _registry.MarkCancelled("b");
        _registry.Drop("a").Should().Equal("a");
    }

    [Fact]
    public async Task WaitForReadyAsync_TableThatFails_FailsWithItsFailure()
    {
        _registry.Declare([Declaration("t")]);
        Task<ITable> waiting = _registry.WaitForReadyAsync("t", Timeout.InfiniteTimeSpan);
        _registry.MarkLoading("t");
        waiting.IsCompleted.Should().BeFalse();
        _registry.MarkFailed("t", new InvalidOperationException("why"));

        (await FluentActions.Awaiting(() => waiting).Should().ThrowAsync<TableNotReadyException>())
            .WithInnerException<InvalidOperationException>().WithMessage("why");
    }

    [Fact]
    public async Task WaitForReadyAsync_StillLoading_TimesOutWithTheState()
    {
        _registry.Declare([Declaration("t")]);
        _registry.MarkLoading("t");
        Task<ITable> waiting = _registry.WaitForReadyAsync("t", TimeSpan.FromSeconds(5));
        _time.Advance(TimeSpan.FromSeconds(5));

        (await FluentActions.Awaiting(() => waiting).Should().ThrowAsync<TimeoutException>())
            .WithMessage("table \"t\" was still loading after 00:00:05");
    }

    [Fact]
    public async Task Publish_WhileReadersHammer_ShowsWholeSets()
    {
        const int rounds = 300;
        string[] names = ["a", "b", "c"];
        _registry.Declare([.. names.Select(name => Declaration(name))]);
        _registry.Publish([.. names.Select(name => new TablePublication(TableOfRound(name, 0)))]);
        int torn = 0;
        using var isReading = new CountdownEvent(2);
        using var isDone = new CancellationTokenSource();
        Task[] readers = [.. Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
        {
            isReading.Signal();
            while (!isDone.IsCancellationRequested)
            {
                RegistrySnapshot snapshot = _registry.Snapshot();
                int seen = names.Select(name => snapshot[name].Rows.Single()[0]).Distinct().Count();
                if (seen != 1) { Interlocked.Increment(ref torn); }
            }
        }))];
        isReading.Wait();
        for (int round = 1; round <= rounds; round++)
        {
            _registry.Declare([.. names.Select(name => Declaration(name) with { Replaces = true })]);
            _registry.Publish([.. names.Select(name => new TablePublication(TableOfRound(name, round)))]);
        }

        await isDone.CancelAsync();
        await Task.WhenAll(readers);
        torn.Should().Be(0);
        _registry["a"].Rows.Single()[0].Should().Be(rounds);
    }

    [Fact]
    public void Declare_BySeveralLoaders_KeepsThemApart()
    {
        Parallel.For(0, 16, loader =>
        {
            string[] names = [.. Enumerable.Range(0, 25).Select(n => $"table_{loader}_{n}")];
            _registry.Declare([.. names.Select(name => Declaration(name))]);
            foreach (string name in names)
            {
                _registry.MarkLoading(name);
                _registry.Publish([new TablePublication(Table(name))]);
            }
        });

        _registry.Tables.Should().HaveCount(400)
            .And.OnlyContain(table => table.State == TableState.Ready && table.RowCount == 1);
    }

    private static TableDeclaration Declaration(string name, params string[] reads) =>
        new(name, $"CREATE TABLE {name} AS SELECT 1", reads, PropertySet.Empty);

    private static ITable Table(string name) => TableOfRound(name, 1);

    private static ITable TableOfRound(string name, int round)
    {
        var schema = new Schema([new Field("n", DataType.Int)]);
        using var builder = TableBuilder.Create(TableModel.Standard, name, schema);
        builder.Append(new ChangeBatch(TestTable.Batch(schema, [[round]])));
        return builder.Complete();
    }
}
