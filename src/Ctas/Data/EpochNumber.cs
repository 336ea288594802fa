namespace Ctas.Data;

/// <summary>Dates and times as whole numbers, the way ksqlDB writes them into JSON and delimited records.</summary>
internal static class EpochNumber
{
    /// <summary>What is wrong with a number that stands for a date or time but is none.</summary>
    public static string Misfit(DataType type) => type.Kind switch
    {
        DataTypeKind.Date => "a number that is no date in days since 1970",
        DataTypeKind.Time => "a number that is no time in milliseconds since midnight",
        _ => "a number that is no time in epoch milliseconds",
    };

    /// <summary>Reads the text of such a number.</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, DataType type, out long value)
    {
        value = 0;
        return ValueParser.TryParseInteger(text, out long number) && TryConvert(number, type, out value);
    }

    /// <summary>Converts days since 1970, milliseconds since midnight, or milliseconds since 1970.</summary>
    /// <param name="number">The number.</param>
    /// <param name="type">DATE, TIME or TIMESTAMP.</param>
    /// <param name="value">The physical value: days, or microseconds.</param>
    public static bool TryConvert(long number, DataType type, out long value)
    {
        bool fits = type.Kind switch
        {
            DataTypeKind.Date => Calendar.IsDay(number),
            DataTypeKind.Time => number is >= 0 and < Calendar.MicrosecondsPerDay / 1000,
            _ => Calendar.IsTimestampInMilliseconds(number),
        };
        value = !fits || type.Kind == DataTypeKind.Date ? number : number * 1000;
        return fits;
    }
}
