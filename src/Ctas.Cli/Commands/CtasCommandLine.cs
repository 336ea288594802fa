using System.CommandLine;
using System.CommandLine.Invocation;

namespace Ctas.Cli.Commands;

/// <summary>The command line: reads the arguments and runs what they ask for.</summary>
internal static class CtasCommandLine
{
    // After Ctrl-C a load stops its consumers; only a process that hangs is ended by force.
    private static readonly TimeSpan TimeToStop = TimeSpan.FromSeconds(10);

    /// <summary>Runs one command.</summary>
    /// <param name="arguments">The arguments of the process.</param>
    /// <param name="terminal">Where it writes.</param>
    /// <param name="cancellationToken">Cancels it, as Ctrl-C does.</param>
    /// <returns>An <see cref="ExitCode"/>.</returns>
    public static async Task<int> InvokeAsync(
        IReadOnlyList<string> arguments, Terminal terminal, CancellationToken cancellationToken = default)
    {
        ParseResult parsed = Create(terminal).Parse(arguments);
        if (parsed.Errors.Count > 0 && parsed.Action is ParseErrorAction)
        {
            foreach (string message in parsed.Errors.Select(error => error.Message).Distinct())
            {
                await terminal.Error.WriteLineAsync($"ctas: {message}").ConfigureAwait(false);
            }

            string command = parsed.CommandResult.Command is RootCommand ? "ctas" : $"ctas {parsed.CommandResult.Command.Name}";
            await terminal.Error.WriteLineAsync($"Try \"{command} --help\".").ConfigureAwait(false);
            return ExitCode.Mistake;
        }

        var configuration = new InvocationConfiguration
        {
            Output = terminal.Output,
            Error = terminal.Error,
            EnableDefaultExceptionHandler = false,
            ProcessTerminationTimeout = TimeToStop,
        };
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, terminal.OutputClosed);
        try
        {
            int exitCode = await parsed.InvokeAsync(configuration, stopping.Token).ConfigureAwait(false);
            return terminal.OutputClosed.IsCancellationRequested ? ExitCode.OutputClosed : exitCode;
        }
        catch (OperationCanceledException) when (terminal.OutputClosed.IsCancellationRequested)
        {
            // Who has read enough is told nothing.
            return ExitCode.OutputClosed;
        }
        catch (OperationCanceledException)
        {
            await terminal.Error.WriteLineAsync("ctas: cancelled").ConfigureAwait(false);
            return ExitCode.Cancelled;
        }
        catch (Exception e)
        {
            await terminal.Error.WriteLineAsync($"ctas: unexpected error, please report it: {e}").ConfigureAwait(false);
            return ExitCode.Failed;
        }
    }

    private static RootCommand Create(Terminal terminal) => new("""
        Loads tables from Kafka topics and files with CREATE TABLE … AS SELECT …, and queries them.

          Results go to standard output, progress and reports to standard error.
          Exit code 0: all loaded and answered. 1: a table was not loaded, a query failed, or a demo check did not hold.
          2: the arguments or the SQL are wrong. 130: cancelled. 141: nobody reads standard output any more.
        """)
    {
        RunCommand.Create(terminal),
        PlanCommand.Create(terminal),
        DemoCommand.Create(terminal),
    };
}
