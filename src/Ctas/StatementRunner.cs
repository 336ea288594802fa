using System.Diagnostics;
using Ctas.Data;
using Ctas.Loading;
using Ctas.Planning;

namespace Ctas;

/// <summary>Runs the statements of a script one after another.</summary>
internal static class StatementRunner
{
    /// <summary>Runs them all; the result is that of the last statement that has rows.</summary>
    /// <param name="script">The statements.</param>
    /// <param name="services">What loads and queries work with.</param>
    /// <param name="owner">The engine's loader, which is told of what was loaded.</param>
    /// <param name="cancellationToken">Stops between statements and within them.</param>
    public static async Task<QueryResult> RunAsync(
        ScriptPlan script, LoadServices services, ParallelLoader owner, CancellationToken cancellationToken)
    {
        foreach (SelectStatement select in script.Statements.OfType<SelectStatement>())
        {
            // Read once more for the place of the mistake.
            if (select.EmitsChanges) { QueryPlanner.CheckEnds(select.Sql); }
        }

        var result = new QueryResult(new Schema([]), [], TimeSpan.Zero);
        LoadGraph graph = LoadGraphs.Build(script);
        LoadServices running = services;
        bool isLoaded = false;
        foreach (PlannedStatement statement in script.Statements)
        {
            switch (statement)
            {
                // The tables of one script load together, in their own order, where the first of them stands.
                case LoadStatement when !isLoaded:
                    await LoadAsync(graph, services, owner, cancellationToken).ConfigureAwait(false);
                    isLoaded = true;
                    break;
                case SetStatement { Property: LoadProperties.MemoryLimit } set:
                    running = services.WithQueryMemory(set.Value);
                    break;
                case LoadStatement or SourceStatement or DropSourceStatement or SinkStatement or SetStatement:
                    break;
                case IndexStatement index:
                    await SecondaryIndexes.BuildAsync(services, index.Table, index.Index, cancellationToken).ConfigureAwait(false);
                    break;
                case DropStatement drop:
                    if (!drop.IfExists || services.Registry.TryGetMetadata(drop.Name, out _))
                    {
                        await LiveTables.DropAsync(drop.Name, drop.Cascade, services, cancellationToken)
                            .ConfigureAwait(false);
                    }

                    break;
                case DropSinkStatement drop:
                    await SinkStatements.DropAsync(drop, services, cancellationToken).ConfigureAwait(false);
                    break;
                case SelectStatement select:
                    result = await TableQueries.RunAsync(select.Sql, running, cancellationToken).ConfigureAwait(false);
                    break;
                case ShowStatement show:
                    result = Descriptions.Show(show.What, services, script);
                    break;
                case DescribeStatement describe:
                    result = Descriptions.Describe(describe.Name, services, script);
                    break;
                case ExplainStatement { Analysed: { } analysed }:
                    result = await PlanAnalysis.RunAsync(analysed, running, owner, script, cancellationToken)
                        .ConfigureAwait(false);
                    break;
                case ExplainStatement explain:
                    result = Descriptions.Lines("plan", ExplainText.Render(explain.Plan.Plan));
                    break;
                default:
                    throw new UnreachableException($"No rule for {statement.GetType().Name}.");
            }
        }

        return result;
    }

    /// <summary>Loads the tables of a graph; tells the owner.</summary>
    /// <exception cref="LoadException">A table could not be loaded.</exception>
    public static async Task LoadAsync(
        LoadGraph graph, LoadServices services, ParallelLoader owner, CancellationToken cancellationToken)
    {
        // A loader of its own: a table that the engine has loaded is no reason to leave a statement out.
        var loader = new ParallelLoader(services);
        LoadResult result = await loader.LoadAsync(graph, progress: null, cancellationToken).ConfigureAwait(false);
        owner.TakeOver(loader);
        if (result.Failed.FirstOrDefault()?.Error is { } error) { throw error; }

        result.ThrowIfFailed();
    }
}
