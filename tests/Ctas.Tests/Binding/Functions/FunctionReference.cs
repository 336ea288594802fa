using System.Diagnostics;
using System.Globalization;
using System.Text;
using Ctas.Binding.Functions;

namespace Ctas.Tests.Binding.Functions;

/// <summary>Writes the function reference as Markdown.</summary>
internal static class FunctionReference
{
    private const string Head =
        """
        # Functions

        This page is written from the function catalogue, and every example on it is executed by a test.

        A function is NULL when one of its arguments is, unless it says otherwise. An argument without a result (the square
        root of a negative number, a date that does not exist) is an error of the row: see `on_error`. Names are
        case-insensitive. In signatures, brackets hold what can be left out and `...` what can be repeated; one capital letter is
        a type that is the same wherever it stands (`N`: INT, BIGINT, DECIMAL or DOUBLE), `ANY` is any type, `TEXT` is VARCHAR
        or any type that can be written as text, and `UNIT` is a unit of time, with quotes or without. Numbers widen by
        themselves (INT to BIGINT, DECIMAL, DOUBLE), and so does DATE to TIMESTAMP. Before OVER stand the window functions and
        every aggregate.

        The last column says whose users know the function under its name: PostgreSQL's, ksqlDB's, both, or nobody's but Ctas's.

        """;

    /// <summary>The whole page.</summary>
    public static string Write(IReadOnlyList<FunctionFamily> families)
    {
        var page = new StringBuilder(Head.ReplaceLineEndings("\n"));
        foreach (FunctionFamily family in families)
        {
            page.Append(CultureInfo.InvariantCulture, $"\n## {family.Title}\n\n");
            page.Append("| Function | Meaning | Example | From |\n|---|---|---|---|\n");
            foreach (FunctionEntry function in family.Functions.OrderBy(function => function.Name, StringComparer.Ordinal))
            {
                page.Append(CultureInfo.InvariantCulture, $"| {Forms(function)} | {Meaning(function)} ");
                page.Append(CultureInfo.InvariantCulture, $"| {Example(function.Example)} | {Heritage(function)} |\n");
            }
        }

        return page.ToString();
    }

    private static string Forms(FunctionEntry function) => string.Join("<br>", function.Signatures.Select(
        form => Code($"{function.Name}({form.Parameters}){Over(function)} → {form.Result}")));

    private static string Over(FunctionEntry function) => function.Kind == FunctionKind.Window ? " OVER (…)" : "";

    private static string Meaning(FunctionEntry function)
    {
        var meaning = new StringBuilder(Escaped(function.Meaning));
        if (function.Nulls is { } nulls) { meaning.Append("<br>").Append(Escaped(nulls)); }

        if (function.Aliases.Count > 0)
        {
            meaning.Append("<br>Also ").AppendJoin(", ", function.Aliases.Select(Code)).Append('.');
        }

        if (!function.IsDeterministic) { meaning.Append("<br>Different at each call."); }

        return meaning.ToString();
    }

    private static string Example(FunctionExample example) => $"{Code(example.Sql)} → {Code(example.Result)}";

    private static string Heritage(FunctionEntry function) => function.Heritage switch
    {
        Ctas.Binding.Functions.Heritage.Own => "Ctas",
        Ctas.Binding.Functions.Heritage.PostgreSql => "PostgreSQL",
        Ctas.Binding.Functions.Heritage.KsqlDb => "ksqlDB",
        Ctas.Binding.Functions.Heritage.Both => "both",
        _ => throw new UnreachableException($"No name for {function.Heritage}."),
    };

    private static string Code(string text) =>
        text.Length == 0 ? "(empty)" : $"`{text.Replace("|", "\\|", StringComparison.Ordinal)}`";

    private static string Escaped(string text) => text.Replace("|", "\\|", StringComparison.Ordinal);
}
