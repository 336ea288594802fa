using System.Text;
using System.Text.RegularExpressions;

namespace Ctas.SqlTests.Oracle;

/// <summary>What the comparison of one query said.</summary>
internal enum Outcome
{
    Agreed,

    /// <summary>Both engines failed.</summary>
    BothFailed,

    /// <summary>They differ, and differences.md says why.</summary>
    Explained,

    Different,
}

/// <summary>Tables and a query, and how to compare what both engines make of them.</summary>
internal sealed partial record OracleCase(IReadOnlyList<OracleTable> Tables, OracleQuery Query, int Seed)
{
    /// <summary>Asks both engines.</summary>
    public OracleVerdict Judge(OracleDatabase database)
    {
        Answer ours = database.Ask(Engine.Ctas, Query.Sql.For(Engine.Ctas));
        Answer theirs = database.Ask(Engine.DuckDb, Query.Sql.For(Engine.DuckDb));
        if (ours.IsCrash) { return new(Outcome.Different, ours, theirs, "crash"); }

        if (!IsSameUnoptimised(database, ours, out Answer unoptimised))
        {
            return new(Outcome.Different, ours, unoptimised, "optimiser");
        }

        if (ours.Rows is not null && theirs.Rows is not null)
        {
            if (ResultComparison.AreEqual(ours.Rows, theirs.Rows, Query.IsOrdered)) { return new(Outcome.Agreed, ours, theirs, null); }

            return ExplainedDifferences.FindRows(Query.Sql.For(Engine.Ctas)) is { } meant
                ? new(Outcome.Explained, ours, theirs, meant)
                : new(Outcome.Different, ours, theirs, "rows");
        }

        if (ours.Rows is null && theirs.Rows is null) { return new(Outcome.BothFailed, ours, theirs, null); }

        return ExplainedDifferences.Find(ours, theirs, Query.Sql.Constructs()) is { } explained
            ? new(Outcome.Explained, ours, theirs, explained)
            : new(Outcome.Different, ours, theirs, ours.Error is { } error ? Codes(error) : "theirs");
    }

    // All of them: a smaller query with another mistake is another case.
    private static string Codes(string error) =>
        string.Join(' ', Code().Matches(error).Select(match => match.Value).Distinct().Order(StringComparer.Ordinal));

    [GeneratedRegex(@"CTAS\d{4}(?=:)")]
    private static partial Regex Code();

    /// <summary>
    /// Rewrites change no row. They may leave out what would have failed and is not needed, but cause no error.
    /// </summary>
    private bool IsSameUnoptimised(OracleDatabase database, Answer ours, out Answer unoptimised)
    {
        unoptimised = database.AskUnoptimised(Query.Sql.For(Engine.Ctas));
        return unoptimised.Rows is null
            || (ours.Rows is not null && ResultComparison.AreEqual(ours.Rows, unoptimised.Rows, Query.IsOrdered));
    }

    public OracleVerdict Judge()
    {
        using var database = new OracleDatabase(Tables, Seed);
        return Judge(database);
    }

    /// <summary>Everything that is needed to see the difference again, and to make an .slt case of it.</summary>
    public string Describe(OracleVerdict verdict)
    {
        var text = new StringBuilder();
        text.AppendLine($"-- {verdict.Kind} ({(OracleStorage)(Math.Abs(Seed) % 4)}); constructs: {string.Join(", ", Query.Sql.Constructs())}");
        foreach (OracleTable table in Tables)
        {
            text.AppendLine($"-- {table.Name}{(table.HasKey ? $", key {table.ColumnName(0)}" : "")}");
            text.AppendLine(table.DuckDbScript());
            text.AppendLine($"-- ours: {table.CtasScript()}");
        }

        text.AppendLine($"-- ours\n{Query.Sql.For(Engine.Ctas)}\n{Result(verdict.Ours)}");
        text.AppendLine($"-- theirs\n{Query.Sql.For(Engine.DuckDb)}\n{Result(verdict.Theirs)}");
        return text.ToString();
    }

    private static string Result(Answer answer) => answer.Rows is { } rows
        ? string.Join('\n', rows.Take(12).Select(row => string.Join(" | ", row.Select(ComparableValue.Show)))
            .Append($"({rows.Count} rows)"))
        : answer.Error!;
}

/// <summary>The verdict on a case.</summary>
/// <param name="Outcome">What it is.</param>
/// <param name="Ours">Our answer.</param>
/// <param name="Theirs">DuckDB's.</param>
/// <param name="Kind">The kind of difference, or the name of its explanation; null when there is none.</param>
internal sealed record OracleVerdict(Outcome Outcome, Answer Ours, Answer Theirs, string? Kind);
