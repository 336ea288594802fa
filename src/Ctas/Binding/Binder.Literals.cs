using System.Diagnostics;
using System.Globalization;
using Ctas.Data;
using Ctas.Syntax;

namespace Ctas.Binding;

internal sealed partial class Binder
{
    private BoundExpression BindLiteral(LiteralSyntax syntax) => syntax switch
    {
        NullLiteralSyntax => new BoundConstant(null, DataType.Null),
        BooleanLiteralSyntax literal => new BoundConstant(literal.Value, DataType.Boolean),
        StringLiteralSyntax literal => new BoundConstant(literal.Value, DataType.Varchar),
        BytesLiteralSyntax literal => new BoundConstant(Convert.FromHexString(literal.Hex), DataType.Bytes),
        NumberLiteralSyntax literal => BindNumber(literal),
        TemporalLiteralSyntax literal => BindTemporal(literal, literal.Text, TemporalType(literal.Kind)),
        IntervalLiteralSyntax literal => BindInterval(literal),
        _ => throw new UnreachableException($"No rule for {syntax.GetType().Name}."),
    };

    private BoundExpression BindNumber(NumberLiteralSyntax syntax)
    {
        string text = syntax.Text;
        if (text.Contains('e', StringComparison.OrdinalIgnoreCase))
        {
            double value = double.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture);
            return double.IsFinite(value)
                ? new BoundConstant(value, DataType.Double)
                : Report(BindingDiagnostics.LiteralNotUnderstood(syntax.Span, Shortened(text), DataType.Double, "1.5e300"));
        }

        int point = text.IndexOf('.', StringComparison.Ordinal);
        if (point < 0 && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int small))
        {
            return new BoundConstant(small, DataType.Int);
        }

        if (point < 0 && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long large))
        {
            return new BoundConstant(large, DataType.BigInt);
        }

        // DECIMAL with the digits as they are written, so that 1.50 has two places.
        int scale = point < 0 ? 0 : text.Length - point - 1;
        string digits = text.Replace(".", "", StringComparison.Ordinal).TrimStart('0');
        int precision = Math.Max(Math.Max(digits.Length, scale), 1);
        return precision > DataType.MaxDecimalPrecision
            ? Report(BindingDiagnostics.NumberOutOfRange(syntax.Span, Shortened(text)))
            : new BoundConstant(
                digits.Length == 0 ? Int128.Zero : Int128.Parse(digits, CultureInfo.InvariantCulture),
                DataType.Decimal(precision, scale));
    }

    private static string Shortened(string number) => number.Length <= 60 ? number : $"{number.AsSpan(0, 57)}…";

    private BoundExpression BindTemporal(LiteralSyntax syntax, string text, DataType type) =>
        TemporalText.Parse(text, type) is { } value
            ? new BoundConstant(value, type)
            : Report(BindingDiagnostics.LiteralNotUnderstood(syntax.Span, text, type, TemporalText.Example(type)));

    private BoundExpression BindInterval(IntervalLiteralSyntax syntax)
    {
        if (syntax.Unit is not { } unit) { return BindTemporal(syntax, syntax.Text, DataType.Interval); }

        bool isNumber =
            decimal.TryParse(syntax.Text, NumberStyles.Number, CultureInfo.InvariantCulture, out decimal amount);
        return isNumber && TemporalText.Amount(amount, unit.ToString()) is { } value
            ? new BoundConstant(value, DataType.Interval)
            : Report(BindingDiagnostics.LiteralNotUnderstood(
                syntax.Span, syntax.Text, DataType.Interval, TemporalText.Example(DataType.Interval)));
    }

    private static DataType TemporalType(TemporalKind kind) => kind switch
    {
        TemporalKind.Date => DataType.Date,
        TemporalKind.Time => DataType.Time,
        TemporalKind.Timestamp => DataType.Timestamp,
        _ => throw new UnreachableException($"No rule for {kind}."),
    };

    private DataType? BindType(TypeSyntax syntax) => TypeBinder.Bind(syntax, diagnostics);
}
