using System.Diagnostics;

namespace Ctas.Cli.Results;

/// <summary>Makes the writer of a format.</summary>
internal static class ResultWriter
{
    /// <summary>A writer to standard output.</summary>
    public static IResultWriter Create(ResultFormat format, Terminal terminal) => format switch
    {
        ResultFormat.Table => new TableResultWriter(terminal.Results),
        ResultFormat.Json => new JsonResultWriter(terminal.Output),
        ResultFormat.Csv => new CsvResultWriter(terminal.Output),
        _ => throw new UnreachableException($"No writer for {format}."),
    };
}
