using Ctas.Cli.Loading;
using Ctas.Cli.Results;
using Ctas.Kafka;
using Ctas.Loading;
using Ctas.Text;

namespace Ctas.Cli.Commands;

/// <summary>One <c>ctas run</c>: load, report, answer.</summary>
internal static class ScriptRun
{
    /// <summary>Runs it.</summary>
    /// <returns>An <see cref="ExitCode"/>.</returns>
    public static async Task<int> ExecuteAsync(RunSettings settings, Terminal terminal, CancellationToken cancellationToken)
    {
        if (!ScriptFile.Check(settings.Script, terminal)) { return ExitCode.Mistake; }

        CtasEngine engine;
        try { engine = Configure(settings).Build(); }
        catch (CtasCompilationException e)
        {
            await terminal.Error.WriteLineAsync(e.Message).ConfigureAwait(false);
            return ExitCode.Mistake;
        }

        await using (engine.ConfigureAwait(false))
        {
            bool isLoaded = await LoadAsync(engine, settings, terminal, cancellationToken).ConfigureAwait(false);
            int answered = await AnswerAsync(engine, settings, terminal, cancellationToken).ConfigureAwait(false);

            // A query over a table that is not there is no mistake of the query.
            return isLoaded ? answered : ExitCode.Failed;
        }
    }

    /// <summary>An engine's builder with everything the settings say.</summary>
    public static CtasEngineBuilder Configure(RunSettings settings)
    {
        CtasEngineBuilder builder = new CtasEngineBuilder().UseKafka(settings.BootstrapServers).AddScriptFile(settings.Script);
        foreach ((string property, string value) in settings.Properties) { builder.WithProperty(property, value); }

        if (settings.MaxParallelism is { } parallelism) { builder.WithMaxParallelism(parallelism); }

        if (settings.Timeout is { } timeout) { builder.WithTotalTimeout(timeout); }

        return builder;
    }

    private static async Task<bool> LoadAsync(
        CtasEngine engine, RunSettings settings, Terminal terminal, CancellationToken cancellationToken)
    {
        ILoadDisplay display = settings.IsQuiet ? new QuietLoadDisplay() : LoadDisplay.For(terminal);
        LoadResult result = await display
            .ShowAsync(engine.Plan, progress => engine.LoadAsync(progress, cancellationToken))
            .ConfigureAwait(false);
        if (!settings.IsQuiet) { LoadReport.Write(terminal.Notes, result); }
        else { LoadReport.WriteFailures(terminal.Notes, result); }

        return result.IsSuccess;
    }

    private static async Task<int> AnswerAsync(
        CtasEngine engine, RunSettings settings, Terminal terminal, CancellationToken cancellationToken)
    {
        string[] queries = [.. engine.Queries, .. settings.Queries];
        if (settings.IsFollowed && queries.Length == 0)
        {
            await terminal.Error.WriteLineAsync("ctas: --follow needs a SELECT: add one to the script, or with --query").ConfigureAwait(false);
            return ExitCode.Mistake;
        }

        IResultWriter writer = ResultWriter.Create(settings.Format, terminal);
        int exitCode = ExitCode.Success;
        foreach (string sql in settings.IsFollowed ? queries[..^1] : queries)
        {
            int answered = await TryAsync(
                async () => writer.Write(await engine.ExecuteAsync(sql, cancellationToken).ConfigureAwait(false)), terminal).ConfigureAwait(false);
            exitCode = Math.Max(exitCode, answered);
        }

        if (!settings.IsFollowed) { return exitCode; }

        int followed = await TryAsync(
            () => FollowAsync(engine, queries[^1], ChangeWriter.Create(settings.Format, terminal), cancellationToken), terminal)
            .ConfigureAwait(false);
        return Math.Max(exitCode, followed);
    }

    /// <summary>Prints what a query gives and then its changes; ends by itself only where nothing is kept fresh.</summary>
    private static async Task FollowAsync(
        CtasEngine engine, string sql, ChangeWriter writer, CancellationToken cancellationToken)
    {
        await foreach (QueryChanges changes in engine.QueryChangesAsync(sql, cancellationToken).ConfigureAwait(false))
        {
            writer.Write(changes);
        }
    }

    /// <summary>Answers one query; standard error says why it could not be answered.</summary>
    private static async Task<int> TryAsync(Func<Task> answer, Terminal terminal)
    {
        try
        {
            await answer().ConfigureAwait(false);
            return ExitCode.Success;
        }
        catch (CtasCompilationException e)
        {
            await terminal.Error.WriteLineAsync(e.Message + terminal.Error.NewLine).ConfigureAwait(false);
            return ExitCode.Mistake;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            await terminal.Error.WriteLineAsync($"ctas: the query failed: {e.Message}").ConfigureAwait(false);
            return ExitCode.Failed;
        }
    }
}
