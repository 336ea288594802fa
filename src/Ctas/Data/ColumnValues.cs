using System.Globalization;
using System.Text;
using Ctas.Data.Nested;

namespace Ctas.Data;

/// <summary>Values of columns in their boxed .NET forms: for display, constants and tests, never on a hot path.</summary>
internal static class ColumnValues
{
    /// <summary>The boxed value of a row that is not NULL; forms as documented at <see cref="Column.GetValue"/>.</summary>
    public static object Box(Column column, int row) => column switch
    {
        FixedColumn<bool> booleans => booleans.Values[row],
        FixedColumn<int> ints when column.Type.Kind == DataTypeKind.Date => ToDate(ints.Values[row]),
        FixedColumn<int> ints => ints.Values[row],
        FixedColumn<long> longs when column.Type.Kind == DataTypeKind.Timestamp => ToTimestamp(longs.Values[row]),
        FixedColumn<long> longs when column.Type.Kind == DataTypeKind.Time => ToTime(longs.Values[row]),
        FixedColumn<long> longs => longs.Values[row],
        FixedColumn<double> doubles => doubles.Values[row],
        FixedColumn<Int128> decimals => ToDecimal(decimals.Values[row], column.Type.Scale),
        FixedColumn<Interval> intervals => intervals.Values[row],
        StringColumn strings when column.Type.Kind == DataTypeKind.Varchar => Encoding.UTF8.GetString(strings.GetBytes(row)),
        StringColumn nested when column.Type.IsNested =>
            NestedBoxing.Box(ValueShape.Of(column.Type), nested.GetBytes(row)),
        StringColumn bytes => bytes.GetBytes(row).ToArray(),
        _ => throw new System.Diagnostics.UnreachableException($"No boxed form for {column.GetType().Name}."),
    };

    /// <summary>Days since 1970-01-01 as a date.</summary>
    public static DateOnly ToDate(int days) => DateOnly.FromDayNumber(days + DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber);

    /// <summary>Microseconds since midnight as a time of day.</summary>
    public static TimeOnly ToTime(long microseconds) => new(microseconds * TimeSpan.TicksPerMicrosecond);

    /// <summary>Microseconds since the epoch as a UTC time.</summary>
    public static DateTime ToTimestamp(long microseconds) => DateTime.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond);

    /// <summary>An unscaled DECIMAL as <see cref="decimal"/>, or as text where 28 digits do not hold it.</summary>
    public static object ToDecimal(Int128 unscaled, int scale)
    {
        Int128 magnitude = Int128.Abs(unscaled);
        if (scale <= 28 && magnitude >> 96 == 0)
        {
            var low = (ulong)magnitude;
            uint high = (uint)(magnitude >> 64);
            return new decimal((int)low, (int)(low >> 32), (int)high, unscaled < 0, (byte)scale);
        }

        return DecimalText(unscaled, scale);
    }

    /// <summary>The exact digits of an unscaled DECIMAL.</summary>
    public static string DecimalText(Int128 unscaled, int scale)
    {
        string digits = Int128.Abs(unscaled).ToString(CultureInfo.InvariantCulture).PadLeft(scale + 1, '0');
        string sign = unscaled < 0 ? "-" : "";
        return scale == 0 ? sign + digits : $"{sign}{digits[..^scale]}.{digits[^scale..]}";
    }
}
