namespace Ctas.Data.Host;

/// <summary>DECIMALs as <see cref="decimal"/>, which has 96 bits and 28 digits behind its point.</summary>
internal static class HostDecimals
{
    /// <summary>Scale of the DECIMALs that functions return; the value is rounded to it.</summary>
    public const int Scale = 10;

    // So many digits are left before the point.
    private const decimal FirstTooLarge = 1e28m;

    /// <summary>The type of what functions return.</summary>
    public static DataType Type { get; } = DataType.Decimal(DataType.MaxDecimalPrecision, Scale);

    /// <summary>The value of a row, exactly.</summary>
    /// <exception cref="OverflowException">It has too many digits.</exception>
    public static decimal Read(Column column, int row)
    {
        Int128 unscaled = ((FixedColumn<Int128>)column).Values[row];
        int scale = column.Type.Scale;

        // Zeros at the end take no room.
        while (scale > 0 && (scale > 28 || Int128.Abs(unscaled) >> 96 != 0))
        {
            (unscaled, Int128 digit) = Int128.DivRem(unscaled, 10);
            if (digit != 0) { throw new OverflowException("The value has more digits than a decimal."); }

            scale--;
        }

        return (decimal)unscaled / (decimal)Power(scale);
    }

    /// <summary>Appends a value.</summary>
    /// <exception cref="OverflowException">It is too large.</exception>
    public static void Append(ColumnBuilder builder, decimal value)
    {
        decimal rounded = decimal.Round(value, Scale, MidpointRounding.AwayFromZero);
        if (Math.Abs(rounded) >= FirstTooLarge) { throw new OverflowException($"The value has more digits than {Type}."); }

        decimal whole = decimal.Truncate(rounded);
        Int128 unit = Power(Scale);
        ((FixedColumnBuilder<Int128>)builder).Append(((Int128)whole * unit) + (Int128)((rounded - whole) * (decimal)unit));
    }

    private static Int128 Power(int exponent)
    {
        Int128 power = 1;
        for (int i = 0; i < exponent; i++) { power *= 10; }

        return power;
    }
}
