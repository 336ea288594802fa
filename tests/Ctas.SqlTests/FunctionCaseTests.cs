using System.Text.RegularExpressions;
using Ctas.Binding.Functions;

namespace Ctas.SqlTests;

/// <summary>
/// Every function of the catalogue has cases: under each of its names, with NULL, without rows, and in wrong use. A missing
/// one goes into <c>cases/functions/catalog</c>; UPDATE=1 writes its result.
/// </summary>
public sealed class FunctionCaseTests
{
    private static readonly List<SltRecord> Records = [.. SltTests.AllFiles().SelectMany(file => SltFile.Read(File.ReadAllLines(file)))];

    /// <summary>The records that call each name, by one look at every case.</summary>
    private static readonly ILookup<string, SltRecord> Calls = Records
        .SelectMany(record => NamesIn(record.Sql), (record, name) => (record, name))
        .ToLookup(call => call.name, call => call.record, StringComparer.OrdinalIgnoreCase);

    [Fact]
    public void EveryName_HasACaseWithAResult() =>
        FunctionCatalog.AllNames.Where(name => !Calls[name].Any(HasRows)).Should().BeEmpty("cases call each name");

    [Fact]
    public void EveryFunctionOfArguments_HasACaseOfNull() =>
        WithArguments().Where(function => !CallsOf(function).Any(record => record.Sql.Contains("NULL", StringComparison.Ordinal)))
            .Select(function => function.Name).Should().BeEmpty("cases give NULL to each function");

    [Fact]
    public void EveryFunction_HasACaseWithoutRows() =>
        FunctionCatalog.All.Where(function => !CallsOf(function).Any(IsWithoutRows))
            .Select(function => function.Name).Should().BeEmpty("cases call each function over no rows");

    [Fact]
    public void EveryFunction_HasACaseOfWrongUse() =>
        FunctionCatalog.All.Where(function => !CallsOf(function).Any(record => record is { Kind: "statement", Arguments: ["error", ..] }))
            .Select(function => function.Name).Should().BeEmpty("cases show the error of each function");

    private static IEnumerable<FunctionEntry> WithArguments() =>
        FunctionCatalog.All.Where(function => function.Signatures.Any(form => form.Parameters.Items.Count > 0));

    private static IEnumerable<SltRecord> CallsOf(FunctionEntry function) =>
        function.Aliases.Prepend(function.Name).SelectMany(name => Calls[name]);

    private static IEnumerable<string> NamesIn(string sql) =>
        Regex.Matches(sql, @"\b[A-Za-z_0-9]+\b").Select(word => word.Value).Distinct(StringComparer.OrdinalIgnoreCase);

    private static bool HasRows(SltRecord record) => record is { Kind: "query", Expected.Length: > 0 };

    private static bool IsWithoutRows(SltRecord record) => record.Kind == "query" && record.HasExpectation
        && (record.Expected.Length == 0 || record.Sql.Contains("WHERE FALSE", StringComparison.Ordinal));
}
