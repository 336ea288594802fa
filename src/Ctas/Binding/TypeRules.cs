using System.Globalization;
using System.Numerics;
using Ctas.Data;

namespace Ctas.Binding;

/// <summary>Which types go together, and what comes out.</summary>
/// <remarks>
/// Numbers widen INT → BIGINT → DECIMAL → DOUBLE; DATE widens to TIMESTAMP; NULL becomes anything; Unknown stays
/// Unknown and silences the check until the source has been read. Text never becomes a number by itself.
/// Dates and times are calculated with as in PostgreSQL.
/// DECIMAL results (p1, s1) op (p2, s2), at most 38 digits:
/// + and −: scale max(s1, s2), one digit more before the point;
/// ×: scale s1 + s2, precision p1 + p2; beyond 38 digits the scale shrinks, to no less than min(s1 + s2, 6);
/// ÷: scale max(s1, s2, 6), precision p1 − s1 + s2 + scale; rounded half away from zero.
/// </remarks>
internal static class TypeRules
{
    private const int IntDigits = 10;
    private const int BigIntDigits = 19;
    private const int MinQuotientScale = 6;

    /// <summary>True where nothing can be said about the type yet.</summary>
    public static bool IsOpen(DataType type) => type.Kind == DataTypeKind.Unknown;

    /// <summary>The type both can be brought to without loss of meaning; null when there is none.</summary>
    public static DataType? Common(DataType left, DataType right)
    {
        if (left == right || right.Kind == DataTypeKind.Null) { return left; }

        if (left.Kind == DataTypeKind.Null) { return right; }

        if (IsOpen(left) || IsOpen(right)) { return DataType.Unknown; }

        if (left.IsNumeric && right.IsNumeric) { return CommonNumber(left, right); }

        return (left.Kind, right.Kind) switch
        {
            (DataTypeKind.Date, DataTypeKind.Timestamp) => right,
            (DataTypeKind.Timestamp, DataTypeKind.Date) => left,
            _ when left.IsNested && left.Kind == right.Kind => NestedTypeRules.Common(left, right),
            _ => null,
        };
    }

    /// <summary>The type of an arithmetic result; null when the types cannot be calculated with.</summary>
    public static DataType? Arithmetic(BoundOperator operation, DataType left, DataType right)
    {
        if (IsOpen(left) || IsOpen(right)) { return DataType.Unknown; }

        if (left.Kind == DataTypeKind.Null && right.Kind == DataTypeKind.Null) { return DataType.Int; }

        if (Temporal(operation, left.Kind, right.Kind) is { } temporal) { return temporal; }

        if (left.Kind == DataTypeKind.Null) { return right.IsNumeric ? right : null; }

        if (right.Kind == DataTypeKind.Null) { return left.IsNumeric ? left : null; }

        if (!left.IsNumeric || !right.IsNumeric) { return null; }

        DataType common = CommonNumber(left, right);
        return common.Kind == DataTypeKind.Decimal
            ? DecimalResult(operation, AsDecimal(left), AsDecimal(right))
            : common;
    }

    /// <summary>
    /// The types of the operands where one is a bare NULL beside a date, time or interval, whose type follows from what the
    /// operation takes there; null elsewhere.
    /// </summary>
    public static (DataType Left, DataType Right)? NullOperands(BoundOperator operation, DataType left, DataType right)
    {
        bool isLeftNull = left.Kind == DataTypeKind.Null;
        DataTypeKind other = isLeftNull ? right.Kind : left.Kind;
        bool isBeside = isLeftNull || right.Kind == DataTypeKind.Null;
        if (!isBeside || !(IsMoment(other) || other is DataTypeKind.Time or DataTypeKind.Interval)) { return null; }

        foreach (DataType type in (ReadOnlySpan<DataType>)[DataType.Interval, DataType.Date, DataType.Time, DataType.Double])
        {
            (DataType Left, DataType Right) typed = isLeftNull ? (type, right) : (left, type);
            if (Temporal(operation, typed.Left.Kind, typed.Right.Kind) is not null) { return typed; }
        }

        return null;
    }

