using Ctas.IntegrationTests.Loading;
using Ctas.Kafka;
using Ctas.Kafka.Testing;
using Ctas.Loading;
using Ctas.Tables;

namespace Ctas.IntegrationTests;

/// <content>What a registry shows while and after a load fills it.</content>
public sealed partial class TableRegistryTests
{
    [Fact]
    public async Task Producer_IsFindableWhenConsumerStarts()
    {
        await using var kafka = EmbeddedKafka.Start();
        kafka.CreateTopic("numbers", partitions: 3);
        await kafka.ProduceAsync("numbers", NumberTopics.Records(500));
        var registry = new TableRegistry();
        (string[] Rows, TableState State, string[] Dependents)? found = null;
        var consumed = new ObservedSource(TopicSource.Of(kafka.BootstrapServers, "numbers"))
        {
            BeforeOpen = _ =>
            {
                registry.TryGetMetadata("producer", out TableMetadata? metadata).Should().BeTrue();
                found = (registry["producer"].Contents(), metadata!.State, [.. metadata.Dependents]);
                return Task.CompletedTask;
            },
        };
        await using CtasEngine engine = new CtasEngineBuilder()
            .UseKafka(kafka.BootstrapServers)
            .UseSource("consumed", consumed)
            .UseRegistry(registry)
            .AddTable("CREATE TABLE consumer AS SELECT p.id, c.n FROM consumed c JOIN producer p ON p.n = c.n")
            .AddTable("CREATE TABLE producer AS SELECT ROWKEY AS id, n FROM kafka://numbers")
            .Build();

        (await engine.LoadAsync().Guarded()).ThrowIfFailed();

        found.Should().NotBeNull();
        found!.Value.Rows.Should().Equal(NumberTopics.Rows(500));
        found.Value.State.Should().Be(TableState.Ready);
        found.Value.Dependents.Should().Equal("consumer");
        registry["consumer"].Contents().Should().Equal(NumberTopics.Rows(500));
    }

    [Fact]
    public async Task StateAfterPartialFailure_OnlySuccessfulTables()
    {
        await using var kafka = EmbeddedKafka.Start();
        kafka.CreateTopic("numbers");
        kafka.CreateTopic("broken");
        await kafka.ProduceAsync("numbers", NumberTopics.Records(5));
        await kafka.ProduceAsync("broken", [.. NumberTopics.Records(2), EmbeddedRecord.Of("k", "not json")]);
        await using CtasEngine engine = new CtasEngineBuilder()
            .UseKafka(kafka.BootstrapServers)
            .AddTable("CREATE TABLE good AS SELECT ROWKEY AS id, n FROM kafka://numbers")
            .AddTable("CREATE TABLE bad AS SELECT ROWKEY AS id, n FROM kafka://broken")
            .AddTable("CREATE TABLE on_bad AS SELECT good.n FROM good JOIN bad ON good.id = bad.id")
            .AddTable("CREATE TABLE on_good AS SELECT n FROM good WHERE n > 2")
            .Build();

        LoadResult result = await engine.LoadAsync().Guarded();

        result.IsSuccess.Should().BeFalse();
        TableRegistry registry = engine.Tables;
        registry.Tables.Select(table => (table.Name, table.State, table.RowCount)).Should().Equal(
            ("bad", TableState.Failed, 0L), ("good", TableState.Ready, 5L),
            ("on_bad", TableState.Skipped, 0L), ("on_good", TableState.Ready, 2L));
        registry["good"].Contents().Should().Equal(NumberTopics.Rows(5));
        registry["on_good"].Contents().Should().Equal("3", "4");
        registry.Invoking(r => r["bad"]).Should().Throw<TableNotReadyException>()
            .Which.InnerException.Should().BeSameAs(result["bad"].Error);
        registry.Invoking(r => r["on_bad"]).Should().Throw<TableNotReadyException>()
            .WithMessage("*because of \"bad\"*");
        registry.Tables.Single(table => table.Name == "bad").SizeInBytes.Should().Be(0);
        registry.Tables.Single(table => table.Name == "on_bad").SkippedBecauseOf.Should().Be("bad");
    }
}
