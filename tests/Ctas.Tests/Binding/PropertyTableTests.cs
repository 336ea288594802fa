using Ctas.Binding.Properties;
using Ctas.Data;
using Ctas.Planning;
using Ctas.Tests.Planning;
using Ctas.Text;

namespace Ctas.Tests.Binding;

/// <summary>Every property of the dialect under each of its names and in each of its places, with values that fit and that do not.</summary>
public sealed class PropertyTableTests
{
    private const string Formats = "json JSON, JSON JSON, csv DELIMITED, delimited DELIMITED, KAFKA KAFKA, none NONE";

    /// <summary>Names, values that fit with their canonical form, values that do not, and what else the statement needs.</summary>
    private static readonly PropertyRow[] Table =
    [
        new("topic kafka_topic", ["orders", "a.b-c_1"], ["a topic", "", ".", ".."]),
        new("path file", ["in/*.ndjson", "/data/x.csv.gz"], ["", " "]),
        new("type", ["kafka_source"], ["jdbc", "", "kafka_sink"]) { Only = "source" },
        new("type", ["kafka_sink"], ["jdbc", "", "kafka_source"]) { Only = "sink" },
        new("bootstrap.servers kafka.bootstrap.servers bootstrap_servers", ["h:9092", "h1:9092,h2:9092"], ["", " "]),
        new("format", [.. Formats.Split(", ")], ["xml", "", "JSON,CSV"]),
        new("value_format value.format", [.. Formats.Split(", ")], ["xml", ""]),
        new("key_format key.format", [.. Formats.Split(", ")], ["xml", ""]),
        new("delimiter value_delimiter", ["; ;", "TAB \t", "| |"], ["ab", "", "\""]),
        new(
            "auto.offset.reset kafka.auto.offset.reset auto_offset_reset",
            [
                "earliest", "Latest latest", "timestamp:2024-01-31 timestamp:2024-01-31T00:00:00.0000000Z",
                "timestamp:2024-01-31T12:00:00+02:00 timestamp:2024-01-31T10:00:00.0000000Z", "offsets:{1:7,0:5} offsets:{0:5,1:7}",
            ],
            ["soon", "timestamp:soon", "timestamp:", "offsets:0:5", "offsets:{0}", "offsets:{0:1,0:2}", "offsets:{0:-1}"]),
        new("mode", ["APPEND append", "append"], ["both", "", "upsert"]),
        new("null_key", ["error", "SKIP skip", "append"], ["drop", ""]),
        new("on_error", ["fail", "Skip skip"], ["ignore", ""]),
        new("dead_letter_topic", ["dead"], ["a topic", ""]) { Needs = "on_error = 'dead_letter'" },
        new("missing_topic", ["error fail", "FAIL fail", "wait"], ["create", ""]),
        new("timestamp event.time.field", ["created"], ["", " "]),
        new("timestamp_format event.time.format", ["yyyy-MM-dd", "yyyy-MM-ddTHH:mm:ss.SSSX yyyy-MM-ddTHH:mm:ss.fffK"], ["", " "])
        {
            Needs = "timestamp = 'created'",
        },
        new("wrap_single_value", ["TRUE true", "false"], ["maybe", ""]),
        new("partitions", ["1", "12"], ["0", "-1", "2147483648", "many"]),
        new("replicas", ["1", "3"], ["0", "32768", "1.5"]),
        new("table_model", ["normal standard", "Standard standard", "COMPACT compact"], ["tiny", ""]),
        new("loading.bulk.max_records", ["1", "1000"], ["0", "-5", "many", "1.5", "9223372036854775808"]),
        new("loading.timeout", ["1.5_hours 01:30:00", "30_seconds 00:00:30", "7_days 7.00:00:00", "250_ms 00:00:00.2500000"], ["soon", "0 seconds", "-1 hour", "5 fortnights"]),
        new("loading.batch_size", ["1", "1000000"], ["0", "1000001", "-5"]),
        new("batch.strategy", ["auto", "AUTO auto", "fixed", "Adaptive adaptive"], ["huge", ""]),
        new("loading.group", ["shop"], ["", " "]),
        new("loading.unified", ["auto", "TRUE true", "false"], ["often", ""]),
        new("memory.limit memory_limit", ["1000", "1.5KB 1536", "2GiB 2147483648", "512_MB 536870912"], ["0", "much", "-1", "1 parsec"]),
        new("delivery delivery_guarantee delivery.guarantee", ["at_least_once", "exactly-once exactly_once"], ["maybe", "at_most_once"]),
        new("retention", ["7_days 7.00:00:00", "1_hour 01:00:00", "30_minutes 00:30:00"], ["soon", "0 days", "-1 hour"]),
        new("config_file", [], [""]),
        new("kafka.fetch.wait.max.ms", ["10"], []),
    ];

