using Ctas.Data;
using Ctas.Loading;
using Ctas.Sources;
using Ctas.Tables;

namespace Ctas.Tests.Engine;

public sealed class SharedScanReleaseTests
{
    [Fact]
    public async Task LoadAsync_OneReaderCannotMakeItsOtherSource_SharedScanIsReadAndClosed()
    {
        // A row a batch, and more of them than are read ahead: the scan cannot end before its readers let it.
        var records = new InMemorySource(new SourceDefinition("shared", new InMemoryLocation("shared"))
        {
            Columns = [new SourceColumn("n", DataType.BigInt)],
            Mode = ReadMode.Append,
            BatchRows = 1,
        });
        for (int row = 0; row < 200; row++) { records.Add(InMemoryRecord.FromText(key: null, """{"n":1}""")); }

        var shared = new CountingSource(records);
        await using CtasEngine engine = new CtasEngineBuilder()
            .UseSource("a_shared", shared)
            .UseSourceFactory(new RefusingFactory())
            .AddScript("""
                CREATE STREAM refused (n BIGINT) WITH (path = 'refused.ndjson');
                CREATE TABLE good AS SELECT n FROM a_shared LIMIT 1;
                CREATE TABLE broken AS SELECT s.n FROM a_shared s JOIN refused r ON s.n = r.n;
                """)
            .Build();

        LoadResult result = await engine.LoadAsync();

        result["good"].State.Should().Be(TableState.Ready);
        result["broken"].Error!.Message.Should().Contain("no such device");
        shared.Opened.Should().Be(1);
        SpinWait.SpinUntil(() => shared.Closed == 1, TimeSpan.FromMinutes(2)).Should().BeTrue("nobody is left to read it");
    }

    [Fact]
    public async Task LoadAsync_SourceFailsBehindItsFirstBatches_EveryReaderIsTold()
    {
        var records = new InMemorySource(new SourceDefinition("shared", new InMemoryLocation("shared"))
        {
            Columns = [new SourceColumn("n", DataType.BigInt)],
            Mode = ReadMode.Append,
            BatchRows = 1,
        })
        {
            BeforeRecord = (_, offset, _) => offset < 30
                ? ValueTask.CompletedTask
                : throw new SourceException("shared", "the line is cut", isTransient: true),
        };
        for (int row = 0; row < 40; row++) { records.Add(InMemoryRecord.FromText(key: null, """{"n":1}""")); }

        await using CtasEngine engine = new CtasEngineBuilder()
            .UseSource("shared", records)
            .AddScript("CREATE TABLE a AS SELECT n FROM shared; CREATE TABLE b AS SELECT SUM(n) AS n FROM shared;")
            .Build();

        LoadResult result = await engine.LoadAsync().WaitAsync(TimeSpan.FromMinutes(2));

        result.Tables.Should().HaveCount(2).And.OnlyContain(
            table => table.State == TableState.Failed && table.Error!.Message.Contains("the line is cut"));
    }

    private sealed class RefusingFactory : ISourceFactory
    {
        public bool CanCreate(SourceLocation location) => location is FileLocation;

        public IReadOnlyList<string> Validate(SourceDefinition definition) => [];

        public ISource Create(SourceDefinition definition, SourceServices services) =>
            throw new SourceException(definition.Name, "no such device", isTransient: false);
    }

    private sealed class CountingSource(ISource inner) : ISource
    {
        private int _opened;
        private int _closed;

        public int Opened => _opened;

        public int Closed => _closed;

        public SourceDefinition Definition => inner.Definition;

        public async ValueTask<ISourceScan> OpenAsync(ScanRequest request, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _opened);
            return new Scan(this, await inner.OpenAsync(request, cancellationToken));
        }

        private sealed class Scan(CountingSource source, ISourceScan inner) : ISourceScan
        {
            public IReadOnlyList<SourcePartition> Partitions => inner.Partitions;

            public ValueTask<SourceBatch?> ReadAsync(CancellationToken cancellationToken) => inner.ReadAsync(cancellationToken);

            public ScanStatistics GetStatistics() => inner.GetStatistics();

            public ValueTask DisposeAsync()
            {
                Interlocked.Increment(ref source._closed);
                return inner.DisposeAsync();
            }
        }
    }
}
