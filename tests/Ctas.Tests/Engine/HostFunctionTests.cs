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
    public async Task HostFunction_ThatThrows_FailsTheRowWithItsName()
    {
        await using CtasEngine engine = Builder().Build();

        Func<Task> act = () => engine.QueryAsync("SELECT broken(n) AS x FROM (SELECT 7 AS n) AS t");

        (await act.Should().ThrowAsync<ExecutionException>()).Which.Message
            .Should().Contain("function \"broken\" failed: no luck").And.Contain("7");
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
