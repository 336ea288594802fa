using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;

namespace Ctas.Execution.Kernels.Functions;

/// <summary>
/// What comes in the place of a match, in PostgreSQL's notation: <c>\1</c> is a group, <c>\&amp;</c> and <c>\0</c> the match,
/// <c>\\</c> a backslash; a dollar is a dollar. Single-threaded.
/// </summary>
/// <remarks>Matches are found and replaced in buffers; only where a group is named does .NET find it in a string alone.</remarks>
internal sealed class RegexReplacement
{
    private const int WholeMatch = 0;

    // Literals, between which stand the groups.
    private readonly List<(string Literal, int? Group)> _pieces = [];
    private readonly ArrayBufferWriter<char> _result = new();

    private RegexReplacement(string text)
    {
        var literal = new StringBuilder();
        for (int i = 0; i < text.Length; i++)
        {
            char next = i + 1 < text.Length ? text[i + 1] : '\0';
            if (text[i] == '\\' && (char.IsAsciiDigit(next) || next is '&'))
            {
                _pieces.Add((literal.ToString(), next == '&' ? WholeMatch : next - '0'));
                literal.Clear();
                i++;
                continue;
            }

            literal.Append(text[i]);
            if (text[i] == '\\' && next == '\\') { i++; }
        }

        _pieces.Add((literal.ToString(), null));
    }

    private bool NamesGroups => _pieces.Exists(piece => piece.Group > WholeMatch);

    /// <summary>Reads a replacement; every text is one.</summary>
    public static RegexReplacement Read(string text) => new(text);

    /// <summary>Writes the text with its first match, or all of them, replaced.</summary>
    /// <exception cref="RegexMatchTimeoutException">It took too long; nothing is written.</exception>
    public void Replace(Regex regex, ReadOnlySpan<char> text, bool isForAll, ByteWriter output)
    {
        _result.ResetWrittenCount();
        int end = NamesGroups ? ReplaceGroups(regex, text.ToString(), isForAll) : ReplaceMatches(regex, text, isForAll);
        _result.Write(text[end..]);
        output.Append(_result.WrittenSpan);
    }

    /// <returns>Where the last match ends.</returns>
    private int ReplaceMatches(Regex regex, ReadOnlySpan<char> text, bool isForAll)
    {
        int end = 0;
        foreach (ValueMatch match in regex.EnumerateMatches(text))
        {
            _result.Write(text[end..match.Index]);
            end = match.Index + match.Length;
            foreach ((string literal, int? group) in _pieces)
            {
                _result.Write(literal);
                if (group is not null) { _result.Write(text[match.Index..end]); }
            }

            if (!isForAll) { break; }
        }

        return end;
    }

    /// <returns>Where the last match ends.</returns>
    private int ReplaceGroups(Regex regex, string text, bool isForAll)
    {
        int end = 0;
        for (Match match = regex.Match(text); match.Success; match = match.NextMatch())
        {
            _result.Write(text.AsSpan(end, match.Index - end));
            end = match.Index + match.Length;
            foreach ((string literal, int? group) in _pieces)
            {
                _result.Write(literal);

                // A group that the pattern has not is empty.
                if (group is { } number) { _result.Write(match.Groups[number].ValueSpan); }
            }

            if (!isForAll) { break; }
        }

        return end;
    }
}
