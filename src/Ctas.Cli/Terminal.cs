using System.Text;
using Microsoft.Win32.SafeHandles;
using Spectre.Console;

namespace Ctas.Cli;

/// <summary>Where a command writes: results to one side, everything said about them to the other.</summary>
/// <remarks>Single-threaded, but for <see cref="Notes"/> while progress is shown.</remarks>
internal sealed class Terminal
{
    // A pipe or a log has no width: nothing is wrapped there, so that a line of text stays a line.
    private const int UnboundedWidth = 100_000;

    private Terminal(TextWriter output, TextWriter error, bool isOutputTerminal, bool isErrorTerminal)
    {
        Output = output;
        Error = error;
        Results = CreateConsole(output, isOutputTerminal);
        Notes = CreateConsole(error, isErrorTerminal);
        IsLive = isErrorTerminal && Notes.Profile.Capabilities.Ansi;
    }

    /// <summary>Standard output.</summary>
    public TextWriter Output { get; }

    /// <summary>Standard error.</summary>
    public TextWriter Error { get; }

    /// <summary>Standard output for what is drawn: tables, trees.</summary>
    public IAnsiConsole Results { get; }

    /// <summary>Standard error for progress and reports.</summary>
    public IAnsiConsole Notes { get; }

    /// <summary>True when lines of standard error can be drawn over again.</summary>
    public bool IsLive { get; }

    /// <summary>Cancelled when nobody reads standard output any more, as with <c>| head</c>.</summary>
    public CancellationToken OutputClosed { get; private init; }

    /// <summary>The terminal of this process.</summary>
    public static Terminal OfProcess()
    {
        // Files and pipes must hold the same bytes everywhere.
        var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        if (!Equals(Console.OutputEncoding, utf8)) { Console.OutputEncoding = utf8; }

        return PipeOfProcess() is { } pipe
            ? new(new StreamWriter(pipe, utf8) { AutoFlush = true }, Console.Error, false, !Console.IsErrorRedirected) { OutputClosed = pipe.Closed }
            : new(Console.Out, Console.Error, !Console.IsOutputRedirected, !Console.IsErrorRedirected);
    }

    /// <summary>Standard output where it is a pipe, and the system tells that it was closed; else null.</summary>
    private static OutputPipe? PipeOfProcess()
    {
        if (OperatingSystem.IsWindows() || !Console.IsOutputRedirected) { return null; }

        // Not for a file: a stream keeps a position of its own there, and others may append to the same one.
        var output = new FileStream(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        return output.CanSeek ? null : new OutputPipe(output);
    }

    /// <summary>A terminal that is none: plain text, no colours, no live progress.</summary>
    public static Terminal OfWriters(TextWriter output, TextWriter error) => new(output, error, false, false);

    private static IAnsiConsole CreateConsole(TextWriter writer, bool isTerminal)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = isTerminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = isTerminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = isTerminal ? InteractionSupport.Yes : InteractionSupport.No,
            // They would turn escape codes on for CI logs, captured output included.
            Enrichment = new ProfileEnrichment { UseDefaultEnrichers = false },
        });
        if (!isTerminal) { console.Profile.Width = UnboundedWidth; }

        return console;
    }
}
