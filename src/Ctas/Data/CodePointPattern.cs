using System.Text;
using System.Text.RegularExpressions;

namespace Ctas.Data;

/// <summary>
/// Regular expressions over characters, of which UTF-16 writes some in two halves: what matches a character takes both halves
/// or none.
/// </summary>
internal static partial class CodePointPattern
{
    private const string Halves = @"\uD800-\uDFFF";
    private const string Pair = @"[\uD800-\uDBFF][\uDC00-\uDFFF]";

    /// <summary>
    /// The pattern with <c>.</c>, <c>[…]</c>, <c>[^…]</c>, <c>\D</c>, <c>\P{…}</c>, <c>\S</c>, <c>\W</c> and characters written
    /// in two halves made to take whole characters.
    /// </summary>
    public static string Of(string pattern, RegexOptions options)
    {
        pattern = PosixClasses.Expand(pattern);
        var text = new StringBuilder(pattern.Length);
        for (int i = 0; i < pattern.Length;)
        {
            int length = LengthOfItem(pattern, i);
            text.Append(Whole(pattern.Substring(i, length), pattern, options));
            i += length;
        }

        return text.ToString();
    }

    private static string Whole(string item, string pattern, RegexOptions options)
    {
        switch (item)
        {
            case ".":
                // Whether it takes the end of a line may change within the pattern.
                bool canChange = ChangesLines().IsMatch(pattern);
                string line = options.HasFlag(RegexOptions.Singleline) ? "" : @"\n";
                return canChange ? $"(?:{Pair}|.)" : $"(?:{Pair}|[^{Halves}{line}])";
            case @"\D" or @"\S" or @"\W":
                return $"(?:{Pair}|[^{Halves}{item.ToLowerInvariant()}])";
        }

        if (item.StartsWith(@"\P", StringComparison.Ordinal)) { return $"(?:{Pair}|[{item}-[{Halves}]])"; }

        if (item.Length > 1 && item[0] == '[') { return WholeClass(item); }

        return item.Any(char.IsSurrogate) ? $"(?:{item})" : item;
    }

    /// <summary>A class in brackets, of which another may be taken away: <c>[a-z-[aeiou]]</c>.</summary>
    private static string WholeClass(string item)
    {
        // What is not closed is for .NET to refuse.
        if (EndOfClass(item, 0) != item.Length - 1) { return item; }

        int taken = StartOfSubtraction(item);
        if (taken < 0) { return TakesPairs(item) ? CharacterClass.Parse(item).ToString() : item; }

        string from = $"{item.AsSpan(0, taken - 1)}]";
        string without = item.Substring(taken, LengthOfItem(item, taken));
        return TakesPairs(from) || TakesPairs(without) ? $"(?:(?!{WholeClass(without)}){WholeClass(from)})" : item;
    }

    private static bool TakesPairs(string item) =>
        item[1] == '^' || item.Any(char.IsSurrogate) || HoldsAllBut().IsMatch(item);

    /// <summary>Where the class begins that is taken from the item; -1 for none.</summary>
    private static int StartOfSubtraction(string item)
    {
        for (int i = item[1] == '^' ? 3 : 2; i + 1 < item.Length; i += item[i] == '\\' ? 2 : 1)
        {
            if (item[i] == '-' && item[i + 1] == '[') { return i + 1; }
        }

        return -1;
    }

