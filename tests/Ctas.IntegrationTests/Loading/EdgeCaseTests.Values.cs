using Ctas.Data;
using Ctas.Kafka;
using Ctas.Kafka.Testing;
using Ctas.Tables;

namespace Ctas.IntegrationTests.Loading;

/// <content>Values at the ends of their types.</content>
public sealed partial class EdgeCaseTests
{
    [Theory]
    [InlineData("standard")]
    [InlineData("compact")]
    public async Task UnicodeNullsAndExtremeValues_RoundTrip(string model)
    {
        string topic = await kafka.CreateTopicAsync("extremes", partitions: 2);
        await kafka.ProduceAsync(topic, ExtremeRecord.All.Select(record => EmbeddedRecord.Of(record.Key, record.Json)));
        await using CtasEngine engine = Builder()
            .AddScript(
                $"""
                CREATE TABLE src ({ExtremeRecord.Declarations}) WITH (kafka_topic = '{topic}', value_format = 'JSON');
                CREATE TABLE extremes WITH (table_model = '{model}') AS SELECT * FROM src;
                CREATE TABLE copied WITH (table_model = '{model}') AS SELECT * FROM extremes;
                """)
            .Build();

        (await engine.LoadAsync().Guarded()).ThrowIfFailed();

        foreach (ITable table in new[] { engine.Tables["extremes"], engine.Tables["copied"] })
        {
            table.ColumnNames().Should().Equal(ExtremeRecord.Columns);
            table.RowCount.Should().Be(ExtremeRecord.All.Count);
            Dictionary<string, Row> byKey = table.Rows.ToDictionary(row => (string)row[0]!);
            foreach (ExtremeRecord record in ExtremeRecord.All) { AssertRow(byKey[record.Key], record); }
        }

        foreach (ExtremeRecord record in ExtremeRecord.All)
        {
            engine.Tables["extremes"].TryGet(record.Key, out Row row).Should().BeTrue("of \"{0}\"", record.Key);
            AssertRow(row, record);
        }

        engine.Tables["extremes"].TryGet("é", out _).Should().BeFalse("keys are compared byte by byte");
    }

    private static void AssertRow(Row row, ExtremeRecord record)
    {
        row[0].Should().Be(record.Key);
        for (int i = 0; i < record.Values.Length; i++)
        {
            object? value = row[i + 1];
            string reason = $"of column {ExtremeRecord.Columns[i + 1]} of \"{record.Key}\"";
            if (record.Values[i] is byte[] bytes) { ((byte[])value!).Should().Equal(bytes, reason); }
            else { value.Should().Be(record.Values[i], reason); }
        }
    }
}
