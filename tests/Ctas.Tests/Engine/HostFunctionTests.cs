using Ctas.Data;
using Ctas.Execution;
using Ctas.Text;

namespace Ctas.Tests.Engine;

/// <summary>Functions of the host application in SQL.</summary>
public sealed class HostFunctionTests
{
    [Theory]
    [InlineData("twice(21)", "42")]
    [InlineData("TWICE(CAST(21 AS INT))", "42")]
    [InlineData("twice(NULL)", null)]
    [InlineData("or_zero(NULL)", "0")]
    [InlineData("or_zero(5)", "5")]
    [InlineData("shout('hey', 2)", "HEY!!")]
    [InlineData("shout(NULL, 2)", null)]
    [InlineData("or_text(NULL)", "none")]
    [InlineData("half(2.5)", "1.2500000000")]
    [InlineData("half(3)", "1.5000000000")]
    [InlineData("half(CAST('2.5' AS DECIMAL(38, 30)))", "1.2500000000")]
    [InlineData("half(CAST('-1234567890.5' AS DECIMAL(38, 20)))", "-617283945.2500000000")]
    [InlineData("half(CAST('9999999999999999999999999999' AS DECIMAL(28, 0)))", "4999999999999999999999999999.5000000000")]
    [InlineData("next_day(DATE '2024-02-28')", "2024-02-29")]
    [InlineData("five(1, 2, 3, 4, 5)", "15")]
    [InlineData("total(ARRAY[1, 2, 3])", "6")]
    [InlineData("total(NULL)", null)]
    [InlineData("CAST(letters('abc') AS VARCHAR)", "[\"a\",\"b\",\"c\"]")]
    [InlineData("nothing('x')", null)]
    [InlineData("length_of(x'0102')", "2")]
    public async Task HostFunction_Called_GivesWhatItReturns(string call, string? expected)
    {
        await using CtasEngine engine = Builder().Build();

        QueryResult result = await engine.QueryAsync($"SELECT CAST({call} AS VARCHAR) AS x");

        result.Batches.Single()[0].GetValue(0).Should().Be(expected);
    }

    [Fact]
    public async Task HostFunction_MomentBeforeTheEpoch_IsCutToTheMicrosecondBefore()
    {
        await using CtasEngine engine = Builder().AddFunction("moment", (long ticks) => DateTime.UnixEpoch.AddTicks(ticks)).Build();

        QueryResult result = await engine.QueryAsync("SELECT CAST(moment(-5) AS VARCHAR) AS a, CAST(moment(5) AS VARCHAR) AS b");

        Batch row = result.Batches.Single();
        row[0].GetValue(0).Should().Be("1969-12-31 23:59:59.999999");
        row[1].GetValue(0).Should().Be("1970-01-01 00:00:00");
    }

    [Fact]
    public async Task HostFunction_ThatThrows_FailsTheRowWithItsName()
    {
        await using CtasEngine engine = Builder().Build();

        Func<Task> act = () => engine.QueryAsync("SELECT broken(n) AS x FROM (SELECT 7 AS n) AS t");

        (await act.Should().ThrowAsync<ExecutionException>()).Which.Message
            .Should().Contain("function \"broken\" failed: no luck").And.Contain("7");
    }

    [Theory]
    [InlineData("much(0)", "function \"much\" failed: *")]
    [InlineData("half(CAST('12345678901234567890123456789012345678' AS DECIMAL(38, 0)))", "function \"half\" failed: *")]
    public async Task HostFunction_DecimalThatDoesNotFit_FailsTheRow(string call, string reason)
    {
        await using CtasEngine engine = Builder().AddFunction("much", (long n) => 79_228_162_514_264_337_593_543_950_335m - n).Build();

        Func<Task> act = () => engine.QueryAsync($"SELECT {call} AS x");

        (await act.Should().ThrowAsync<ExecutionException>()).WithMessage($"*{reason}");
    }

    [Fact]
    public async Task HostFunction_NotDeterministic_IsCalledForEveryRow()
    {
        int calls = 0;
        await using CtasEngine engine = new CtasEngineBuilder()
            .AddFunction("ticket", () => Interlocked.Increment(ref calls))
            .WithNonDeterministic("ticket")
            .Build();

        QueryResult result = await engine.QueryAsync(
            "SELECT COUNT(DISTINCT x) AS n FROM (SELECT ticket() AS x FROM (SELECT 1 AS a UNION ALL SELECT 2) AS s) AS t");

        result.Batches.Single()[0].GetValue(0).Should().Be(2L);
    }