    public static TheoryData<string, string, string, string> Good => Cases(row => row.Good.Select(good => good.Split(' ') switch
    {
        [var value, var canonical] => (value.Replace('_', row.Names[0] is "loading.timeout" or "memory.limit" or "retention" ? ' ' : '_'), canonical),
        _ => (good, good),
    }));

    public static TheoryData<string, string, string, string> Bad => Cases(row => row.Bad.Select(bad => (bad, "CTAS2041")));

    [Theory]
    [MemberData(nameof(Good))]
    public void Property_ValueThatFits_IsKeptInItsCanonicalForm(string place, string name, string value, string canonical)
    {
        ScriptPlan plan = Scripts.PlanSound(Statement(place, name, $"'{value}'"));

        PropertiesOf(plan, place)[PropertyCatalog.Find(name)!.Name].Should().Be(canonical);
    }

    [Theory]
    [MemberData(nameof(Bad))]
    public void Property_ValueThatDoesNotFit_IsRefusedWhereItStands(string place, string name, string value, string code)
    {
        string written = $"'{value}'";
        string sql = Statement(place, name, written);

        Diagnostic diagnostic = Scripts.Plan(sql).Diagnostics.First(d => d.Code == code);

        diagnostic.Span.Start.Should().Be(sql.LastIndexOf(written, StringComparison.Ordinal));
        sql[diagnostic.Span.Start..diagnostic.Span.End].Should().Be(written);
        if (code == "CTAS2041")
        {
            diagnostic.Message.Should().Contain($"\"{name}\"");
            diagnostic.Hint.Should().StartWith("It takes ").And.EndWith(".");
        }
    }

    [Fact]
    public void Property_Null_IsRefusedUnderEveryName()
    {
        foreach ((string place, string name) in Table.SelectMany(row => row.Places.SelectMany(_ => row.Names, (place, name) => (place, name))))
        {
            Scripts.Plan(Statement(place, name, "NULL")).Diagnostics.Select(d => d.Code).Should().Contain("CTAS2041", "of {0}", name);
        }
    }

    [Fact]
    public void Property_InAnotherPlace_IsRefused()
    {
        foreach (PropertyRow row in Table)
        {
            foreach (string place in new[] { "source", "table", "sink" }.Except(Table.Where(other => other.AllNames == row.AllNames).SelectMany(other => other.Places)))
            {
                string value = row.Good.FirstOrDefault()?.Split(' ')[0] ?? "x";
                Scripts.Plan(Statement(place, row.Names[0], $"'{value}'")).Diagnostics.Select(d => d.Code)
                    .Should().Contain(code => code == "CTAS2044" || code == "CTAS2040", "{0} says nothing of a {1}", row.Names[0], place);
            }
        }
    }

    [Fact]
    public void Table_HoldsEveryNameOfTheCatalogue() =>
        Table.SelectMany(row => row.Names).Where(name => !name.StartsWith("kafka.fetch", StringComparison.Ordinal)).Distinct()
            .Should().BeEquivalentTo(PropertyCatalog.Names);

    private static TheoryData<string, string, string, string> Cases(Func<PropertyRow, IEnumerable<(string Value, string Expected)>> cases)
    {
        var data = new TheoryData<string, string, string, string>();
        foreach (PropertyRow row in Table)
        {
            foreach ((string value, string expected) in cases(row))
            {
                foreach (string place in row.Places)
                {
                    foreach (string name in row.Names) { data.Add(place, name, value, expected); }
                }
            }
        }

        return data;
    }

    private static string Statement(string place, string name, string value)
    {
        string needed = Table.First(row => row.Names.Contains(name)).Needs is { } needs ? $"{needs}, " : "";
        string property = $"{needed}'{name}' = {value}";
        string where = name is "topic" or "kafka_topic" or "path" or "file" ? "" : "topic = 'there', ";
        return place switch
        {
            "source" => $"CREATE STREAM s WITH ({where}{property})",
            "sink" => $"CREATE SINK s WITH ({where}{property})",
            _ => $"CREATE TABLE t WITH ({property}) AS SELECT name FROM orders",
        };
    }

    private static PropertySet PropertiesOf(ScriptPlan plan, string place) => place switch
    {
        "source" => plan.Sources.Single().Properties,
        "sink" => plan.Sinks.Single().Properties,
        _ => plan.Tables.Single().Properties,
    };

    private sealed record PropertyRow(string AllNames, string[] Good, string[] Bad)
    {
        public string[] Names { get; } = AllNames.Split(' ');


        public string? Needs { get; init; }

        public string? Only { get; init; }

        public IEnumerable<string> Places =>
            from place in new[] { PropertyPlace.Source, PropertyPlace.Table, PropertyPlace.Sink }
            where PropertyCatalog.Find(Names[0])!.Places.HasFlag(place)
            select place.ToString().ToLowerInvariant() into name
            where Only is null || Only == name
            select name;
    }
}