    /// <summary>Options in the pattern that say anew whether a dot takes the end of a line.</summary>
    [GeneratedRegex(@"\(\?[a-z-]*s[a-z-]*[:)]", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex ChangesLines();

    /// <summary>What stands for all characters but some, within a class.</summary>
    [GeneratedRegex(@"^\[(?:[^\\]|\\[^DPSW])*\\[DPSW]", RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex HoldsAllBut();

    // An escaped character or category, a class in brackets, or one character.
    private static int LengthOfItem(string pattern, int start)
    {
        if (pattern[start] == '\\')
        {
            bool isCategory = pattern.AsSpan(start).StartsWith(@"\P{", StringComparison.Ordinal);
            int close = isCategory ? pattern.IndexOf('}', start) : -1;
            return close >= 0 ? close + 1 - start : Math.Min(2, pattern.Length - start);
        }

        bool isPair = start + 1 < pattern.Length && char.IsSurrogatePair(pattern[start], pattern[start + 1]);
        if (pattern[start] != '[') { return isPair ? 2 : 1; }

        int end = EndOfClass(pattern, start);
        return end < 0 ? pattern.Length - start : end + 1 - start;
    }

    /// <summary>The place of the bracket that closes a class; -1 where none does.</summary>
    private static int EndOfClass(string pattern, int start)
    {
        // "]" is a character of the class where it stands first.
        int first = start + (pattern.AsSpan(start).StartsWith("[^") ? 2 : 1);
        int i = first < pattern.Length && pattern[first] == ']' ? first + 1 : first;
        while (i < pattern.Length && pattern[i] != ']')
        {
            if (i == first || !pattern.AsSpan(i).StartsWith("-["))
            {
                i += pattern[i] == '\\' ? 2 : 1;
                continue;
            }

            int end = EndOfClass(pattern, i + 1);
            if (end < 0) { return -1; }

            i = end + 1;
        }

        return i < pattern.Length ? i : -1;
    }

    /// <summary>A class in brackets: what .NET says of characters of one unit, and the characters of two.</summary>
    private sealed class CharacterClass(bool isNegated)
    {
        private const int First = 0x10000;
        private const int Last = 0x10FFFF;

        private readonly StringBuilder _short = new();
        private readonly List<(int Start, int End)> _long = [];
        private bool _takesHalves;

        /// <summary>Takes the text of a class apart.</summary>
        public static CharacterClass Parse(string text)
        {
            bool isNegated = text[1] == '^';
            var parsed = new CharacterClass(isNegated);
            int i = isNegated ? 2 : 1;
            int end = text[^1] == ']' ? text.Length - 1 : text.Length;

            // "]" is a character where it stands first.
            if (i < end && text[i] == ']')
            {
                parsed._short.Append(@"\]");
                i++;
            }

            while (i < end) { i = parsed.Add(text, i, end); }

            return parsed;
        }

        public override string ToString()
        {
            IEnumerable<string> pairs = (isNegated ? Others() : _long).SelectMany(range => Pairs(range.Start, range.End));
            string halves = _takesHalves ? $"-[{Halves}]" : "";
            string[] one = isNegated ? [$"[^{Halves}{_short}]"] : _short.Length > 0 ? [$"[{_short}{halves}]"] : [];
            return $"(?:{string.Join('|', [.. pairs, .. one])})";
        }

        private int Add(string text, int start, int end)
        {
            if (text[start] == '\\')
            {
                int escaped = Math.Min(start + 2, end);
                _short.Append(text, start, escaped - start);
                if (text[start + 1] is not ('D' or 'P' or 'S' or 'W')) { return escaped; }

                // They take all characters of two units: what .NET knows of these is their halves.
                _takesHalves = true;
                _long.Add((First, Last));
                return escaped;
            }

            if (text[start] == '-' && start + 1 == end)
            {
                // Whatever is written behind it.
                _short.Append(@"\-");
                return end;
            }

            (int low, int next) = CharacterAt(text, start);
            bool isRange = next + 1 < end && text[next] == '-' && text[next + 1] is not ('\\' or '[');
            (int high, int after) = isRange ? CharacterAt(text, next + 1) : (low, next);
            if (high < First) { _short.Append(text, start, after - start); }
            else if (low >= First) { _long.Add((low, high)); }
            else
            {
                // From a character of one unit to one of two, but for the halves in between.
                if (low < 0xD800) { _short.Append((char)low).Append(@"-\uD7FF"); }

                _short.Append(@"\uE000-\uFFFF");
                _long.Add((First, high));
            }

            return after;
        }

        private static (int Character, int Next) CharacterAt(string text, int start) =>
            start + 1 < text.Length && char.IsSurrogatePair(text[start], text[start + 1])
                ? (char.ConvertToUtf32(text[start], text[start + 1]), start + 2)
                : (text[start], start + 1);

        private IEnumerable<(int Start, int End)> Others()
        {
            int start = First;
            foreach ((int from, int to) in _long.Order())
            {
                if (from > start) { yield return (start, from - 1); }

                start = Math.Max(start, to + 1);
            }

            if (start <= Last) { yield return (start, Last); }
        }

        /// <summary>A range as pairs of halves: the rest of the first block, whole blocks, the beginning of the last one.</summary>
        private static IEnumerable<string> Pairs(int start, int end)
        {
            while (start <= end)
            {
                bool isBlockStart = start % 0x400 == 0;
                int lastOfBlock = start | 0x3FF;
                int stop = Math.Min(end, isBlockStart && lastOfBlock <= end ? ((end + 1) & ~0x3FF) - 1 : lastOfBlock);
                yield return $"[{High(start)}-{High(stop)}][{Low(start)}-{Low(stop)}]";
                start = stop + 1;
            }
        }

        private static string High(int character) => Escaped(0xD800 + ((character - First) >> 10));

        private static string Low(int character) => Escaped(0xDC00 + (character & 0x3FF));

        private static string Escaped(int unit) =>
            string.Create(System.Globalization.CultureInfo.InvariantCulture, $@"\u{unit:X4}");
    }
}
