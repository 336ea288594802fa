using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Ctas.IntegrationTests.Cli;

/// <summary>The real process, as a shell starts, interrupts and pipes it.</summary>
internal static partial class CtasProcess
{
    private const int Sigint = 2;
    private const nint DefaultAction = 0;

    public static Process Start(params string[] arguments)
    {
        // A runner that a shell started in the background ignores the signal, and what it starts would do so too.
        _ = Signal(Sigint, DefaultAction);
        return Process.Start(new ProcessStartInfo("dotnet", [typeof(Ctas.Cli.Terminal).Assembly.Location, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
    }

    /// <summary>Sends what Ctrl-C sends.</summary>
    public static void Interrupt(this Process process) => _ = Kill(process.Id, Sigint);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);

    [LibraryImport("libc", EntryPoint = "signal")]
    private static partial nint Signal(int signal, nint action);
}
