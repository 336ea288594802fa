using System.Globalization;
using System.Text;
using Ctas.Data;

namespace Ctas.Execution.Kernels.Functions;

/// <summary>Numbers as text by a pattern, and text by a pattern as numbers.</summary>
internal static class NumberPatternFunctions
{
    private static readonly Outcome NoPattern = Outcome.Fail("pattern of numbers cannot be read");

    /// <summary>TO_CHAR(number, pattern).</summary>
    public static Kernel Format(FunctionCall call)
    {
        DataType type = call.Expression.Arguments[0].Type;
        Func<string, NumberPattern?> patterns = Patterns();
        var text = new StringBuilder();
        return call.Text((row, output) =>
        {
            if (patterns(row.Text(1)) is not { } pattern) { return NoPattern; }

            text.Clear();
            if (type.Kind == DataTypeKind.Double)
            {
                double number = row.Double(0);
                if (!double.IsFinite(number)) { return Outcome.Fail("number cannot be written by a pattern"); }

                Write(pattern, number < 0, Math.Abs(number).ToString($"F{pattern.FractionDigits}", CultureInfo.InvariantCulture), text);
            }
            else if (!TryWriteDecimal(pattern, Exact(row, type), type.Scale, text)) { return Outcome.Fail("number out of range"); }

            output.Append(text.ToString().AsSpan());
            return Outcome.Value;
        }, RowOptions.CanFail);
    }

    /// <summary>TO_NUMBER(text, pattern), with as many digits behind the point as the result's type has.</summary>
    public static Kernel Parse(FunctionCall call)
    {
        int scale = call.Type.Scale;
        Func<string, NumberPattern?> patterns = Patterns();
        return call.Value((RowArguments row, out Int128 result) =>
        {
            result = 0;
            if (patterns(row.Text(1)) is not { } pattern) { return NoPattern; }

            bool fits = pattern.Digits(row.Text(0), out bool isNegative) is { } digits
                && Int128.TryParse(digits.Length == 0 ? "0" : digits, CultureInfo.InvariantCulture, out result)
                && DecimalArithmetic.TryRescale(
                    isNegative ? -result : result, pattern.FractionDigits, scale, call.Type.Precision, out result);
            return fits ? Outcome.Value : Outcome.Fail("text is no number of the pattern");
        }, RowOptions.CanFail);
    }

    private static Int128 Exact(RowArguments row, DataType type) => type.Kind switch
    {
        DataTypeKind.Int => row.Int(0),
        DataTypeKind.BigInt => row.BigInt(0),
        _ => row.Decimal(0),
    };

    private static bool TryWriteDecimal(NumberPattern pattern, Int128 number, int scale, StringBuilder text)
    {
        int digits = pattern.FractionDigits;
        if (!DecimalArithmetic.TryRescale(number, scale, digits, DataType.MaxDecimalPrecision, out Int128 rounded)) { return false; }

        string unscaled = Int128.Abs(rounded).ToString(CultureInfo.InvariantCulture).PadLeft(digits + 1, '0');
        Write(pattern, rounded < 0, digits == 0 ? unscaled : unscaled.Insert(unscaled.Length - digits, "."), text);
        return true;
    }

    private static void Write(NumberPattern pattern, bool isNegative, string number, StringBuilder text)
    {
        int point = number.IndexOf('.', StringComparison.Ordinal);
        ReadOnlySpan<char> whole = (point < 0 ? number : number.AsSpan(0, point)).TrimStart('0');
        ReadOnlySpan<char> fraction = point < 0 ? default : number.AsSpan(point + 1);
        bool isZero = whole.IsEmpty && fraction.Trim('0').IsEmpty;
        pattern.Write(isNegative && !isZero, whole, fraction, text);
    }

    private static Func<string, NumberPattern?> Patterns()
    {
        var known = new Dictionary<string, NumberPattern?>(StringComparer.Ordinal);
        return text =>
        {
            if (!known.TryGetValue(text, out NumberPattern? pattern))
            {
                pattern = NumberPattern.Read(text);
                known[text] = pattern;
            }

            return pattern;
        };
    }
}
