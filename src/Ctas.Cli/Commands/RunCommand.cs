using System.CommandLine;
using Ctas.Cli.Results;

namespace Ctas.Cli.Commands;

/// <summary><c>ctas run</c>: loads the tables of a script and answers queries.</summary>
internal static class RunCommand
{
    /// <summary>The command with its options.</summary>
    public static Command Create(Terminal terminal)
    {
        Argument<string> script = CommandArguments.Script();
        Option<string?> bootstrapServers = CommandArguments.BootstrapServers();
        Option<IReadOnlyList<KeyValuePair<string, string>>> properties = CommandArguments.Properties();
        var queries = new Option<string[]>("--query", "-q")
        {
            Description = "Statement to run over the loaded tables, after those of the script. Repeatable.",
            HelpName = "SELECT …",
            Arity = ArgumentArity.ZeroOrMore,
            DefaultValueFactory = _ => [],
        };
        queries.Validators.Add(result =>
        {
            if (result.Tokens.Any(query => string.IsNullOrWhiteSpace(query.Value))) { result.AddError("--query needs a statement."); }
        });
        Option<string> format = CommandArguments.Choice(
            "--format",
            "How results are printed: tables, one JSON object a row, or CSV with a header.",
            ResultFormat.Table);
        Option<int?> parallelism = CommandArguments.Count(
            "--max-parallelism", "Most tables that load at the same time. Default: the number of processors.");
        Option<TimeSpan?> timeout = CommandArguments.Time("--timeout", "Longest time the load may take. Default: no limit.");
        var follow = new Option<bool>("--follow", "-f")
        {
            Description = "Keep tables with EMIT CHANGES fresh, and print every change of the last SELECT, until Ctrl-C.",
        };
        var quiet = new Option<bool>("--quiet") { Description = "Print no progress and no report, only what went wrong." };
        var command = new Command("run", "Loads every table of a script, then runs its SELECT, SHOW, DESCRIBE and EXPLAIN "
            + "statements and the given queries. "
            + "A SELECT … EMIT CHANGES needs --follow.")
        {
            script, bootstrapServers, properties, queries, format, parallelism, timeout, follow, quiet,
        };
        command.SetAction((parsed, cancellationToken) => ScriptRun.ExecuteAsync(
            new RunSettings(parsed.GetRequiredValue(script))
            {
                BootstrapServers = parsed.GetValue(bootstrapServers),
                Properties = parsed.GetRequiredValue(properties),
                Queries = parsed.GetRequiredValue(queries),
                Format = parsed.Chosen<ResultFormat>(format),
                MaxParallelism = parsed.GetValue(parallelism),
                Timeout = parsed.GetValue(timeout),
                IsFollowed = parsed.GetValue(follow),
                IsQuiet = parsed.GetValue(quiet),
            },
            terminal,
            cancellationToken));
        return command;
    }
}

/// <summary>What <c>ctas run</c> was asked for.</summary>
/// <param name="Script">Path of the script.</param>
internal sealed record RunSettings(string Script)
{
    /// <summary>Brokers of topics for which the script names none.</summary>
    public string? BootstrapServers { get; init; }

    /// <summary>Properties of all statements, in the order given.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Properties { get; init; } = [];

    /// <summary>Queries to run after those of the script.</summary>
    public IReadOnlyList<string> Queries { get; init; } = [];

    /// <summary>How results are printed.</summary>
    public ResultFormat Format { get; init; }

    /// <summary>Most tables that load at the same time; null for the engine's own choice.</summary>
    public int? MaxParallelism { get; init; }

    /// <summary>Longest time of the load; null for none.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>True to print the changes of the last query until Ctrl-C.</summary>
    public bool IsFollowed { get; init; }

    /// <summary>True to print neither progress nor report.</summary>
    public bool IsQuiet { get; init; }
}
