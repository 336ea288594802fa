using System.CommandLine;
using Ctas.Cli.Demo;

namespace Ctas.Cli.Commands;

/// <summary><c>ctas demo</c>: a whole pipeline on Kafka inside this process.</summary>
internal static class DemoCommand
{
    /// <summary>The command.</summary>
    public static Command Create(Terminal terminal)
    {
        var command = new Command("demo", "Shows all of it on Kafka brokers inside this process: 13 tables in 4 waves from "
            + "four topics and a file, checked against what was produced. Needs nothing, leaves nothing behind.");
        command.SetAction((_, cancellationToken) => DemoRun.ExecuteAsync(DemoScale.Full, terminal, cancellationToken));
        return command;
    }
}
