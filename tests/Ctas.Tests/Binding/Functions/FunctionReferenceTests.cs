using System.Globalization;
using Ctas.Binding.Functions;
using Ctas.Data;
using Ctas.Tests.Conventions;
using Microsoft.Extensions.Time.Testing;

namespace Ctas.Tests.Binding.Functions;

/// <summary>
/// The function reference: written from the catalogue, every example executed. UPDATE=1 in the environment rewrites it.
/// </summary>
public sealed class FunctionReferenceTests
{
    private static readonly DateTimeOffset Now = new(2024, 5, 6, 7, 8, 9, TimeSpan.Zero);

    public static TheoryData<string> Names() => new(FunctionCatalog.All.Select(function => function.Name));

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Example_Executed_GivesItsResult(string name)
    {
        FunctionExample example = FunctionCatalog.Find(name)!.Example;
        bool isQuery = example.Sql.StartsWith("SELECT", StringComparison.Ordinal);
        await using CtasEngine engine = new CtasEngineBuilder().UseTimeProvider(new FakeTimeProvider(Now)).Build();

        QueryResult result = await engine.QueryAsync(isQuery ? example.Sql : $"SELECT {example.Sql}");

        string.Join(" | ", result.Batches.SelectMany(Values)).Should().Be(example.Result);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Example_OfAFunction_CallsIt(string name)
    {
        FunctionEntry function = FunctionCatalog.Find(name)!;

        function.Aliases.Prepend(name).Should().Contain(
            called => function.Example.Sql.Contains(called, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public void Reference_OfTheCatalog_IsTheFileInDocs()
    {
        string path = Path.Combine(DirectionTests.RepositoryRoot(), "src", "Ctas", "docs", "functions.md");
        string reference = FunctionReference.Write(FunctionCatalog.Families);
        if (Environment.GetEnvironmentVariable("UPDATE") == "1") { File.WriteAllText(path, reference); }

        File.ReadAllText(path).Should().Be(reference, "UPDATE=1 writes it anew");
    }

    private static IEnumerable<string> Values(Batch batch) =>
        Enumerable.Range(0, batch.RowCount).Select(row => Text(batch[0].GetValue(row)));

    private static string Text(object? value) => value switch
    {
        null => "NULL",
        bool it => it ? "true" : "false",
        byte[] bytes => $"x'{Convert.ToHexString(bytes)}'",
        DateOnly it => it.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        TimeOnly it => it.ToString("HH:mm:ss.FFFFFF", CultureInfo.InvariantCulture),
        DateTime it => it.ToString("yyyy-MM-dd HH:mm:ss.FFFFFF", CultureInfo.InvariantCulture).TrimEnd('.'),
        Interval it =>
            string.Create(CultureInfo.InvariantCulture, $"{it.Months} months {it.Days} days {it.Microseconds} us"),
        object?[] items => $"[{string.Join(", ", items.Select(Text))}]",
        IDictionary<object, object?> map => $"{{{string.Join(", ", map.Select(e => $"{Text(e.Key)}: {Text(e.Value)}"))}}}",
        IFormattable it => it.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };
}
