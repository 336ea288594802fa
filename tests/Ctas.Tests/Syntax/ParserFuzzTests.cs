using System.Text;
using System.Text.Json;
using Ctas.Syntax;
using Ctas.Text;

namespace Ctas.Tests.Syntax;

public class ParserFuzzTests
{
    private const int StatementsPerSeed = 25_000;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static readonly string[] Inserts =
    [
        "(", ")", "[", "]", "<", ">", ",", ";", ".", "=", "==", ":=", "::", "->", "=>", "*", "-", "--", "/*", "*/",
        "'", "\"", "`",
        "x'", "kafka://", "SELECT", "FROM", "WHERE", "WITH", "AS", "CREATE TABLE", "EMIT", "ON", "JOIN", "CASE",
        "END", "NOT",
        "IN", "BETWEEN", "INTERVAL", "NULL", "UNION", "0", "1e", "\0", "\uFFFF", "\uD800", "ß", "😀", "\t", "\r\n",
        "VALUES", "GROUP",
    ];

    private static readonly string[] Corpus = [.. SqlCorpus.All];

    /// <summary>100,000 mutated statements over four seeds: no exception, no hang, every place in the text.</summary>
    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    [InlineData(14)]
    public async Task ParseScript_OfMutatedStatements_AlwaysAnswers(int seed)
    {
        int accepted = 0;
        Task run = Task.Run(() =>
        {
            var random = new Random(seed);
            for (int round = 0; round < StatementsPerSeed; round++)
            {
                string sql = Mutate(Corpus[random.Next(Corpus.Length)], random);
                if (CheckAndName(sql)) { accepted++; }
            }
        });

        Func<Task> finished = () => run.WaitAsync(Patience);
        await finished.Should().NotThrowAsync();

        // Both outcomes must be common, or the mutations test nothing.
        accepted.Should().BeInRange(StatementsPerSeed / 50, StatementsPerSeed / 2);
    }

    [Theory]
    [InlineData("(")]
    [InlineData("a(")]
    [InlineData("((SELECT ")]
    [InlineData("SELECT a b c ")]
    [InlineData("SELECT F(a b, ")]
    [InlineData("'")]
    [InlineData("''' ")]
    [InlineData("\"\n")]
    [InlineData("/*")]
    [InlineData("a, ")]
    [InlineData("(a, ")]
    [InlineData("SELECT ((a, a, ")]
    [InlineData("CREATE TABLE ")]
    [InlineData("SELECT 1 ) ] ")]
    [InlineData("SELECT * FROM a JOIN ")]
    [InlineData("CASE WHEN ")]
    [InlineData("x::")]
    [InlineData("- ")]
    [InlineData("SELECT * FROM t WHERE ;")]
    public async Task ParseScript_OfLongHostileText_TakesLinearTime(string part)
    {
        // 400,000 characters: quadratic work would take many minutes.
        string text = string.Concat(Enumerable.Repeat(part, 400_000 / part.Length));

        Func<Task> parse = () => Task.Run(() => Check("SELECT " + text)).WaitAsync(Patience);
        await parse.Should().NotThrowAsync();
    }

    private static bool CheckAndName(string sql)
    {
        try { return Check(sql); }
        catch (Exception e) { throw new InvalidOperationException($"The statement was {Escaped(sql)}.", e); }
    }

    /// <returns>Whether the text was accepted.</returns>
    private static bool Check(string sql)
    {
        ParseResult<ScriptSyntax> result = Parser.ParseScript(new SourceText(sql));
        foreach (Diagnostic diagnostic in result.Diagnostics)
        {
            bool isInside = 0 <= diagnostic.Span.Start
                && diagnostic.Span.Start <= diagnostic.Span.End && diagnostic.Span.End <= sql.Length;
            bool isNamed = diagnostic.Code.StartsWith("CTAS1", StringComparison.Ordinal) && diagnostic.Message != "";
            if (!isInside || !isNamed) { throw new InvalidOperationException($"{diagnostic} in {Escaped(sql)}"); }
        }

        bool isBroken = result.Root.Statements.Any(statement => statement is BrokenStatementSyntax);
        if (isBroken && result.Diagnostics.Count == 0)
        {
            throw new InvalidOperationException($"Broken without a diagnostic: {Escaped(sql)}");
        }

        if (result.Diagnostics.Count > 0)
        {
            if (sql.Length < 10_000) { DiagnosticRenderer.Render(result.Diagnostics); }

            return false;
        }

        // What was accepted must be understood: it prints to a text with the same tree.
        string printed = SyntaxPrinter.Print(result.Root);
        ParseResult<ScriptSyntax> again = Parser.ParseScript(new SourceText(printed));
        if (again.Diagnostics.Count > 0 || again.Root != result.Root)
        {
            throw new InvalidOperationException($"Printed as {Escaped(printed)}: {Escaped(sql)}");
        }

        return true;
    }

    private static string Mutate(string sql, Random random)
    {
        int count = random.Next(1, 5);
        for (int i = 0; i < count; i++)
        {
            sql = random.Next(10) switch
            {
                < 6 => MutateTokens(sql, random),
                6 or 7 => MutateCharacter(sql, random),
                8 => sql[..random.Next(sql.Length + 1)],
                _ => sql + (random.Next(2) == 0 ? "; " : " ") + Corpus[random.Next(Corpus.Length)],
            };
        }

        return sql;
    }

    private static string MutateTokens(string sql, Random random)
    {
        var source = new SourceText(sql);
        List<Token> lexed = new Lexer(source, new DiagnosticBag(source)).Lex();
        List<string> tokens = [.. lexed.SkipLast(1).Select(token => source[token.Span].ToString())];
        if (tokens.Count == 0) { return sql; }

        int at = random.Next(tokens.Count);
        int other = random.Next(tokens.Count);
        switch (random.Next(4))
        {
            case 0:
                tokens.RemoveAt(at);
                break;
            case 1:
                (tokens[at], tokens[other]) = (tokens[other], tokens[at]);
                break;
            case 2:
                tokens.Insert(at, tokens[other]);
                break;
            default:
                tokens.Insert(at, Inserts[random.Next(Inserts.Length)]);
                break;
        }

        return string.Join(' ', tokens);
    }

    private static string MutateCharacter(string sql, Random random)
    {
        if (sql.Length == 0) { return sql; }

        var text = new StringBuilder(sql);
        int at = random.Next(text.Length);
        switch (random.Next(3))
        {
            case 0:
                text.Remove(at, 1);
                break;
            case 1:
                text[at] = (char)random.Next(1, 256);
                break;
            default:
                text.Insert(at, (char)random.Next(32, 127));
                break;
        }

        return text.ToString();
    }

    private static string Escaped(string sql) => JsonSerializer.Serialize(sql[..Math.Min(sql.Length, 2_000)]);
}
