using System.Text.Json;
using Ctas.Cli;
using Ctas.Cli.Plans;

namespace Ctas.IntegrationTests.Cli;

public sealed class PlanRenderingTests
{
    /// <summary>Two waves; a name that Mermaid and markup would misread.</summary>
    internal static LoadPlan Shop { get; } = new(
    [
        new PlannedWave(1,
        [
            new PlannedTable("a \"<b>\"", 1, [], ["kafka://a"], ["id UNKNOWN"], [], "append-only", "standard", "Scan a"),
            new PlannedTable("users", 1, [], ["kafka://users"], ["id BIGINT"], ["id"], "upsert", "compact", "Scan users"),
        ]),
        new PlannedWave(2,
        [
            new PlannedTable("totals", 2, ["a \"<b>\"", "users"], [], ["n BIGINT"], ["id", "day"], "retract", "standard", "Aggregate"),
        ]),
    ]);

    [Fact]
    public void Tree_OfTwoWaves_ShowsTablesTraitsAndInputs()
    {
        using var output = new StringWriter();

        PlanTree.Write(Terminal.OfWriters(output, TextWriter.Null).Results, Shop);

        output.ToString().TrimEnd('\n').Split('\n').Select(line => line.TrimEnd()).Should().Equal(
            "3 tables in 2 waves",
            "├── wave 1",
            "│   ├── a \"<b>\"  append-only, standard  reads kafka://a",
            "│   └── users  key (id), upsert, compact  reads kafka://users",
            "└── wave 2",
            "    └── totals  key (id, day), retract, standard  reads a \"<b>\", users");
    }

    [Fact]
    public void Mermaid_OfTwoWaves_IsAFlowchartWithSubgraphs() => PlanMermaid.Render(Shop).Should().Be(
        """
        flowchart LR
            s1[("kafka://a")]
            s2[("kafka://users")]
            subgraph wave1 ["wave 1"]
                t1["a #quot;#lt;b#gt;#quot;<br/>append-only, standard"]
                t2["users<br/>key (id), upsert, compact"]
            end
            subgraph wave2 ["wave 2"]
                t3["totals<br/>key (id, day), retract, standard"]
            end
            s1 --> t1
            s2 --> t2
            t1 --> t3
            t2 --> t3

        """.ReplaceLineEndings("\n"));

    [Fact]
    public void Json_OfTwoWaves_HoldsEverything()
    {
        JsonElement waves = JsonDocument.Parse(PlanJson.Render(Shop)).RootElement.GetProperty("waves");

        waves.GetArrayLength().Should().Be(2);
        waves[1].GetProperty("number").GetInt32().Should().Be(2);
        JsonElement totals = waves[1].GetProperty("tables")[0];
        totals.GetProperty("name").GetString().Should().Be("totals");
        totals.GetProperty("dependencies").EnumerateArray().Select(x => x.GetString()).Should().Equal("a \"<b>\"", "users");
        totals.GetProperty("sources").GetArrayLength().Should().Be(0);
        totals.GetProperty("columns")[0].GetString().Should().Be("n BIGINT");
        totals.GetProperty("key").EnumerateArray().Select(x => x.GetString()).Should().Equal("id", "day");
        totals.GetProperty("changeKind").GetString().Should().Be("retract");
        totals.GetProperty("model").GetString().Should().Be("standard");
        totals.GetProperty("explain").GetString().Should().Be("Aggregate");
    }

    [Fact]
    public void Render_OfNoTables_IsEmptyNotBroken()
    {
        var none = new LoadPlan([]);

        PlanMermaid.Render(none).Should().Be("flowchart LR\n");
        JsonDocument.Parse(PlanJson.Render(none)).RootElement.GetProperty("waves").GetArrayLength().Should().Be(0);
    }
}
