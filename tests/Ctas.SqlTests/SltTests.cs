using System.Globalization;
using Ctas.Data;
using Ctas.Execution;
using Ctas.Planning.Rewrites;
using Ctas.Text;

namespace Ctas.SqlTests;

/// <summary>
/// Runs cases/&lt;feature&gt;/*.slt. With UPDATE=1 in the environment, results are written into the files instead.
/// </summary>
public sealed class SltTests
{
    private static readonly string Root = FindRoot();

    public static TheoryData<string> Files() =>
        new(Directory.EnumerateFiles(Root, "*.slt", SearchOption.AllDirectories)
            .Select(file => Path.GetRelativePath(Root, file).Replace('\\', '/')).Order(StringComparer.Ordinal));

    /// <summary>The paths of all case files.</summary>
    internal static IEnumerable<string> AllFiles() =>
        Directory.EnumerateFiles(Root, "*.slt", SearchOption.AllDirectories).Order(StringComparer.Ordinal);

    [Theory]
    [MemberData(nameof(Files))]
    public void Case_Run_GivesTheExpectedResults(string file)
    {
        string path = Path.Combine(Root, file);
        List<string> lines = [.. File.ReadAllLines(path)];
        List<SltRecord> records = SltFile.Read([.. lines]);
        records.Should().NotBeEmpty();
        bool updates = Environment.GetEnvironmentVariable("UPDATE") == "1";
        var database = new SqlDatabase();
        using var duckDb = new DuckDbPeer();
        var updated = new List<(SltRecord Record, string[] Result)>();
        foreach (SltRecord record in records)
        {
            string place = $"{file}:{record.Line}";
            string[] result = record.Kind == "statement"
                ? RunStatement(database, record, place)
                : RunQuery(database, record, place);
            if (record.IsSharedWithDuckDb && record.Kind == "statement") { duckDb.Execute(record.Sql); }
            else if (record.IsSharedWithDuckDb)
            {
                duckDb.Query(record.Sql, record.IsSorted).Should().Equal(result, "DuckDB says so of {0}", place);
            }

            if (!record.HasExpectation) { continue; }

            if (updates) { updated.Add((record, result)); }
            else { result.Should().Equal(record.Expected, "of {0}", place); }
        }

        for (int record = updated.Count - 1; record >= 0; record--) { Replace(lines, updated[record]); }

        if (updates) { File.WriteAllLines(path, lines); }
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void Case_RunWithPlansAsTheyAreLowered_GivesTheSameRows(string file)
    {
        var database = new SqlDatabase(OptimiserOptions.Off);
        foreach (SltRecord record in SltFile.Read(File.ReadAllLines(Path.Combine(Root, file))))
        {
            string place = $"{file}:{record.Line}";
            if (record.Kind == "statement") { RunStatement(database, record, place); }
            else if (record.HasExpectation)
            {
                RunQuery(database, record, place).Should().Equal(record.Expected, "of {0}, without rewrites", place);
            }
        }
    }

    /// <summary>The lines of the message that the statement fails with; none when it does not.</summary>
    private static string[] RunStatement(SqlDatabase database, SltRecord record, string place)
    {
        (string[] codes, string message) = Try(() => Execute(database, record.Sql));
        if (record.Arguments[0] == "ok") { codes.Should().BeEmpty("of {0}, which said {1}", place, message); }
        else { codes.Should().Contain(record.Arguments[1], "of {0}, which said {1}", place, message); }

        return message.Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static void Execute(SqlDatabase database, string sql)
    {
        string first = sql.TrimStart().Split([' ', '\n'], 2)[0].ToUpperInvariant();
        if (first is "SELECT" or "WITH" or "VALUES" || first.StartsWith('(')) { database.Query(sql); }
        else { database.Execute(sql); }
    }

    private static (string[] Codes, string Message) Try(Action run)
    {
        try
        {
            run();
            return ([], "");
        }
        catch (CtasCompilationException e)
        {
            return ([.. e.Diagnostics.Select(diagnostic => diagnostic.Code)], e.Message);
        }
        catch (ExecutionException e)
        {
            return ([e.Code], e.Message);
        }
    }

    private static string[] RunQuery(SqlDatabase database, SltRecord record, string place)
    {
        (Schema schema, List<Batch> batches) = database.Query(record.Sql);
        string types = string.Concat(schema.Fields.Select(field => TypeLetter(field.Type)));
        types.Should().Be(record.Arguments[0], "these are the types of {0}", place);
        IEnumerable<string> rows = batches.SelectMany(
            batch => Enumerable.Range(0, batch.RowCount).Select(row => Line(batch, row)));
        return record.IsSorted ? [.. rows.Order(StringComparer.Ordinal)] : [.. rows];
    }

    private static char TypeLetter(DataType type) => type.Kind switch
    {
        DataTypeKind.Int or DataTypeKind.BigInt => 'I',
        DataTypeKind.Double or DataTypeKind.Decimal => 'R',
        DataTypeKind.Boolean => 'B',
        _ => 'T',
    };

    private static string Line(Batch batch, int row) =>
        string.Join(
            '\t', Enumerable.Range(0, batch.Columns.Length).Select(column => SltText.Of(batch[column].GetValue(row))));

    private static void Replace(List<string> lines, (SltRecord Record, string[] Result) update)
    {
        lines.RemoveRange(update.Record.ResultStart, update.Record.Expected.Length);
        lines.InsertRange(update.Record.ResultStart, update.Result);
    }

    private static string FindRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Ctas.sln")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        return Path.Combine(
            folder ?? throw new DirectoryNotFoundException("Ctas.sln is in no folder above the tests."),
            "tests", "Ctas.SqlTests", "cases");
    }
}