    /// <summary>A whole number type as the DECIMAL that holds all its values; a DECIMAL itself.</summary>
    public static DataType AsDecimal(DataType type) => type.Kind switch
    {
        DataTypeKind.Int => DataType.Decimal(IntDigits, 0),
        DataTypeKind.BigInt => DataType.Decimal(BigIntDigits, 0),
        _ => type,
    };

    /// <summary>The type of a rounded value: a DECIMAL takes one digit more before the point.</summary>
    public static DataType WithRoomToRound(DataType type) =>
        type.Kind == DataTypeKind.Decimal ? Capped(type.Precision + 1, type.Scale) : type;

    /// <summary>True when CAST knows a way, though a single value may still not fit.</summary>
    public static bool CanCast(DataType from, DataType to)
    {
        if (from == to || from.Kind is DataTypeKind.Null or DataTypeKind.Unknown) { return true; }

        if (to.Kind == DataTypeKind.Varchar) { return true; }

        return (from.Kind, to.Kind) switch
        {
            (DataTypeKind.Varchar, _) => true,
            _ when from.IsNested && from.Kind == to.Kind => NestedTypeRules.CanCast(from, to),
            (DataTypeKind.Boolean, DataTypeKind.Int or DataTypeKind.BigInt) => true,
            (DataTypeKind.Int or DataTypeKind.BigInt, DataTypeKind.Boolean) => true,
            (DataTypeKind.Date, DataTypeKind.Timestamp) => true,
            (DataTypeKind.Timestamp, DataTypeKind.Date or DataTypeKind.Time) => true,
            _ => from.IsNumeric && to.IsNumeric,
        };
    }

    /// <summary>True when a cast gives every value of the one type as one of the other, and never fails.</summary>
    public static bool IsWidening(DataType from, DataType to) => to.Kind switch
    {
        DataTypeKind.Varchar or DataTypeKind.Timestamp when from.Kind is not (DataTypeKind.Varchar or DataTypeKind.Bytes) => true,
        DataTypeKind.BigInt => from.Kind == DataTypeKind.Int,
        DataTypeKind.Double => from.IsNumeric,
        DataTypeKind.Decimal => from.Kind is DataTypeKind.Int or DataTypeKind.BigInt or DataTypeKind.Decimal
            && HoldsAll(to, AsDecimal(from)),
        _ => from.Kind == DataTypeKind.Null,
    };

    /// <summary>True for types with an order: all of them, see NestedOrder for those of nested data.</summary>
    public static bool IsOrdered(DataType type) => type.Kind != DataTypeKind.Unknown;

    /// <summary>The fewest digits that hold a whole number, as DECIMAL.</summary>
    public static DataType DecimalOf(long value) =>
        DataType.Decimal(BigInteger.Abs(value).ToString(CultureInfo.InvariantCulture).Length, 0);

    private static bool HoldsAll(DataType type, DataType values) =>
        type.Precision - type.Scale >= values.Precision - values.Scale && type.Scale >= values.Scale;

    private static DataType CommonNumber(DataType left, DataType right)
    {
        DataTypeKind widest = Math.Max(Rank(left.Kind), Rank(right.Kind)) switch
        {
            1 => DataTypeKind.Int,
            2 => DataTypeKind.BigInt,
            3 => DataTypeKind.Decimal,
            _ => DataTypeKind.Double,
        };
        return widest switch
        {
            DataTypeKind.Int => DataType.Int,
            DataTypeKind.BigInt => DataType.BigInt,
            DataTypeKind.Double => DataType.Double,
            _ => CommonDecimal(AsDecimal(left), AsDecimal(right)),
        };
    }

