using System.Collections.Frozen;

namespace Ctas.Syntax;

/// <summary>What is known of each keyword.</summary>
internal static class Keywords
{
    /// <summary>
    /// Words that name nothing unless quoted, because a name there could not be told from the grammar.
    /// </summary>
    private static readonly FrozenSet<Keyword> Reserved = FrozenSet.Create(
        Keyword.All, Keyword.And, Keyword.As, Keyword.Asc, Keyword.Between, Keyword.Case, Keyword.Create, Keyword.Cross,
        Keyword.Desc, Keyword.Distinct, Keyword.Else, Keyword.End, Keyword.Except, Keyword.False, Keyword.Fetch,
        Keyword.From, Keyword.Full, Keyword.Group, Keyword.Having, Keyword.Ilike, Keyword.In, Keyword.Inner,
        Keyword.Intersect, Keyword.Into, Keyword.Is, Keyword.Join, Keyword.Left, Keyword.Like, Keyword.Limit,
        Keyword.Natural, Keyword.Not, Keyword.Null, Keyword.Offset, Keyword.On, Keyword.Or, Keyword.Order,
        Keyword.Qualify, Keyword.Right, Keyword.Select, Keyword.Then, Keyword.True, Keyword.Union, Keyword.Using,
        Keyword.When, Keyword.Where, Keyword.Window, Keyword.With);

    private static readonly FrozenDictionary<string, Keyword>.AlternateLookup<ReadOnlySpan<char>> ByText =
        Enum.GetValues<Keyword>()
            .Where(keyword => keyword != Keyword.None)
            .ToFrozenDictionary(TextOf, StringComparer.OrdinalIgnoreCase)
            .GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>
    /// The keyword that is written so, in whatever case; <see cref="Keyword.None"/> for any other word.
    /// </summary>
    public static Keyword Find(ReadOnlySpan<char> word) =>
        ByText.TryGetValue(word, out Keyword keyword) ? keyword : Keyword.None;

    public static bool IsReserved(this Keyword keyword) => Reserved.Contains(keyword);

    /// <summary>Upper case, as it is printed.</summary>
    public static string TextOf(this Keyword keyword) =>
        keyword == Keyword.TryCast ? "TRY_CAST" : keyword.ToString().ToUpperInvariant();
}