    [Fact]
    public void Build_WithNamesThatAreTaken_TellsAllOfThemWithTheMistakesOfTheScript()
    {
        Action act = () => new CtasEngineBuilder()
            .AddFunction("upper", (string text) => text)
            .AddFunction("mine", (long n) => n)
            .AddFunction("MINE", (long n) => n)
            .AddScript("CREATE TABLE t AS SELECT mine(1) AS a, nope(2) AS b;")
            .Build();

        act.Should().Throw<CtasCompilationException>().Which.Diagnostics.Select(diagnostic => diagnostic.Code)
            .Should().Equal("CTAS2057", "CTAS2057", "CTAS2005");
    }

    [Theory]
    [InlineData("upper", "function \"upper\" cannot be added, because SQL has a function of that name")]
    [InlineData("sum", "function \"sum\" cannot be added, because SQL has a function of that name")]
    [InlineData("Mine", "function \"Mine\" is added twice")]
    public void Build_WithANameThatIsTaken_DrawsTheName(string name, string message)
    {
        Action act = () => new CtasEngineBuilder().AddFunction("mine", (long n) => n).AddFunction(name, (long n) => n).Build();

        act.Should().Throw<CtasCompilationException>().Which.Message.Should().Be(
            $"""
            CTAS2057: {message}
            LINE 1: {name}
                    {new string('^', name.Length)}
            Hint: Give it another name.
            """);
    }

    [Theory]
    [InlineData("SELECT w FROM words('a bb a') AS w ORDER BY w", "a a bb")]
    [InlineData("SELECT w.word FROM (SELECT 'x y' AS s UNION ALL SELECT 'z') AS t, words(t.s) AS w(word) ORDER BY 1", "x y z")]
    [InlineData("SELECT COUNT(*) AS n FROM words('')", "0")]
    [InlineData("SELECT COUNT(*) AS n FROM words(NULL)", "0")]
    [InlineData("SELECT n FROM GENERATE_SERIES(1, 3) AS s(n) ORDER BY n", "1 2 3")]
    public async Task TableFunction_InFrom_GivesARowAnItem(string sql, string expected)
    {
        await using CtasEngine engine = new CtasEngineBuilder()
            .AddTableFunction("words", (string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries).AsEnumerable())
            .Build();

        QueryResult result = await engine.QueryAsync(sql);

        string.Join(' ', result.Rows.Select(row => row[0])).Should().Be(expected);
    }

    private sealed record Word(string Text, int Length, DateOnly? Since);

