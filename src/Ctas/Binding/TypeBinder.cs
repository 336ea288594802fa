using System.Diagnostics;
using Ctas.Data;
using Ctas.Syntax;
using Ctas.Text;

namespace Ctas.Binding;

/// <summary>Makes types of what was written.</summary>
internal static class TypeBinder
{
    // DECIMAL without digits, wide enough for money and counts alike.
    private const int DefaultPrecision = 38;
    private const int DefaultScale = 10;

    /// <summary>The type; null after a mistake, which has been reported.</summary>
    public static DataType? Bind(TypeSyntax syntax, DiagnosticBag diagnostics)
    {
        return syntax switch
        {
            ScalarTypeSyntax scalar => BindScalar(scalar, diagnostics),
            ArrayTypeSyntax array => Bind(array.Element, diagnostics) is { } element ? DataType.Array(element) : null,
            MapTypeSyntax map => BindMap(map, diagnostics),
            StructTypeSyntax fields => BindStruct(fields, diagnostics),
            _ => throw new UnreachableException($"No rule for {syntax.GetType().Name}."),
        };
    }

    private static DataType? BindScalar(ScalarTypeSyntax scalar, DiagnosticBag diagnostics) => scalar.Type switch
    {
        ScalarType.Boolean => DataType.Boolean,
        ScalarType.Int => DataType.Int,
        ScalarType.BigInt => DataType.BigInt,
        ScalarType.Double => DataType.Double,
        ScalarType.Decimal => BindDecimal(scalar, diagnostics),
        ScalarType.Varchar => BindVarchar(scalar, diagnostics),
        ScalarType.Bytes => DataType.Bytes,
        ScalarType.Date => DataType.Date,
        ScalarType.Time => DataType.Time,
        ScalarType.Timestamp => DataType.Timestamp,
        ScalarType.Interval => DataType.Interval,
        _ => throw new UnreachableException($"No rule for {scalar.Type}."),
    };

    private static DataType? BindMap(MapTypeSyntax syntax, DiagnosticBag diagnostics)
    {
        DataType? key = Bind(syntax.Key, diagnostics);
        DataType? value = Bind(syntax.Value, diagnostics);
        return key is null || value is null ? null : DataType.Map(key, value);
    }

    private static DataType? BindStruct(StructTypeSyntax syntax, DiagnosticBag diagnostics)
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        List<Field> fields = [];
        foreach (StructTypeFieldSyntax field in syntax.Fields)
        {
            bool isNew = names.Add(field.Name.Text);
            if (!isNew) { diagnostics.Add(BindingDiagnostics.DuplicateField(field.Name.Span, field.Name.Text)); }

            if (Bind(field.Type, diagnostics) is { } type && isNew) { fields.Add(new Field(field.Name.Text, type)); }
        }

        return fields.Count == syntax.Fields.Count ? DataType.Struct(fields) : null;
    }

    private static DataType? BindDecimal(ScalarTypeSyntax syntax, DiagnosticBag diagnostics)
    {
        int precision = syntax.Precision ?? DefaultPrecision;
        int scale = syntax.Scale ?? (syntax.Precision is null ? DefaultScale : 0);
        bool fits = precision is >= 1 and <= DataType.MaxDecimalPrecision && scale >= 0 && scale <= precision;
        if (fits) { return DataType.Decimal(precision, scale); }

        diagnostics.Add(BindingDiagnostics.TypeOutOfRange(
            syntax.Span,
            $"DECIMAL({precision}, {scale})",
            $"It takes 1 to {DataType.MaxDecimalPrecision} digits, and no more of them after the point."));
        return null;
    }

    // The length is no part of the type: CAST cuts the text, elsewhere it says what to expect.
    private static DataType? BindVarchar(ScalarTypeSyntax syntax, DiagnosticBag diagnostics)
    {
        if (syntax.Precision is null or > 0) { return DataType.Varchar; }

        diagnostics.Add(BindingDiagnostics.TypeOutOfRange(
            syntax.Span, $"VARCHAR({syntax.Precision})", "It takes at least one character."));
        return null;
    }
}
