using Ctas.Planning;
using Ctas.Tests.Planning;
using Ctas.Tests.Text;
using Ctas.Text;

namespace Ctas.Tests.Binding;

public sealed class ConfigFileTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ctas-config-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Yaml_NestedDottedExtendedAndVariables_GiveTheProperties()
    {
        Write("base.yaml", "kafka:\n  fetch.min.bytes: 7\nvalue_format: JSON\nauto.offset.reset: latest\n");
        Write("sub/orders.yaml", "extends: ../base.yaml\ntopic: ${PREFIX}.orders\n"
            + "auto:\n  offset.reset: earliest\nbootstrap.servers: [h1:1, h2:2]\n");

        PlannedSource source = PlanNamed("sub/orders.yaml", ("PREFIX", "prod")).Tables[0].Sources.Should().ContainSingle().Subject;

        source.Topic.Should().Be("prod.orders");
        source.BootstrapServers.Should().Be("h1:1,h2:2");
        source.Properties["auto.offset.reset"].Should().Be("earliest");
        source.Properties["value_format"].Should().Be("JSON");
        source.Properties["kafka.fetch.min.bytes"].Should().Be("7");
    }

    [Fact]
    public void Json_RelativePath_StartsAtTheFile()
    {
        Write("sub/o.json", """{ "path": "data/x.csv", "delimiter": ";" }""");

        PlanNamed("sub/o.json").Tables[0].Sources[0].Path.Should().Be(Path.Combine(_folder, "sub", "data", "x.csv"));
    }

    [Fact]
    public void With_WinsOverTheFile()
    {
        Write("o.yaml", "topic: a\nmode: changelog\n");

        ScriptPlan plan = Scripts.PlanIn(
            _folder, _ => null, "CREATE TABLE t WITH (o.mode = 'append', o.config_file = 'o.yaml') AS SELECT x FROM o");

        plan.Diagnostics.Should().BeEmpty();
        plan.Tables[0].Sources[0].Properties["mode"].Should().Be("append");
    }

    [Fact]
    public void StatementFile_MayNameSources()
    {
        Write("all.yaml", "table_model: compact\no:\n  topic: orders\n");

        ScriptPlan plan = Scripts.PlanIn(
            _folder, _ => null, "CREATE TABLE t WITH (config_file = 'all.yaml') AS SELECT x FROM o");

        plan.Diagnostics.Should().BeEmpty();
        plan.Tables[0].Sources[0].Topic.Should().Be("orders");
        plan.Tables[0].Properties["table_model"].Should().Be("compact");
    }

    [Theory]
    [InlineData("CREATE TABLE t WITH (o.config_file = {'none.yaml'}) AS SELECT x FROM o", "CTAS2050", "was not found")]
    [InlineData("CREATE TABLE t WITH (o.config_file = {'broken.yaml'}) AS SELECT x FROM o", "CTAS2050", "is not YAML")]
    [InlineData("CREATE TABLE t WITH (o.config_file = {'tabs.yaml'}) AS SELECT x FROM o", "CTAS2050", "is not YAML, see its line")]
    [InlineData("CREATE TABLE t WITH (o.config_file = {'broken.json'}) AS SELECT x FROM o", "CTAS2050", "is not JSON, see its line 2")]
    [InlineData("CREATE TABLE t WITH (o.config_file = {'cycle1.yaml'}) AS SELECT x FROM o", "CTAS2051", "cycle1.yaml → cycle2.yaml → cycle1.yaml")]
    [InlineData("CREATE TABLE t WITH (o.config_file = {'variable.yaml'}) AS SELECT x FROM o", "CTAS2052", "\"NOWHERE\"")]
    [InlineData("CREATE TABLE t WITH (o.config_file = {'unknown.yaml'}) AS SELECT x FROM o", "CTAS2040", "\"topik\" in \"unknown.yaml\"")]
    public void File_Mistake_IsReportedWhereSqlNamesTheFile(string annotated, string code, string message)
    {
        Write("broken.yaml", "topic: [a\nx: }");
        Write("tabs.yaml", "a: 1\n\tb: 2\n");
        Write("broken.json", "{ \"topic\": \"a\",\n !");
        Write("cycle1.yaml", "topic: a\nextends: cycle2.yaml");
        Write("cycle2.yaml", "extends: cycle1.yaml");
        Write("variable.yaml", "topic: a\nbootstrap.servers: ${NOWHERE}");
        Write("unknown.yaml", "topic: a\ntopik: b");

        (string sql, TextSpan span) = AnnotatedSql.Parse(annotated);

        ScriptPlan plan = Scripts.PlanIn(_folder, _ => null, sql);

        Diagnostic diagnostic = plan.Diagnostics.Should().ContainSingle(d => d.Code == code).Subject;
        diagnostic.Message.Should().Contain(message);
        diagnostic.Span.Should().Be(span);
    }

    private ScriptPlan PlanNamed(string file, params (string Name, string Value)[] variables) => Scripts.PlanIn(
        _folder,
        name => variables.FirstOrDefault(v => v.Name == name).Value,
        $"CREATE TABLE t WITH (o.config_file = '{file}') AS SELECT x FROM o");

    private void Write(string file, string text)
    {
        string path = Path.Combine(_folder, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