    [Theory]
    [InlineData("SELECT * FROM words('a bb') AS w ORDER BY 1", "a,1,NULL bb,2,2024-01-02")]
    [InlineData("SELECT t.n, w.length FROM words('a bb') AS w(n, length, since), (SELECT 7 AS n) AS t ORDER BY 2", "7,1 7,2")]
    [InlineData("SELECT b, a FROM words('a bb') AS w(a, b) WHERE b > 1", "2,bb")]
    [InlineData("SELECT s.s, w.text, w.n FROM (SELECT 'x yy' AS s UNION ALL SELECT '') AS s, words(s.s) WITH ORDINALITY AS w(text, length, since, n) ORDER BY n", "x yy,x,1 x yy,yy,2")]
    [InlineData("SELECT s.s, w.text FROM (SELECT 'x' AS s UNION ALL SELECT '') AS s LEFT JOIN LATERAL words(s.s) AS w ON TRUE ORDER BY 1", ",NULL x,x")]
    [InlineData("SELECT COUNT(*) AS n FROM words(NULL)", "0")]
    [InlineData("SELECT words('a')[1]->text AS t, CARDINALITY(words('a b')) AS n", "a,2")]
    [InlineData("SELECT w->length AS n FROM UNNEST(words('abc')) AS u(w)", "3")]
    [InlineData("SELECT a + b AS c FROM pairs(2) AS p WHERE a > 0", "11")]
    [InlineData("SELECT SUM(n.b) AS x FROM (SELECT p.b FROM pairs(3) AS p, pairs(p.a) AS q) AS n", "50")]
    public async Task TableFunction_OfSeveralColumns_SpreadsThem(string sql, string expected)
    {
        await using CtasEngine engine = WithTableFunctions().Build();

        QueryResult result = await engine.QueryAsync(sql);

        string.Join(' ', result.Rows.Select(row => string.Join(
            ',', Enumerable.Range(0, result.Schema.Fields.Count).Select(i => row[i] switch
            {
                null => "NULL",
                DateOnly day => day.ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture),
                object value => value.ToString(),
            })))).Should().Be(expected);
    }

    [Fact]
    public async Task TableFunction_OfSeveralColumns_IsReadByATable()
    {
        await using CtasEngine engine = WithTableFunctions()
            .AddScript("CREATE TABLE texts AS SELECT 'a bb' AS s; CREATE TABLE t AS SELECT w.* FROM texts, words(s) AS w;")
            .Build();

        (await engine.LoadAsync()).ThrowIfFailed();

        engine.Tables["t"].Schema.ToString().Should().Be("text VARCHAR, length INT, since DATE");
        engine.Tables["t"].RowCount.Should().Be(2);
    }

    [Fact]
    public async Task TableFunction_ThatThrowsAmidItsRows_FailsTheRowAndLeavesNoneBehind()
    {
        await using CtasEngine engine = new CtasEngineBuilder()
            .AddTableFunction("upto", (int n) => Enumerable.Range(1, n).Select(i => i < 3 ? (i, i * i) : throw new InvalidOperationException("three")),
                columns => columns.Add("a", row => row.i).Add("b", row => row.Item2))
            .AddTable("CREATE TABLE t WITH (on_error = 'skip') AS SELECT n, a, b FROM (SELECT 5 AS n UNION ALL SELECT 1) AS s, upto(n)")
            .Build();

        (await engine.LoadAsync()).ThrowIfFailed();

        (await engine.QueryAsync("SELECT n, a, b FROM t")).Rows.Select(row => row.ToString()).Should().Equal("(1, 1, 1)");
    }

    [Fact]
    public void AddTableFunction_OfUnknownColumns_IsRefused()
    {
        Action none = () => new CtasEngineBuilder().AddTableFunction("f", () => new[] { 1 }.AsEnumerable(), _ => { });
        Action twice = () => new CtasEngineBuilder().AddTableFunction(
            "f", () => new[] { 1 }.AsEnumerable(), columns => columns.Add("a", n => n).Add("A", n => n));
        Action unknown = () => new CtasEngineBuilder().AddTableFunction(
            "f", () => new[] { 1 }.AsEnumerable(), columns => columns.Add("a", _ => new Uri("http://a")));

        none.Should().Throw<ArgumentException>().WithMessage("*no column*");
        twice.Should().Throw<ArgumentException>().WithMessage("*\"A\" already*");
        unknown.Should().Throw<ArgumentException>().WithMessage("*Uri*string*");
    }

    private static CtasEngineBuilder WithTableFunctions() => new CtasEngineBuilder()
        .AddTableFunction(
            "words",
            (string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries)
                .Select(word => new Word(word, word.Length, word.Length > 1 ? new DateOnly(2024, 1, word.Length) : null)),
            columns => columns.Add("text", word => word.Text).Add("length", word => word.Length).Add("since", word => word.Since))
        .AddTableFunction(
            "pairs",
            (int n) => Enumerable.Range(0, n).Select(i => (A: i, B: i * 10L)),
            columns => columns.Add("a", pair => pair.A).Add("b", pair => pair.B));

    [Fact]
    public void AddFunction_OfATypeWithoutSqlType_IsRefused()
    {
        Action act = () => new CtasEngineBuilder().AddFunction("f", (Uri uri) => uri.Host);

        act.Should().Throw<ArgumentException>().WithMessage("*Uri*string*");
    }

    [Fact]
    public async Task HostFunction_WithWrongArguments_IsToldItsForm()
    {
        await using CtasEngine engine = Builder().Build();

        Func<Task> act = () => engine.QueryAsync("SELECT shout(1, 2) AS x");

        (await act.Should().ThrowAsync<CtasCompilationException>()).Which.Diagnostics.Single().Hint
            .Should().Contain("CAST(1 AS VARCHAR)").And.Contain("SHOUT(text VARCHAR, times INT)");
    }

    private static CtasEngineBuilder Builder() => new CtasEngineBuilder()
        .AddFunction("twice", (long n) => n * 2)
        .AddFunction("or_zero", (long? n) => n ?? 0)
        .AddFunction("shout", (string text, int times) => text.ToUpperInvariant() + new string('!', times))
        .AddFunction("or_text", (string? text) => text ?? "none")
        .AddFunction("half", (decimal n) => n / 2)
        .AddFunction("next_day", (DateOnly day) => day.AddDays(1))
        .AddFunction("five", (int a, int b, int c, int d, int e) => a + b + c + d + e)
        .AddFunction("total", (IReadOnlyList<long> numbers) => numbers.Sum())
        .AddFunction("letters", (string text) => text.Select(letter => letter.ToString()).ToArray())
        .AddFunction<string, string?>("nothing", _ => null)
        .AddFunction("length_of", (Delegate)LengthOf)
        .AddFunction<int, int>("broken", _ => throw new InvalidOperationException("no luck"));

    private static int LengthOf(byte[] bytes) => bytes.Length;
}
