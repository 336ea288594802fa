using System.CommandLine;
using Ctas.Cli.Plans;
using Ctas.Text;

namespace Ctas.Cli.Commands;

/// <summary><c>ctas plan</c>: shows what a script would load, without touching a broker or a file it reads.</summary>
internal static class PlanCommand
{
    // A source must name brokers to be valid, but planning asks none.
    private const string NoBrokers = "localhost:9092";

    /// <summary>The command with its options.</summary>
    public static Command Create(Terminal terminal)
    {
        Argument<string> script = CommandArguments.Script();
        Option<string> format = CommandArguments.Choice(
            "--format", "How the plan is printed: a tree, a Mermaid flowchart, or JSON.", PlanFormat.Tree);
        Option<IReadOnlyList<KeyValuePair<string, string>>> properties = CommandArguments.Properties();
        var command = new Command("plan", "Shows the waves of a script, what each table reads, its key and its kind of "
            + "changes. Touches no broker.")
        {
            script, format, properties,
        };
        command.SetAction((parsed, cancellationToken) => ExecuteAsync(
            new RunSettings(parsed.GetRequiredValue(script))
            {
                BootstrapServers = NoBrokers,
                Properties = parsed.GetRequiredValue(properties),
            },
            parsed.Chosen<PlanFormat>(format),
            terminal));
        return command;
    }

    private static async Task<int> ExecuteAsync(RunSettings settings, PlanFormat format, Terminal terminal)
    {
        if (!ScriptFile.Check(settings.Script, terminal)) { return ExitCode.Mistake; }

        try
        {
            await using CtasEngine engine = ScriptRun.Configure(settings).Build();
            switch (format)
            {
                case PlanFormat.Mermaid: await terminal.Output.WriteAsync(PlanMermaid.Render(engine.Plan)).ConfigureAwait(false); break;
                case PlanFormat.Json: await terminal.Output.WriteAsync(PlanJson.Render(engine.Plan)).ConfigureAwait(false); break;
                default: PlanTree.Write(terminal.Results, engine.Plan); break;
            }

            return ExitCode.Success;
        }
        catch (CtasCompilationException e)
        {
            await terminal.Error.WriteLineAsync(e.Message).ConfigureAwait(false);
            return ExitCode.Mistake;
        }
    }
}

/// <summary>How a plan is printed.</summary>
internal enum PlanFormat
{
    /// <summary>Indented lines, for people.</summary>
    Tree,

    /// <summary>A Mermaid flowchart.</summary>
    Mermaid,

    /// <summary>One JSON object.</summary>
    Json,
}
