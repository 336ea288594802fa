namespace Ctas.Cli.Loading;

/// <summary>Chooses how a load is shown.</summary>
internal static class LoadDisplay
{
    /// <summary>Bars on a terminal, lines elsewhere.</summary>
    public static ILoadDisplay For(Terminal terminal) =>
        terminal.IsLive ? new LiveLoadDisplay(terminal.Notes) : new LineLoadDisplay(terminal.Error);
}
