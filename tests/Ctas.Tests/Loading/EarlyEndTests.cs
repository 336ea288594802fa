using Ctas.Data;
using Ctas.Loading;
using Ctas.Maintenance;
using Ctas.Sources;
using Ctas.Tables;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ctas.Tests.Loading;

/// <summary>Loads that end before any table runs.</summary>
public sealed class EarlyEndTests : IAsyncDisposable
{
    private readonly TableRegistry _registry = new();
    private readonly Maintainer _maintainer;
    private readonly InMemorySource _numbers = new(new SourceDefinition("numbers", new InMemoryLocation("numbers"))
    {
        Columns = [new SourceColumn("n", DataType.BigInt)],
        Mode = ReadMode.Append,
    });

    public EarlyEndTests() =>
        _maintainer = new Maintainer(_registry, new MaintenanceOptions(), TimeProvider.System, NullLoggerFactory.Instance);

    public ValueTask DisposeAsync() => _maintainer.DisposeAsync();

    [Fact]
    public async Task Load_CancelledWhileTicksAreHeld_LeavesItsTablesCancelledAndTheyCanBeLoadedAgain()
    {
        using var cancellation = new CancellationTokenSource();
        Task<LoadResult> load;
        using (await _maintainer.HoldAsync(CancellationToken.None))
        {
            load = LoadAsync(new LoadOptions(), cancellation.Token);
            await cancellation.CancelAsync();
            await load.Invoking(task => task).Should().ThrowAsync<OperationCanceledException>();
        }

        _registry.Tables.Single().State.Should().Be(TableState.Cancelled);
        (await LoadAsync(new LoadOptions(), CancellationToken.None)).ThrowIfFailed();
    }

    [Fact]
    public async Task Load_OutOfTimeWhileTicksAreHeld_EndsAndSaysSo()
    {
        using IDisposable held = await _maintainer.HoldAsync(CancellationToken.None);

        LoadResult result = await LoadAsync(
            new LoadOptions { TotalTimeout = TimeSpan.FromMilliseconds(1) }, CancellationToken.None).WaitAsync(TimeSpan.FromMinutes(2));

        result.Tables.Single().State.Should().Be(TableState.Cancelled);
    }

    [Fact]
    public async Task Load_ThatBreaksDownBeforeItBegins_LeavesNoTableWaiting()
    {
        var services = new LoadServices(
            _registry, SourceCatalog.Files.With("numbers", _numbers), new LoadOptions(), TimeProvider.System, new BrokenLoggerFactory());
        Func<Task> load = () => new ParallelLoader(services).LoadAsync([new TableDefinition("t", "SELECT n FROM numbers")]);

        (await load.Should().ThrowAsync<InvalidOperationException>()).Which.Message.Should().Be("no logger");

        _registry.Tables.Single().State.Should().Be(TableState.Failed);
        _registry.Tables.Single().Failure!.Message.Should().Be("no logger");
    }

    private Task<LoadResult> LoadAsync(LoadOptions options, CancellationToken cancellationToken)
    {
        var services = new LoadServices(
            _registry, SourceCatalog.Files.With("numbers", _numbers), options, TimeProvider.System, NullLoggerFactory.Instance)
        {
            Maintainer = _maintainer,
        };
        return new ParallelLoader(services).LoadAsync(
            [new TableDefinition("t", "CREATE TABLE t AS SELECT n FROM numbers EMIT CHANGES")], cancellationToken: cancellationToken);
    }

    private sealed class BrokenLoggerFactory : ILoggerFactory
    {
        public void AddProvider(ILoggerProvider provider)
        {
        }

        public ILogger CreateLogger(string categoryName) => throw new InvalidOperationException("no logger");

        public void Dispose()
        {
        }
    }
}
