using System.Runtime.CompilerServices;
using System.Text;

namespace Ctas.SqlTests.Oracle;

/// <summary>
/// A piece of SQL with pieces in it, written for both engines: where spellings differ, the text holds
/// <c>«ours|theirs»</c>. Immutable; two places that hold the same object change together when a query is minimised.
/// </summary>
internal sealed class SqlPiece
{
    private readonly string[] _texts;

    private SqlPiece(string sort, string? construct, string[] texts, SqlPiece[] parts)
    {
        Sort = sort;
        Construct = construct;
        _texts = texts;
        Parts = parts;
    }

    /// <summary>Nothing, where a clause is left out.</summary>
    public static SqlPiece Empty { get; } = Plain("nothing", "");

    /// <summary>A piece may stand where another of its sort stands: the type of an expression, <c>query</c> …</summary>
    public string Sort { get; }

    /// <summary>The construct that this piece is an instance of; null when it is none that is counted.</summary>
    public string? Construct { get; }

    public IReadOnlyList<SqlPiece> Parts { get; }

    /// <summary>What stands between the parts of a list; null when it is none. Single parts can be left out.</summary>
    public string? Separator { get; private init; }

    /// <summary>True for a clause that a query can do without.</summary>
    public bool IsOptional => Sort == "clause";

    public static SqlPiece Plain(string sort, string text, string? construct = null) => new(sort, construct, [text], []);

    public static SqlPiece Of(string sort, string? construct, SqlText text) =>
        new(sort, construct, [.. text.Texts], [.. text.Parts]);

    public static SqlPiece Clause(string? construct, SqlText text) => Of("clause", construct, text);

    public static SqlPiece List(string separator, IEnumerable<SqlPiece> items) =>
        Fixed(separator, items, isShrinkable: true);

    /// <summary>A list that loses its meaning when a part is left out.</summary>
    public static SqlPiece Fixed(string separator, IEnumerable<SqlPiece> items, bool isShrinkable = false)
    {
        SqlPiece[] parts = [.. items];
        string[] texts = [.. Enumerable.Range(0, parts.Length + 1).Select(i => i > 0 && i < parts.Length ? separator : "")];
        return new SqlPiece("list", null, texts, parts) { Separator = isShrinkable ? separator : null };
    }

    /// <summary>The same piece with other parts.</summary>
    public SqlPiece With(IReadOnlyList<SqlPiece> parts) => Separator is { } separator
        ? List(separator, parts)
        : new SqlPiece(Sort, Construct, _texts, [.. parts]);

    /// <summary>The SQL for one engine.</summary>
    public string For(Engine engine)
    {
        var text = new StringBuilder();
        Write(text);
        return Spelling.For(text.ToString(), engine);
    }

    /// <summary>This piece and all pieces in it, each object once.</summary>
    public IEnumerable<SqlPiece> All()
    {
        var seen = new HashSet<SqlPiece>(ReferenceEqualityComparer.Instance);
        var open = new Stack<SqlPiece>([this]);
        while (open.TryPop(out SqlPiece? piece))
        {
            if (!seen.Add(piece)) { continue; }

            yield return piece;
            foreach (SqlPiece part in piece.Parts.Reverse()) { open.Push(part); }
        }
    }

    /// <summary>The names of the constructs used, each once.</summary>
    public IReadOnlySet<string> Constructs() => All().Select(piece => piece.Construct).OfType<string>().ToHashSet();

    public override string ToString() => For(Engine.Ctas);

    private void Write(StringBuilder text)
    {
        for (int part = 0; part < Parts.Count; part++)
        {
            text.Append(_texts[part]);
            Parts[part].Write(text);
        }

        text.Append(_texts[Parts.Count]);
    }
}

/// <summary>Interpolated SQL: <c>$"({left} + {right})"</c> over pieces, without making text of them.</summary>
[InterpolatedStringHandler]
internal sealed class SqlText(int literalLength, int formattedCount)
{
    private readonly StringBuilder _text = new(literalLength);

    public List<SqlPiece> Parts { get; } = new(formattedCount);

    public List<string> Texts => [.. _before, _text.ToString()];

    private readonly List<string> _before = new(formattedCount);

    public void AppendLiteral(string text) => _text.Append(text);

    public void AppendFormatted(string text) => _text.Append(text);

    public void AppendFormatted(int number) => _text.Append(number);

    public void AppendFormatted(SqlPiece part)
    {
        _before.Add(_text.ToString());
        _text.Clear();
        Parts.Add(part);
    }
}
