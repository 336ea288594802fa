using System.Text.RegularExpressions;
using Ctas.Data;

namespace Ctas.Execution.Kernels.Functions;

/// <summary>The patterns of one call of a regular expression function: compiled once each. Single-threaded.</summary>
/// <remarks>
/// Matching takes time linear in the text. Patterns that need more (backreferences, looking around) are matched by
/// backtracking, at most a second a row.
/// </remarks>
internal sealed class RegexCache
{
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);

    private readonly Dictionary<(string Pattern, string Flags), Regex?> _compiled = [];
    private Arguments _asked;
    private Regex? _last;

    /// <summary>The regex of a row's pattern and flags; null when it is none.</summary>
    /// <param name="row">The arguments.</param>
    /// <param name="pattern">Which one is the pattern.</param>
    /// <param name="flags">Which one holds the flags; it may be missing.</param>
    public Regex? Find(RowArguments row, int pattern, int flags = int.MaxValue)
    {
        bool hasFlags = row.Has(flags);
        var asked = new Arguments(
            Pool(row, pattern), row.Code(pattern), hasFlags ? Pool(row, flags) : null, hasFlags ? row.Code(flags) : 0);
        if (asked == _asked) { return _last; }

        _last = Compile(row.Text(pattern), hasFlags ? row.Text(flags) : "");
        _asked = asked;
        return _last;
    }

    private static StringPool Pool(RowArguments row, int argument) => ((StringColumn)row.Column(argument)).Pool;

    private Regex? Compile(string pattern, string flags)
    {
        if (_compiled.TryGetValue((pattern, flags), out Regex? known)) { return known; }

        RegexOptions options = RegexOptions.CultureInvariant;
        foreach (char flag in flags)
        {
            options = flag switch
            {
                'i' => options | RegexOptions.IgnoreCase,
                'c' => options & ~RegexOptions.IgnoreCase,
                'n' or 'm' => options | RegexOptions.Multiline,
                's' => options | RegexOptions.Singleline,
                'x' => options | RegexOptions.IgnorePatternWhitespace,
                _ => options,
            };
        }

        Regex? compiled = Make(pattern, options);
        _compiled[(pattern, flags)] = compiled;
        return compiled;
    }

    private static Regex? Make(string pattern, RegexOptions options)
    {
        string ofCharacters = CodePointPattern.Of(pattern, options);
        try { return new Regex(ofCharacters, options | RegexOptions.NonBacktracking); }
        catch (NotSupportedException) { return new Regex(ofCharacters, options, Timeout); }
        catch (RegexParseException)
        {
            // A pattern of a column: the row fails, see Find.
            return null;
        }
    }

    /// <summary>Where the texts of a row's arguments are kept: the same place holds the same text.</summary>
    private readonly record struct Arguments(StringPool Patterns, int Pattern, StringPool? AllFlags, int Flags);
}
