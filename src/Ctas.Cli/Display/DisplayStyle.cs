using Ctas.Tables;
using Spectre.Console;

namespace Ctas.Cli.Display;

/// <summary>The few styles of everything the command draws.</summary>
internal static class DisplayStyle
{
    /// <summary>Column names and table names.</summary>
    public static Style Header { get; } = new(decoration: Decoration.Bold);

    /// <summary>What is there but seldom read.</summary>
    public static Style Faint { get; } = new(Color.Grey);

    /// <summary>Whatever went wrong.</summary>
    public static Style Failure { get; } = new(Color.Red);

    /// <summary>The style of a table's state.</summary>
    public static Style Of(TableState state) => state switch
    {
        TableState.Ready or TableState.Live => new Style(Color.Green),
        TableState.Loading => new Style(Color.Blue),
        TableState.Failed => Failure,
        TableState.Skipped or TableState.Cancelled => new Style(Color.Yellow),
        _ => Faint,
    };
}
