using Ctas.Cli.Display;
using Ctas.Loading;

namespace Ctas.Cli.Loading;

/// <summary>Words for moments of a load.</summary>
internal static class LoadText
{
    /// <summary>State and reason of a table that ended without being loaded, in one line.</summary>
    public static string Failure(TableProgress table)
    {
        string state = table.State.ToString().ToLowerInvariant();
        string error = PlainText.OneLine(table.Error ?? "");

        // "skipped because of orders" says the state itself.
        return error.StartsWith(state, StringComparison.OrdinalIgnoreCase) ? error
            : error.Length > 0 ? $"{state}: {error}"
            : state;
    }

    /// <summary>What holds a table up, in one line; it has a fault.</summary>
    public static string Waiting(TableProgress table) => $"waiting: {PlainText.OneLine(table.Fault!)}";
}
