using Spectre.Console;

namespace Ctas.Cli.Display;

/// <summary>Text of the user's data and names, ready to be drawn: in one line, never read as markup.</summary>
internal static class Label
{
    /// <summary>Nothing.</summary>
    public static Spectre.Console.Text Empty { get; } = Spectre.Console.Text.Empty;

    /// <summary>The text in a style.</summary>
    public static Spectre.Console.Text Of(string text, Style? style = null) =>
        new(PlainText.OneLine(text), style ?? Style.Plain);
}
