using System.Diagnostics;
using Ctas.Planning;
using Ctas.Text;

namespace Ctas.Tests.Planning;

public sealed class DependencyGraphTests
{
    [Fact]
    public void Waves_OfADiamond_ComeSortedAndProducersFirst()
    {
        var graph = DependencyGraph.Create([Table("d", "c", "b"), Table("c", "A"), Table("b", "a", "src"), Table("a")], name => name == "src");

        graph.Waves.Should().BeEquivalentTo([["a"], ["b", "c"], new[] { "d" }], options => options.WithStrictOrdering());
        graph.ProducersOf("d").Should().Equal("b", "c");
        graph.ProducersOf("c").Should().Equal("a");
        graph.ConsumersOf("a").Should().Equal("b", "c");
        graph.WaveOf("D").Should().Be(3);
    }

    [Fact]
    public void Create_Nothing_GivesNoWaves() => DependencyGraph.Create([]).Waves.Should().BeEmpty();

    [Fact]
    public void Create_Cycle_NamesExactlyTheCycle()
    {
        var act = () => DependencyGraph.Create([Table("c", "a"), Table("b", "c"), Table("a", "b"), Table("x", "a"), Table("y")]);

        Diagnostic diagnostic = act.Should().Throw<CtasCompilationException>().Which.Diagnostics.Should().ContainSingle().Subject;
        diagnostic.Code.Should().Be("CTAS3001");
        diagnostic.Message.Should().EndWith("a → b → c → a");
        act.Should().Throw<CtasCompilationException>().WithMessage(
            """
            CTAS3001: tables depend on each other: a → b → c → a
            LINE 3: a reads b
                    ^
            Hint: Break the cycle: one of them must read something else.
            """);
    }

    [Fact]
    public void Create_MissingName_NamesTableNameAndClosest()
    {
        var act = () => DependencyGraph.Create([Table("users"), Table("enriched", "usrs")]);

        CtasCompilationException exception = act.Should().Throw<CtasCompilationException>().Which;
        exception.Diagnostics.Should().ContainSingle().Which.Code.Should().Be("CTAS3002");
        exception.Message.Should().Be(
            """
            CTAS3002: table "enriched" depends on "usrs", which is neither a table nor a source
            LINE 2: enriched reads usrs
                                   ^^^^
            Hint: Did you mean "users"?
            """);
    }

    [Fact]
    public void Create_SameNameTwice_IsRefused()
    {
        var act = () => DependencyGraph.Create([Table("a"), Table("A")]);

        act.Should().Throw<CtasCompilationException>().Which.Diagnostics.Should().ContainSingle().Which.Code.Should().Be("CTAS3003");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Build_RandomGraphs_KeepEveryProducerInAnEarlierWaveOrNameARealCycle(int seed)
    {
        var random = new Random(seed);
        for (int round = 0; round < 200; round++)
        {
            int count = random.Next(1, 30);
            GraphTable[] tables = [.. Enumerable.Range(0, count).Select(i => Table(
                $"t{i}", [.. Enumerable.Range(0, random.Next(4)).Select(_ => $"t{random.Next(count)}")]))];

            var graph = DependencyGraph.Build(tables, _ => false, out IReadOnlyList<GraphProblem> problems);

            GraphCycle[] cycles = [.. problems.Cast<GraphCycle>()];
            foreach (GraphTable table in tables)
            {
                int wave = graph.WaveOf(table.Name);
                if (wave > 0)
                {
                    int last = table.Dependencies.Select(graph.WaveOf).DefaultIfEmpty(0).Max();
                    wave.Should().Be(last + 1);
                    table.Dependencies.All(producer => graph.WaveOf(producer) > 0).Should().BeTrue();
                }
            }

            graph.Waves.Sum(wave => wave.Count).Should().Be(tables.Count(table => graph.WaveOf(table.Name) > 0));
            (cycles.Length > 0).Should().Be(tables.Any(table => graph.WaveOf(table.Name) == 0));
            foreach (GraphCycle cycle in cycles)
            {
                cycle.Tables[0].Should().Be(cycle.Tables[^1]);
                cycle.Tables.Zip(cycle.Tables.Skip(1)).Should().OnlyContain(
                    step => tables.Single(table => table.Name == step.First).Dependencies.Contains(step.Second));
            }
        }
    }

    [Fact]
    public void Build_TenThousandTablesInAChain_TakesLinearWork()
    {
        GraphTable[] tables = [.. Enumerable.Range(0, 10_000).Select(i => i == 0 ? Table("t0") : Table($"t{i}", $"t{i - 1}", $"t{i / 2}"))];
        long start = Stopwatch.GetTimestamp();

        var graph = DependencyGraph.Create(tables);

        graph.Waves.Should().HaveCount(10_000);

        // Quadratic work would take minutes; the bound only tells the two apart.
        Stopwatch.GetElapsedTime(start).Should().BeLessThan(TimeSpan.FromMinutes(1));
    }

    private static GraphTable Table(string name, params string[] dependencies) => new(name, dependencies);
}
