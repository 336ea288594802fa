using System.Globalization;
using System.Text.Json;
using Ctas.Sources;
using Ctas.Sources.Files;

namespace Ctas.Tests.Sources.Files;

/// <summary>The source contract over files in a folder of their own: one file a partition.</summary>
public abstract class FileContractTests : SourceContractTests, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ctas-files-").FullName;

    protected abstract string Extension { get; }

    protected abstract void Write(string path, IReadOnlyList<string> values);

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    protected override Task<ISource> CreateAsync(
        Func<SourceDefinition, SourceDefinition> configure, int partitionCount, params ContractRecord[] records)
    {
        for (int partition = 0; partition < partitionCount; partition++)
        {
            Write(PathOf(partition), [.. records.Where(record => record.Partition == partition).Select(record => record.Value!)]);
        }

        string path = Path.Join(_folder, $"*{Extension}");
        var definition = new SourceDefinition("files", new FileLocation(path));
        return Task.FromResult(new FileSourceFactory().Create(configure(definition), services: null!));
    }

    protected override Task AppendAsync(ISource source, params ContractRecord[] records)
    {
        foreach (ContractRecord record in records) { Append(PathOf(record.Partition), record.Value!); }

        return Task.CompletedTask;
    }

    protected virtual void Append(string path, string value) => File.AppendAllText(path, value + "\n");

    private string PathOf(int partition) => Path.Join(_folder, $"part-{partition}{Extension}");
}

public sealed class NdjsonContractTests : FileContractTests
{
    protected override string Extension => ".ndjson";

    protected override void Write(string path, IReadOnlyList<string> values) =>
        File.WriteAllText(path, string.Concat(values.Select(value => value + "\n")));
}

public sealed class JsonArrayContractTests : FileContractTests
{
    protected override string Extension => ".json";

    protected override void Write(string path, IReadOnlyList<string> values) =>
        File.WriteAllText(path, $"[\n  {string.Join(",\n  ", values)}\n]");

    protected override void Append(string path, string value) => File.AppendAllText(path, $"\n[{value}]");
}

public sealed class CsvContractTests : FileContractTests
{
    private static readonly string[] Columns = ["id", "name", "amount"];

    protected override string Extension => ".csv";

    protected override bool CountsValueBytes => false;

    protected override void Write(string path, IReadOnlyList<string> values)
    {
        string[] columns = values.Any(value => value.Contains("\"a\":", StringComparison.Ordinal))
            ? [.. new[] { "a", "b", "c" }.Where(column => values.Any(value => value.Contains($"\"{column}\":", StringComparison.Ordinal)))]
            : Columns;
        File.WriteAllText(path, string.Join(",", columns) + "\r\n" + string.Concat(values.Select(value => Line(value, columns))));
    }

    protected override void Append(string path, string value) => File.AppendAllText(path, Line(value, Columns));

    private string Line(string value, string[] columns)
    {
        if (value == Malformed) { return value + "\r\n"; }

        using JsonDocument json = JsonDocument.Parse(value);
        return string.Join(",", columns.Select(column => json.RootElement.TryGetProperty(column, out JsonElement field) ? Field(field) : ""))
            + "\r\n";
    }

    private static string Field(JsonElement field) => field.ValueKind switch
    {
        JsonValueKind.Null => "",
        JsonValueKind.String => $"\"{field.GetString()!.Replace("\"", "\"\"", StringComparison.Ordinal)}\"",
        JsonValueKind.True or JsonValueKind.False => field.GetRawText().ToUpper(CultureInfo.InvariantCulture),
        JsonValueKind.Object or JsonValueKind.Array =>
            $"\"{field.GetRawText().Replace("\"", "\"\"", StringComparison.Ordinal)}\"",
        _ => field.GetRawText(),
    };
}
