using System.Text;
using Ctas.Text;

namespace Ctas.Planning;

/// <summary>A table and the tables it reads.</summary>
internal sealed record GraphTable(string Name, IReadOnlyList<string> Dependencies);

/// <summary>Why tables cannot be ordered.</summary>
internal abstract record GraphProblem;

/// <summary>Tables that wait for each other; the first name stands at the end again. Each reads the next.</summary>
internal sealed record GraphCycle(IReadOnlyList<string> Tables) : GraphProblem;

/// <summary>A dependency that is neither a table of the graph nor known otherwise.</summary>
internal sealed record GraphMissing(string Table, string Missing, string? Closest) : GraphProblem;

/// <summary>A name that two tables have.</summary>
internal sealed record GraphDuplicate(string Table) : GraphProblem;

/// <summary>Which table must be loaded before which. Immutable. Names are compared ignoring case.</summary>
/// <remarks>Built in O(tables · log tables + dependencies).</remarks>
internal sealed class DependencyGraph
{
    // Finding the closest of all names costs more than the graph; a list of a thousand missing names needs no advice.
    private const int MaxSuggestions = 20;

    // The names as the tables write them, whatever the case in which they are read.
    private readonly HashSet<string> _names = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string[]> _producersOf = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, List<string>> _consumersOf = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, int> _waveOf = new(StringComparer.OrdinalIgnoreCase);

    private DependencyGraph()
    {
    }

    /// <summary>
    /// The tables by wave: every producer of a table sits in an earlier one. Sorted by name within a wave.
    /// </summary>
    public IReadOnlyList<IReadOnlyList<string>> Waves { get; private set; } = [];

    /// <summary>Builds the graph, or says everything that stands against it.</summary>
    /// <param name="tables">The tables, in any order.</param>
    /// <param name="isKnown">True for names that need not be in the graph: tables loaded before, sources.</param>
    /// <param name="problems">Empty when the graph is sound.</param>
    /// <returns>The graph; tables in or behind a cycle are in no wave.</returns>
    public static DependencyGraph Build(
        IReadOnlyCollection<GraphTable> tables, Func<string, bool> isKnown, out IReadOnlyList<GraphProblem> problems)
    {
        var graph = new DependencyGraph();
        List<GraphProblem> found = [];
        graph.AddTables(tables, found);
        graph.AddDependencies(tables, isKnown, found);
        graph.AssignWaves();
        found.AddRange(graph.FindCycles());
        problems = found;
        return graph;
    }

    /// <summary>Builds the graph of tables whose SQL is not at hand.</summary>
    /// <exception cref="CtasCompilationException">There are cycles, missing or doubled names; all of them are
    /// told.</exception>
    public static DependencyGraph Create(IReadOnlyCollection<GraphTable> tables, Func<string, bool>? isKnown = null)
    {
        DependencyGraph graph = Build(tables, isKnown ?? (_ => false), out IReadOnlyList<GraphProblem> problems);
        return problems.Count == 0 ? graph : throw AsException(tables, problems);
    }

    /// <summary>The tables of the graph that <paramref name="table"/> reads, sorted.</summary>
    public IReadOnlyList<string> ProducersOf(string table) => _producersOf[table];

    /// <summary>The tables that read <paramref name="table"/>, sorted.</summary>
    public IReadOnlyList<string> ConsumersOf(string table) => _consumersOf[table];

    /// <summary>Number of the table's wave, from 1; 0 for a table in or behind a cycle.</summary>
    public int WaveOf(string table) => _waveOf.GetValueOrDefault(table);

    private void AddTables(IReadOnlyCollection<GraphTable> tables, List<GraphProblem> found)
    {
        foreach (GraphTable table in tables)
        {
            if (_producersOf.TryAdd(table.Name, []))
            {
                _consumersOf.Add(table.Name, []);
                _names.Add(table.Name);
            }
            else { found.Add(new GraphDuplicate(table.Name)); }
        }
    }

    private void AddDependencies(
        IReadOnlyCollection<GraphTable> tables, Func<string, bool> isKnown, List<GraphProblem> found)
    {
        int suggestions = 0;
        foreach (GraphTable table in tables.OrderBy(table => table.Name, StringComparer.OrdinalIgnoreCase))
        {
            List<string> producers = [];
            foreach (string name in table.Dependencies.Distinct(StringComparer.OrdinalIgnoreCase))
            {
                if (_names.TryGetValue(name, out string? producer)) { producers.Add(producer); }
                else if (!isKnown(name))
                {
                    string? closest = suggestions++ < MaxSuggestions ? ClosestName.Find(name, _producersOf.Keys) : null;
                    found.Add(new GraphMissing(table.Name, name, closest));
                }
            }

            producers.Sort(StringComparer.OrdinalIgnoreCase);
            _producersOf[table.Name] = [.. producers];
        }

        // Consumers come in the order of their names, because the tables do.
        foreach (string table in _producersOf.Keys.Order(StringComparer.OrdinalIgnoreCase))
        {
            foreach (string producer in _producersOf[table]) { _consumersOf[producer].Add(table); }
        }
    }

