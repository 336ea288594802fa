using Ctas.Cli;
using Ctas.Cli.Commands;

namespace Ctas.IntegrationTests.Cli;

/// <summary>What a run of the command left behind.</summary>
internal sealed record CommandOutcome(int ExitCode, string Output, string Error)
{
    /// <summary>The lines of standard output, without a final empty one.</summary>
    public string[] OutputLines => Output.TrimEnd('\n').Split('\n');
}

/// <summary>Runs the command in this process.</summary>
internal static class CommandLine
{
    public static Task<CommandOutcome> RunAsync(params string[] arguments) => RunAsync(CancellationToken.None, arguments);

    public static async Task<CommandOutcome> RunAsync(CancellationToken cancellationToken, params string[] arguments)
    {
        using StringWriter output = new() { NewLine = "\n" }, error = new() { NewLine = "\n" };
        int exitCode = await CtasCommandLine.InvokeAsync(
            arguments, Terminal.OfWriters(output, error), cancellationToken);
        return new CommandOutcome(exitCode, output.ToString(), error.ToString());
    }
}
