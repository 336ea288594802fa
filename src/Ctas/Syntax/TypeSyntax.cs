namespace Ctas.Syntax;

/// <summary>A type as it was written.</summary>
internal abstract record TypeSyntax : SyntaxNode;

/// <summary>
/// A type without parts: <c>BIGINT</c>, <c>DECIMAL(p, s)</c>, <c>VARCHAR(n)</c> …, synonyms made one.
/// </summary>
/// <param name="Precision">Of DECIMAL; of VARCHAR its length; null when not written.</param>
/// <param name="Scale">Of DECIMAL; null when not written.</param>
internal sealed record ScalarTypeSyntax(ScalarType Type, int? Precision = null, int? Scale = null) : TypeSyntax;

/// <summary><c>ARRAY&lt;element&gt;</c> or <c>element[]</c></summary>
internal sealed record ArrayTypeSyntax(TypeSyntax Element) : TypeSyntax;

/// <summary><c>MAP&lt;key, value&gt;</c></summary>
internal sealed record MapTypeSyntax(TypeSyntax Key, TypeSyntax Value) : TypeSyntax;

/// <summary><c>STRUCT&lt;name type, …&gt;</c></summary>
internal sealed record StructTypeSyntax(SyntaxList<StructTypeFieldSyntax> Fields) : TypeSyntax;

/// <summary><c>name type</c></summary>
internal sealed record StructTypeFieldSyntax(NameSyntax Name, TypeSyntax Type) : SyntaxNode;

/// <summary>The scalar types of the dialect.</summary>
internal enum ScalarType
{
    Boolean,
    Int,
    BigInt,
    Double,
    Decimal,
    Varchar,
    Bytes,
    Date,
    Time,
    Timestamp,
    Interval,
}
