using Ctas.Execution;
using Ctas.Planning;
using Ctas.Planning.Rewrites;
using Ctas.Tables;

namespace Ctas.Loading;

/// <summary>Plans scripts against a registry and the sources given by name.</summary>
internal static class LoadPlanning
{
    /// <summary>Plans texts as one script and checks the sources it declares; touches nothing outside the process.</summary>
    /// <exception cref="Text.CtasCompilationException">There are mistakes; all of them at once.</exception>
    public static ScriptPlan Plan(IReadOnlyList<string> texts, LoadServices services, ScriptPlan? earlier = null)
    {
        string[] settings = earlier is null ? [] : [.. earlier.Settings.Names.Select(name => SetStatement(name, earlier.Settings[name]!))];
        ScriptPlan script = ScriptPlanner.Plan([.. settings, .. texts], Context(services, earlier));
        script.ThrowIfAny();
        SourceChecks.ThrowIfAny(script, services.Sources.Validate);
        SourceChecks.ThrowIfAny(script, services.Sinks.Validate);
        if (services.Snapshots is null) { SnapshotChecks.ThrowIfAny(script); }

        return script;
    }

    /// <summary>How plans are made better where operators can compute constants.</summary>
    public static OptimiserOptions Optimiser { get; } = new(ConstantEvaluator.Instance);

    /// <summary>A table of the registry; its columns are not known before it is loaded.</summary>
    /// <remarks>One without a key counts as a stream, unless rows may leave it while it is kept fresh.</remarks>
    public static RelationInfo Describe(TableMetadata table) => new(
        table.Name,
        IsSource: false,
        IsStream: table.Schema is { HasKey: false } && (table.State != TableState.Live || table.IsAppendOnly),
        table.Schema);

    /// <summary>A table of a snapshot, with what is known of its rows once it is loaded; null when there is none.</summary>
    public static RelationInfo? Find(RegistrySnapshot tables, string name)
    {
        if (!tables.TryGetMetadata(name, out TableMetadata? metadata)) { return null; }

        return tables.TryGet(name, out ITable? table)
            ? Describe(metadata) with { Statistics = TableStatistics.Of(table) }
            : Describe(metadata);
    }

    /// <summary>What SELECTs over the tables of a snapshot are planned against; sources can be named, and are refused.</summary>
    public static QueryContext Context(RegistrySnapshot tables, LoadServices services) => new(
        name => Find(tables, name) ?? FindSource(services, name))
    {
        Names = () => tables.Tables.Select(table => table.Name).Concat(services.Known?.Declared.Select(source => source.Name) ?? []),
        Optimiser = Optimiser,
        Statements = services.Statements,
    };

    /// <summary>A property set for all that follows, as SQL.</summary>
    public static string SetStatement(string name, string value) => $"SET {Quote(name)} = {Quote(value)};";

    private static RelationInfo? FindSource(LoadServices services, string name) => services.Known?.FindSource(name)
        ?? (services.Sources.Given(name) is { } given ? SourceSchemas.Describe(name, given.Definition) : null);

    private static string Quote(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    private static PlanningContext Context(LoadServices services, ScriptPlan? earlier)
    {
        RegistrySnapshot snapshot = services.Registry.Snapshot();
        return new PlanningContext(
            [
                .. snapshot.Tables.Where(table => IsUsable(table.State)).Select(table => Find(snapshot, table.Name)!),
                .. services.Sources.Named.Select(source => SourceSchemas.Describe(source.Key, source.Value.Definition)),
            ],
            Path.GetFullPath(services.BasePath),
            Environment.GetEnvironmentVariable)
        {
            Declared = earlier?.Declared ?? [],
            DeclaredSinks =
            [
                .. (earlier?.DeclaredSinks ?? []).Where(sink => sink.Owner is null || snapshot.TryGetMetadata(sink.Owner, out _)),
            ],
            SinkOfTable = [.. snapshot.Tables.Where(table => table.Sink is not null).Select(table => (table.Name, table.Sink!))],
            Optimiser = Optimiser,
            Statements = services.Statements,
            WithoutData = [.. snapshot.Tables.Where(table => !IsUsable(table.State)).Select(table => table.Name)],
        };
    }

    private static bool IsUsable(TableState state) =>
        state is TableState.Waiting or TableState.Loading or TableState.Ready or TableState.Live;
}
