using System.Text;

namespace Ctas.SqlTests.Oracle;

/// <summary>Compares many random queries and counts what they were made of. The same seed makes the same queries.</summary>
/// <param name="seed">Chooses the queries.</param>
/// <param name="maxFailures">Ends the run after so many differences.</param>
/// <param name="progress">Told after every database, with all failures so far.</param>
internal sealed class OracleRun(int seed, int maxFailures, Action<OracleRun>? progress = null)
{
    private const int QueriesPerDatabase = 10;
    private const int FocusPerDatabase = 16;
    private readonly Dictionary<string, int[]> _counts = ConstructCatalog.Names.ToDictionary(name => name, _ => new int[4]);
    private readonly Dictionary<string, int> _explained = [];
    private readonly HashSet<string> _signatures = [];
    private readonly int[] _outcomes = new int[4];

    /// <summary>Descriptions of the first differences, minimised; each combination of constructs once.</summary>
    public List<string> Failures { get; } = [];

    /// <summary>The constructs that no query used.</summary>
    public IReadOnlyList<string> NeverGenerated => [.. _counts.Where(count => count.Value.Sum() == 0).Select(count => count.Key)];

    /// <summary>The constructs of which no query gave a result in both engines.</summary>
    public IReadOnlyList<string> NeverCompared =>
        [.. _counts.Where(count => count.Value[(int)Outcome.Agreed] == 0).Select(count => count.Key)];

    public int CountOf(Outcome outcome) => _outcomes[(int)outcome];

    public void Compare(int queries)
    {
        for (int number = 0; number * QueriesPerDatabase < queries && Failures.Count < maxFailures; number++)
        {
            CompareDatabase(number, Math.Min(QueriesPerDatabase, queries - (number * QueriesPerDatabase)));
            progress?.Invoke(this);
        }
    }

    /// <summary>A line for each construct, one for each explained difference, and the differences.</summary>
    public string Report()
    {
        var text = new StringBuilder();
        text.AppendLine(
            $"seed {seed}: {_outcomes.Sum()} queries: {CountOf(Outcome.Agreed)} agreed, {CountOf(Outcome.BothFailed)} failed in "
            + $"both engines, {CountOf(Outcome.Explained)} explained, {CountOf(Outcome.Different)} different");
        foreach ((string name, int count) in _explained) { text.AppendLine($"  explained by \"{name}\": {count}"); }

        text.AppendLine($"{"construct",-36}{"queries",9}{"agreed",9}{"failed",9}{"explained",11}{"different",11}");
        foreach ((string name, int[] count) in _counts)
        {
            text.AppendLine($"{name,-36}{count.Sum(),9}{count[0],9}{count[1],9}{count[2],11}{count[3],11}");
        }

        return $"{text}\n{string.Join('\n', Failures)}";
    }

    private void CompareDatabase(int number, int queries)
    {
        int databaseSeed = (seed * 1_000_003) + number;
        var random = new Random(databaseSeed);
        OracleTable[] tables = [.. new[] { "t", "u", "v" }.Select(name => OracleTable.Random(name, random))];
        var generator = new QueryGenerator(new Choices(random, Focus(number)), tables);
        using var database = new OracleDatabase(tables, databaseSeed);
        for (int query = 0; query < queries; query++)
        {
            var oracleCase = new OracleCase(tables, generator.Next(), databaseSeed);
            OracleVerdict verdict = oracleCase.Judge(database);
            Count(oracleCase, verdict);
            if (verdict.Outcome != Outcome.Different) { continue; }

            OracleCase small = CaseMinimizer.Minimize(oracleCase, verdict);
            OracleVerdict last = small.Judge();

            // What does not differ again (a limit that it just passed, a race) is told as it was.
            (OracleCase shown, OracleVerdict told) = last.Outcome == Outcome.Different ? (small, last) : (oracleCase, verdict);
            if (!_signatures.Add($"{told.Kind} {string.Join(' ', shown.Query.Sql.Constructs().Order())}")) { continue; }

            Failures.Add($"-- seed {seed}, database {number}, query {query}\n{shown.Describe(told)}");
            if (Failures.Count == maxFailures) { return; }
        }
    }

    // Databases take turns, so that in any long enough row of them every construct is in focus.
    private static HashSet<string> Focus(int number) =>
    [
        .. Enumerable.Range(0, FocusPerDatabase).Select(
            i => ConstructCatalog.Names[((number * FocusPerDatabase) + i) % ConstructCatalog.Names.Count]),
    ];

    private void Count(OracleCase oracleCase, OracleVerdict verdict)
    {
        _outcomes[(int)verdict.Outcome]++;
        foreach (string construct in oracleCase.Query.Sql.Constructs()) { _counts[construct][(int)verdict.Outcome]++; }

        if (verdict.Outcome == Outcome.Explained)
        {
            _explained[verdict.Kind!] = _explained.GetValueOrDefault(verdict.Kind!) + 1;
        }
    }
}
