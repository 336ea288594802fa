using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using DuckDB.NET.Data;

namespace Ctas.SqlTests.Oracle;

/// <summary>
/// The cases of <c>cases/functions/catalog</c> give what DuckDB gives, where it has the function; what it has not, and where it
/// differs, stands in functions.md.
/// </summary>
public sealed partial class FunctionCaseOracleTests
{
    private static readonly Lazy<ILookup<string, Comparison>> Compared = new(() => Compare().ToLookup(c => c.Function));

    private enum Verdict
    {
        Same,
        Different,

        /// <summary>DuckDB refuses it: it lacks the function, or this form of it, or the type of a NULL.</summary>
        Refused,
    }

    private sealed record Comparison(string Function, Verdict Verdict, string Place);

    [Fact]
    public void CatalogueCases_OfSharedFunctions_DifferOnlyWhereItIsExplained()
    {
        string[] explained = [.. ExplainedName().Matches(Page()).Select(match => match.Groups[1].Value)];

        Compared.Value.Where(cases => cases.Any(c => c.Verdict == Verdict.Different)).Select(cases => cases.Key)
            .Should().BeEquivalentTo(explained, "these differ: {0}", string.Join(
                '\n', Compared.Value.SelectMany(cases => cases).Where(c => c.Verdict == Verdict.Different).Select(c => c.Place)));
    }

    [Fact]
    public void CatalogueCases_OfWhichDuckDbTakesNone_AreListed()
    {
        string list = Page().Split("## Not in DuckDB", 2)[1];

        string[] refused =
        [
            .. Compared.Value.Where(cases => cases.All(c => c.Verdict == Verdict.Refused)).Select(cases => cases.Key)
                .Order(StringComparer.Ordinal),
        ];
        refused.Should().Equal(ListedName().Matches(list).Select(match => match.Value), "these are: {0}", string.Join(", ", refused));
    }

    private static string Page([CallerFilePath] string file = "") =>
        File.ReadAllText(Path.Combine(Path.GetDirectoryName(file)!, "functions.md"));

    private static List<Comparison> Compare()
    {
        using var theirs = new DuckDBConnection("DataSource=:memory:");
        theirs.Open();
        using DuckDBCommand settings = theirs.CreateCommand();
        settings.CommandText = "SET threads = 1; SET default_null_order = 'nulls_last_on_asc_first_on_desc'; SET integer_division = true";
        settings.ExecuteNonQuery();
        var ours = new SqlDatabase();
        return
        [
            .. from file in SltTests.AllFiles()
               where file.Replace('\\', '/').Contains("/functions/catalog/", StringComparison.Ordinal)
               from record in SltFile.Read(File.ReadAllLines(file))
               where record.Kind == "query"
               select Compare(record, OracleDatabase.Rows(ours.Query(record.Sql).Batches), theirs, $"{Path.GetFileName(file)}:{record.Line}"),
        ];
    }

    private static Comparison Compare(SltRecord record, List<object?[]> ours, DuckDBConnection theirs, string place)
    {
        string function = CalledName().Match(record.Sql).Groups[1].Value.ToUpperInvariant();
        string shown = $"{place} {record.Sql}: {Show(ours)}";
        try
        {
            List<object?[]> rows = TheirRows.Read(theirs, AsTheyWriteIt(record.Sql));
            bool isSame = ResultComparison.AreEqual(ours, rows, isOrdered: true);
            return new(function, isSame ? Verdict.Same : Verdict.Different, $"{shown}, theirs {Show(rows)}");
        }
        catch (DuckDBException e)
        {
            return new(function, Verdict.Refused, $"{shown}, theirs {e.Message}");
        }
    }

    private static string Show(List<object?[]> rows) =>
        string.Join("; ", rows.Select(row => string.Join(", ", row.Select(ComparableValue.Show))));

    /// <summary>Bytes, structs and maps in DuckDB's words.</summary>
    private static string AsTheyWriteIt(string sql) => MapCall().Replace(
        StructCall().Replace(Bytes().Replace(sql, "unhex('$1')"), "struct_pack("),
        map => $"MAP {{{map.Groups[1].Value.Replace(":=", ":", StringComparison.Ordinal)}}}");

    [GeneratedRegex(@"^SELECT (?:\w+ FROM )?(\w+)")]
    private static partial Regex CalledName();

    [GeneratedRegex("[xX]'([0-9A-Fa-f]*)'")]
    private static partial Regex Bytes();

    [GeneratedRegex(@"\bSTRUCT\(")]
    private static partial Regex StructCall();

    [GeneratedRegex(@"\bMAP\(((?:[^()]|\([^()]*\))*)\)")]
    private static partial Regex MapCall();

    [GeneratedRegex(@"^\| `(\w+)` \|", RegexOptions.Multiline)]
    private static partial Regex ExplainedName();

    [GeneratedRegex(@"\b[A-Z_0-9]+\b")]
    private static partial Regex ListedName();
}
