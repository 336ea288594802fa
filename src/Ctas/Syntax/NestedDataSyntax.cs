namespace Ctas.Syntax;

/// <summary><c>struct->field</c>; also <c>.field</c> after anything but a name.</summary>
internal sealed record FieldAccessSyntax(ExpressionSyntax Operand, NameSyntax Field) : ExpressionSyntax;

/// <summary><c>json -> key</c>, which gives JSON, or <c>json ->> key</c>, which gives text.</summary>
/// <param name="Key">The name of a field, or the position of an item from 0.</param>
internal sealed record JsonAccessSyntax(ExpressionSyntax Operand, ExpressionSyntax Key, bool IsText) : ExpressionSyntax;

/// <summary><c>array[i]</c> or <c>map['key']</c></summary>
internal sealed record IndexSyntax(ExpressionSyntax Operand, ExpressionSyntax Index) : ExpressionSyntax;

/// <summary><c>ARRAY[a, b, …]</c></summary>
internal sealed record ArraySyntax(SyntaxList<ExpressionSyntax> Items) : ExpressionSyntax;

/// <summary><c>MAP(key := value, …)</c> or <c>MAP[key := value, …]</c></summary>
internal sealed record MapSyntax(SyntaxList<MapEntrySyntax> Entries) : ExpressionSyntax;

/// <summary><c>key := value</c></summary>
internal sealed record MapEntrySyntax(ExpressionSyntax Key, ExpressionSyntax Value) : SyntaxNode;

/// <summary><c>STRUCT(name := value, …)</c></summary>
internal sealed record StructSyntax(SyntaxList<StructFieldSyntax> Fields) : ExpressionSyntax;

/// <summary><c>name := value</c></summary>
internal sealed record StructFieldSyntax(NameSyntax Name, ExpressionSyntax Value) : SyntaxNode;

/// <summary><c>x => body</c> or <c>(x, y) => body</c>, the argument of a function over arrays and maps.</summary>
internal sealed record LambdaSyntax(SyntaxList<NameSyntax> Parameters, ExpressionSyntax Body) : ExpressionSyntax;
