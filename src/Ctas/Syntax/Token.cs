using Ctas.Text;

namespace Ctas.Syntax;

/// <summary>The smallest part of a text that means something to the grammar.</summary>
/// <param name="Keyword">Which keyword a <see cref="TokenKind.Word"/> is; it may still be used as a name.</param>
internal readonly record struct Token(TokenKind Kind, TextSpan Span, Keyword Keyword = Keyword.None);

/// <summary>What a token is.</summary>
internal enum TokenKind
{
    EndOfText,

    /// <summary>Something the lexer has already reported.</summary>
    Error,

    /// <summary>An unquoted name or a keyword.</summary>
    Word,

    /// <summary><c>"name"</c> or <c>`name`</c></summary>
    QuotedName,

    /// <summary><c>'text'</c></summary>
    Text,
    Number,

    /// <summary><c>x'0aff'</c></summary>
    Bytes,

    /// <summary><c>kafka://…</c> or <c>file://…</c> without quotes.</summary>
    Location,
    OpenParen,
    CloseParen,
    OpenBracket,
    CloseBracket,
    Comma,
    Semicolon,
    Dot,
    Plus,
    Minus,
    Star,
    Slash,
    Percent,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    DoubleColon,
    Assign,
    Arrow,

    /// <summary><c>->></c></summary>
    LongArrow,
    FatArrow,
    DoublePipe,
}
