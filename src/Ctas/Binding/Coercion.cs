using System.Globalization;
using System.Numerics;
using Ctas.Data;

namespace Ctas.Binding;

/// <summary>
/// Brings an expression to a type: constants are converted here and now, everything else gets a cast.
/// </summary>
internal static class Coercion
{
    private const long MicrosPerDay = 86_400_000_000;

    /// <summary>
    /// The expression as <paramref name="type"/>; itself where it has the type, or one of the two is not known yet.
    /// </summary>
    public static BoundExpression To(BoundExpression expression, DataType type)
    {
        if (expression.Type == type || TypeRules.IsOpen(expression.Type) || TypeRules.IsOpen(type))
        {
            return expression;
        }

        if (expression is BoundConstructor constructor && constructor.Kind == type.Kind && HasItemsOf(constructor, type))
        {
            return constructor with
            {
                Items = [.. constructor.Items.Select((item, i) => To(item, BoundConstructor.ItemType(type, i)))],
                Type = type,
            };
        }

        if (expression is BoundConstant constant && Convert(constant, type) is { } converted)
        {
            return converted with { Span = expression.Span };
        }

        return new BoundCast(expression, type, IsTry: false) { Span = expression.Span };
    }

    /// <summary>True for a text written in SQL beside a type that it can be read as.</summary>
    public static bool IsTextOf(BoundExpression expression, DataType type) =>
        expression is BoundConstant { Value: string } && expression.Type.Kind == DataTypeKind.Varchar && type.Kind
            is DataTypeKind.Date or DataTypeKind.Time or DataTypeKind.Timestamp or DataTypeKind.Interval;

    /// <summary>
    /// The type to reckon with beside <paramref name="other"/>: a whole number written in SQL takes few digits.
    /// </summary>
    public static DataType TypeBeside(BoundExpression expression, DataType other) =>
        other.Kind == DataTypeKind.Decimal && expression is BoundConstant { Value: int or long } constant
            ? TypeRules.DecimalOf(System.Convert.ToInt64(constant.Value, CultureInfo.InvariantCulture))
            : expression.Type;

    /// <summary>True when the items can become those of the type, each in its place.</summary>
    private static bool HasItemsOf(BoundConstructor constructor, DataType type) =>
        type.Kind != DataTypeKind.Struct
        || (type.Fields.Count == constructor.Fields.Count && type.Fields.Select(field => field.Name)
            .SequenceEqual(constructor.Fields, StringComparer.OrdinalIgnoreCase));

    /// <summary>The constant in another type; null when that is no matter of planning, or could fail.</summary>
    private static BoundConstant? Convert(BoundConstant constant, DataType type) => (constant.Value, type.Kind) switch
    {
        (null, _) => new BoundConstant(null, type),
        (int value, DataTypeKind.BigInt) => new BoundConstant((long)value, type),
        (int value, DataTypeKind.Double) when constant.Type.Kind == DataTypeKind.Int =>
            new BoundConstant((double)value, type),
        (long value, DataTypeKind.Double) when constant.Type.Kind == DataTypeKind.BigInt =>
            new BoundConstant((double)value, type),
        (int value, DataTypeKind.Decimal) when constant.Type.Kind == DataTypeKind.Int => Rescale(value, 0, type),
        (long value, DataTypeKind.Decimal) when constant.Type.Kind == DataTypeKind.BigInt => Rescale(value, 0, type),
        (int days, DataTypeKind.Timestamp) when constant.Type.Kind == DataTypeKind.Date =>
            new BoundConstant(days * MicrosPerDay, type),
        (Int128 value, DataTypeKind.Decimal) => Rescale(value, constant.Type.Scale, type),
        (Int128 value, DataTypeKind.Double) => new BoundConstant(ToDouble(value, constant.Type.Scale), type),
        (string text, DataTypeKind.Date or DataTypeKind.Time or DataTypeKind.Timestamp or DataTypeKind.Interval) =>
            TemporalText.Parse(text, type) is { } value ? new BoundConstant(value, type) : null,
        _ => null,
    };

    private static BoundConstant? Rescale(Int128 value, int scale, DataType type)
    {
        if (type.Scale < scale) { return null; }

        BigInteger scaled = (BigInteger)value * BigInteger.Pow(10, type.Scale - scale);
        bool fits = BigInteger.Abs(scaled) < BigInteger.Pow(10, type.Precision);
        return fits ? new BoundConstant((Int128)scaled, type) : null;
    }

    private static double ToDouble(Int128 value, int scale) =>
        // Through text, because that rounds once.
        double.Parse(value.ToString(CultureInfo.InvariantCulture) + "E-" + scale, CultureInfo.InvariantCulture);
}
