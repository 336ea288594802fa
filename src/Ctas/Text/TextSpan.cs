namespace Ctas.Text;

/// <summary>
/// The half-open range [<paramref name="Start"/>, <paramref name="End"/>) of a text, in UTF-16 code units.
/// </summary>
/// <param name="Start">The first code unit of the range.</param>
/// <param name="End">
/// The code unit after the last one; equal to <paramref name="Start"/> for a place between two.
/// </param>
public readonly record struct TextSpan(int Start, int End)
{
    /// <summary>The number of code units in the range.</summary>
    public int Length => End - Start;

    /// <summary>The range from the start of this one to the end of <paramref name="last"/>.</summary>
    /// <param name="last">A range that ends no earlier than this one starts.</param>
    /// <returns>[Start, last.End).</returns>
    public TextSpan To(TextSpan last) => new(Start, Math.Max(Start, last.End));

    /// <summary>The range as <c>[Start, End)</c>.</summary>
    /// <returns>Text for messages and debuggers.</returns>
    public override string ToString() => $"[{Start}, {End})";
}
