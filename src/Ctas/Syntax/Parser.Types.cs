using System.Collections.Frozen;
using System.Globalization;
using Ctas.Text;

namespace Ctas.Syntax;

/// <content>Types.</content>
internal sealed partial class Parser
{
    private static readonly FrozenDictionary<string, ScalarType> ScalarTypes =
        new Dictionary<string, ScalarType>
        {
            ["BOOLEAN"] = ScalarType.Boolean,
            ["BOOL"] = ScalarType.Boolean,
            ["INT"] = ScalarType.Int,
            ["INTEGER"] = ScalarType.Int,
            ["INT4"] = ScalarType.Int,
            ["SMALLINT"] = ScalarType.Int,
            ["INT2"] = ScalarType.Int,
            ["TINYINT"] = ScalarType.Int,
            ["BIGINT"] = ScalarType.BigInt,
            ["INT8"] = ScalarType.BigInt,
            ["FLOAT"] = ScalarType.Double,
            ["FLOAT8"] = ScalarType.Double,
            ["FLOAT4"] = ScalarType.Double,
            ["REAL"] = ScalarType.Double,
            ["DOUBLE"] = ScalarType.Double,
            ["DECIMAL"] = ScalarType.Decimal,
            ["NUMERIC"] = ScalarType.Decimal,
            ["VARCHAR"] = ScalarType.Varchar,
            ["STRING"] = ScalarType.Varchar,
            ["TEXT"] = ScalarType.Varchar,
            ["CHAR"] = ScalarType.Varchar,
            ["CHARACTER"] = ScalarType.Varchar,
            ["BYTES"] = ScalarType.Bytes,
            ["BYTEA"] = ScalarType.Bytes,
            ["DATE"] = ScalarType.Date,
            ["TIME"] = ScalarType.Time,
            ["TIMESTAMP"] = ScalarType.Timestamp,
            ["TIMESTAMPTZ"] = ScalarType.Timestamp,
            ["DATETIME"] = ScalarType.Timestamp,
            ["INTERVAL"] = ScalarType.Interval,
        }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    private static ScalarTypeSyntax MissingType() => new(ScalarType.Varchar);

    private TypeSyntax ParseType()
    {
        int start = Current.Span.Start;
        if (!Enter(out int height)) { return MissingType(); }

        TypeSyntax type = ParseElementType();
        while (!_isRecovering && At(TokenKind.OpenBracket) && Peek().Kind == TokenKind.CloseBracket)
        {
            Next();
            Next();
            Grow();
            type = Located(start, new ArrayTypeSyntax(type));
        }

        Leave(height);
        return type;
    }

    private TypeSyntax ParseElementType()
    {
        int start = Current.Span.Start;
        bool hasParts = Peek().Kind == TokenKind.Less;
        Keyword keyword = Current.Keyword;
        if (keyword is Keyword.Array or Keyword.Map or Keyword.Struct)
        {
            Next();
            if (!hasParts) { ReportExpected("\"<\"", "Write ARRAY<T>, MAP<K, V> or STRUCT<name T, …>."); }

            return _isRecovering ? MissingType() : Located(start, ParseTypeParts(keyword));
        }

        return ParseScalarType();
    }

    private TypeSyntax ParseTypeParts(Keyword keyword)
    {
        Token opening = Next();
        TypeSyntax type;
        if (keyword == Keyword.Array) { type = new ArrayTypeSyntax(ParseType()); }
        else if (keyword == Keyword.Struct)
        {
            type = new StructTypeSyntax([.. ParseList(ParseStructTypeField, AtName)]);
        }
        else
        {
            TypeSyntax key = ParseType();
            if (!_isRecovering) { Expect(TokenKind.Comma, ","); }

            type = new MapTypeSyntax(key, _isRecovering ? MissingType() : ParseType());
        }

        Close(opening);
        return type;
    }

    private StructTypeFieldSyntax ParseStructTypeField()
    {
        int start = Current.Span.Start;
        NameSyntax name = ExpectName("a field name");
        return Located(start, new StructTypeFieldSyntax(name, _isRecovering ? MissingType() : ParseType()));
    }

    private ScalarTypeSyntax ParseScalarType()
    {
        int start = Current.Span.Start;
        if (!At(TokenKind.Word) || Current.Keyword.IsReserved())
        {
            ReportExpected("a type");
            return MissingType();
        }

        string name = TextOf(Current);
        if (!ScalarTypes.TryGetValue(name, out ScalarType type)) { ReportUnknownType(name); }

        Next();
        if (type == ScalarType.Double) { TryTake(Keyword.Precision); }

        SkipTypeWords(name, type);

        bool takesParameters = type is ScalarType.Decimal or ScalarType.Varchar;
        if (!takesParameters || !At(TokenKind.OpenParen) || _isRecovering)
        {
            return Located(start, new ScalarTypeSyntax(type));
        }

        Token opening = Next();
        int precision = ParseTypeNumber(type == ScalarType.Decimal ? "a precision" : "a length");
        int? scale = type == ScalarType.Decimal && !_isRecovering && TryTake(TokenKind.Comma)
            ? ParseTypeNumber("a scale")
            : null;
        Close(opening);
        return Located(start, new ScalarTypeSyntax(type, precision, scale));
    }

    /// <summary>Words of PostgreSQL's type names that change nothing here: a TIMESTAMP is UTC, a VARCHAR varies.</summary>
    private void SkipTypeWords(string name, ScalarType type)
    {
        bool isCharacter = name.Equals("CHARACTER", StringComparison.OrdinalIgnoreCase);
        if (isCharacter && TextOf(Current).Equals("VARYING", StringComparison.OrdinalIgnoreCase)) { Next(); }

        bool hasZone = type is ScalarType.Timestamp or ScalarType.Time && Peek().Keyword == Keyword.Time
            && TextOf(Peek(2)).Equals("ZONE", StringComparison.OrdinalIgnoreCase)
            && (At(Keyword.With) || TextOf(Current).Equals("WITHOUT", StringComparison.OrdinalIgnoreCase));
        for (int word = 0; hasZone && word < 3; word++) { Next(); }
    }

    private void ReportUnknownType(string name)
    {
        string? closest = ClosestName.Find(name, [.. ScalarTypes.Keys, "ARRAY", "MAP", "STRUCT"]);
        Report(SyntaxDiagnostics.UnknownType(Current.Span, name, closest));

        // What is in the parentheses or angles of a type that does not exist cannot be judged.
        if (Peek().Kind is TokenKind.OpenParen or TokenKind.Less) { _isRecovering = true; }
    }

    private int ParseTypeNumber(string what)
    {
        if (!At(TokenKind.Number))
        {
            ReportExpected(what);
            return 0;
        }

        bool isNumber = int.TryParse(TextOf(Current), NumberStyles.None, CultureInfo.InvariantCulture, out int number);
        if (!isNumber) { Report(SyntaxDiagnostics.NumberOutOfRange(Current.Span, what)); }

        Next();
        return number;
    }
}
