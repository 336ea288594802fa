using System.Text.RegularExpressions;
using Ctas.Data;
using Ctas.Data.Nested;

namespace Ctas.Execution.Kernels.Functions;

/// <summary>Writes parts of a text as an ARRAY of texts, without a string each. Single-threaded.</summary>
internal sealed class RegexTexts(DataType type)
{
    private readonly ValueShape _shape = ValueShape.Of(type);
    private readonly NestedValueWriter _writer = new();
    private readonly ByteWriter _part = new();

    /// <summary>Writes what a regex finds in a text.</summary>
    public delegate void Finding(RegexTexts texts, Regex regex, ReadOnlySpan<char> text, int group);

    /// <summary>Begins the array of a row.</summary>
    public void Begin() => _writer.Begin(_shape);

    /// <summary>Ends the array.</summary>
    public void End(ByteWriter output)
    {
        _writer.End();
        output.Append(_writer.Written);
    }

    /// <summary>Forgets an array that was begun.</summary>
    public void Abandon() => _writer.Abandon();

    /// <summary>The parts between matches.</summary>
    public static void WriteBetween(RegexTexts texts, Regex regex, ReadOnlySpan<char> text, int group)
    {
        int start = 0;
        foreach (ValueMatch match in regex.EnumerateMatches(text))
        {
            texts.Write(text[start..match.Index]);
            start = match.Index + match.Length;
        }

        texts.Write(text[start..]);
    }

    /// <summary>Every match, or a group of each.</summary>
    public static void WriteMatches(RegexTexts texts, Regex regex, ReadOnlySpan<char> text, int group)
    {
        if (group != 0)
        {
            foreach (Match match in regex.Matches(text.ToString())) { texts.Write(match.Groups[group].ValueSpan); }

            return;
        }

        foreach (ValueMatch match in regex.EnumerateMatches(text)) { texts.Write(text.Slice(match.Index, match.Length)); }
    }

    private void Write(ReadOnlySpan<char> part)
    {
        _part.Clear();
        _part.Append(part);
        _writer.WriteBytes(_part.Written);
    }
}