    /// <summary>Waves (Kahn 1962): a table is ready when its last producer has been given a wave.</summary>
    private void AssignWaves()
    {
        Dictionary<string, int> waitingFor = new(StringComparer.OrdinalIgnoreCase);
        foreach ((string table, string[] producers) in _producersOf) { waitingFor.Add(table, producers.Length); }

        List<IReadOnlyList<string>> waves = [];
        string[] wave = Sorted(_producersOf.Keys.Where(table => waitingFor[table] == 0));
        while (wave.Length > 0)
        {
            // Every producer of a table sits in an earlier wave.
            waves.Add(wave);
            List<string> next = [];
            foreach (string table in wave)
            {
                _waveOf[table] = waves.Count;
                next.AddRange(_consumersOf[table].Where(consumer => --waitingFor[consumer] == 0));
            }

            wave = Sorted(next);
        }

        Waves = waves;
    }

    /// <summary>
    /// One cycle for every knot of tables, found by walking from table to producer until one comes again.
    /// </summary>
    private List<GraphCycle> FindCycles()
    {
        List<GraphCycle> cycles = [];
        HashSet<string> visited = new(StringComparer.OrdinalIgnoreCase);
        foreach (string start in Sorted(_producersOf.Keys.Where(table => !_waveOf.ContainsKey(table))))
        {
            // A table without wave has a producer without wave, so the walk ends only where it has been before.
            List<string> path = [];
            string table = start;
            while (visited.Add(table))
            {
                path.Add(table);
                table = _producersOf[table].First(producer => !_waveOf.ContainsKey(producer));
            }

            int first = path.FindIndex(step => string.Equals(step, table, StringComparison.OrdinalIgnoreCase));
            if (first >= 0) { cycles.Add(new GraphCycle(FromSmallest(path[first..]))); }
        }

        return cycles;
    }

    private static string[] FromSmallest(List<string> cycle)
    {
        int smallest = cycle.IndexOf(cycle.Min(StringComparer.OrdinalIgnoreCase)!);
        return [.. cycle[smallest..], .. cycle[..smallest], cycle[smallest]];
    }

    private static string[] Sorted(IEnumerable<string> names) => [.. names.Order(StringComparer.OrdinalIgnoreCase)];

    /// <summary>Writes the tables down, "name reads a, b" in a line each, so that the places can be shown.</summary>
    private static CtasCompilationException AsException(
        IReadOnlyCollection<GraphTable> tables, IReadOnlyList<GraphProblem> problems)
    {
        var text = new StringBuilder();
        Dictionary<string, TextSpan> names = new(StringComparer.OrdinalIgnoreCase);
        Dictionary<(string, string), TextSpan> dependencies = [];
        foreach (GraphTable table in tables)
        {
            if (text.Length > 0) { text.Append('\n'); }

            names[table.Name] = Write(text, table.Name);
            for (int i = 0; i < table.Dependencies.Count; i++)
            {
                text.Append(i == 0 ? " reads " : ", ");
                dependencies[(table.Name, table.Dependencies[i])] = Write(text, table.Dependencies[i]);
            }
        }

        var diagnostics = new DiagnosticBag(new SourceText(text.ToString()));
        diagnostics.AddRange(problems.Select(problem => problem switch
        {
            GraphCycle cycle => PlanningDiagnostics.DependencyCycle(names[cycle.Tables[0]], cycle.Tables),
            GraphMissing missing => PlanningDiagnostics.MissingDependency(
                dependencies[(missing.Table, missing.Missing)], missing.Table, missing.Missing, missing.Closest),
            GraphDuplicate duplicate => PlanningDiagnostics.DuplicateTable(names[duplicate.Table], duplicate.Table),
            _ => throw new System.Diagnostics.UnreachableException($"No rule for {problem.GetType().Name}."),
        }));
        return new CtasCompilationException(diagnostics);
    }

    private static TextSpan Write(StringBuilder text, string name)
    {
        int start = text.Length;
        text.Append(name);
        return new TextSpan(start, text.Length);
    }
}