    private static int Rank(DataTypeKind kind) => kind switch
    {
        DataTypeKind.Int => 1,
        DataTypeKind.BigInt => 2,
        DataTypeKind.Decimal => 3,
        _ => 4,
    };

    private static DataType CommonDecimal(DataType left, DataType right)
    {
        int scale = Math.Max(left.Scale, right.Scale);
        int whole = Math.Max(left.Precision - left.Scale, right.Precision - right.Scale);
        return Capped(whole + scale, scale);
    }

    private static DataType DecimalResult(BoundOperator operation, DataType left, DataType right)
    {
        int scale = Math.Max(left.Scale, right.Scale);
        int whole = Math.Max(left.Precision - left.Scale, right.Precision - right.Scale);
        switch (operation)
        {
            case BoundOperator.Multiply:
                int digits = left.Precision + right.Precision;
                int exact = left.Scale + right.Scale;
                int excess = Math.Max(0, digits - DataType.MaxDecimalPrecision);
                return Capped(digits, Math.Max(Math.Min(exact, MinQuotientScale), exact - excess));
            case BoundOperator.Divide:
                int quotientScale = Math.Max(scale, MinQuotientScale);
                return Capped(left.Precision - left.Scale + right.Scale + quotientScale, quotientScale);
            case BoundOperator.Modulo:
                return Capped(whole + scale, scale);
            default:
                return Capped(whole + scale + 1, scale);
        }
    }

    private static DataType Capped(int precision, int scale) =>
        DataType.Decimal(Math.Min(precision, DataType.MaxDecimalPrecision), scale);

    private static bool IsMoment(DataTypeKind kind) => kind is DataTypeKind.Date or DataTypeKind.Timestamp;

    private static bool IsNumber(DataTypeKind kind) =>
        kind is DataTypeKind.Int or DataTypeKind.BigInt or DataTypeKind.Decimal or DataTypeKind.Double;

    private static DataType? Temporal(BoundOperator operation, DataTypeKind left, DataTypeKind right) =>
        (operation, left, right) switch
        {
            (BoundOperator.Add, DataTypeKind.Date, DataTypeKind.Int) => DataType.Date,
            (BoundOperator.Add, DataTypeKind.Int, DataTypeKind.Date) => DataType.Date,
            (BoundOperator.Subtract, DataTypeKind.Date, DataTypeKind.Int) => DataType.Date,
            (BoundOperator.Subtract, DataTypeKind.Date, DataTypeKind.Date) => DataType.Int,
            (BoundOperator.Subtract, var moment, var other) when IsMoment(moment) && IsMoment(other) => DataType.Interval,
            (BoundOperator.Subtract, DataTypeKind.Time, DataTypeKind.Time) => DataType.Interval,
            (BoundOperator.Add or BoundOperator.Subtract, var moment, DataTypeKind.Interval) when IsMoment(moment) =>
                DataType.Timestamp,
            (BoundOperator.Add, DataTypeKind.Interval, var moment) when IsMoment(moment) => DataType.Timestamp,
            (BoundOperator.Add or BoundOperator.Subtract, DataTypeKind.Time, DataTypeKind.Interval) => DataType.Time,
            (BoundOperator.Add, DataTypeKind.Interval, DataTypeKind.Time) => DataType.Time,
            (BoundOperator.Add, DataTypeKind.Date, DataTypeKind.Time) => DataType.Timestamp,
            (BoundOperator.Add, DataTypeKind.Time, DataTypeKind.Date) => DataType.Timestamp,
            (BoundOperator.Add or BoundOperator.Subtract, DataTypeKind.Interval, DataTypeKind.Interval) =>
                DataType.Interval,
            (BoundOperator.Multiply or BoundOperator.Divide, DataTypeKind.Interval, var factor) when IsNumber(factor) =>
                DataType.Interval,
            (BoundOperator.Multiply, var factor, DataTypeKind.Interval) when IsNumber(factor) => DataType.Interval,
            _ => null,
        };
}
