using System.Globalization;

namespace Ctas.Cli.Display;

/// <summary>Amounts as people read them; three significant digits where exactness does not matter.</summary>
internal static class Amount
{
    private static readonly string[] ByteUnits = ["B", "KB", "MB", "GB", "TB"];

    /// <summary><c>1,234,567</c></summary>
    public static string OfCount(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary><c>12.3 MB</c>, in powers of 1,000.</summary>
    public static string OfBytes(long bytes)
    {
        double amount = bytes;
        int unit = 0;
        for (; amount >= 999.5 && unit < ByteUnits.Length - 1; unit++) { amount /= 1000; }

        return $"{ThreeDigits(amount, isWhole: unit == 0)} {ByteUnits[unit]}";
    }

    /// <summary><c>850/s</c>, <c>1.25 M/s</c></summary>
    public static string OfRate(double perSecond) => perSecond switch
    {
        >= 999_500 => $"{ThreeDigits(perSecond / 1e6, isWhole: false)} M/s",
        >= 1_000 => $"{ThreeDigits(perSecond / 1e3, isWhole: false)} k/s",
        _ => $"{perSecond.ToString("F0", CultureInfo.InvariantCulture)}/s",
    };

    /// <summary><c>12 ms</c>, <c>3.41 s</c>, <c>2 m 05 s</c></summary>
    public static string OfTime(TimeSpan time) => time.TotalSeconds switch
    {
        < 0.9995 => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:F0} ms"),
        < 59.95 => $"{ThreeDigits(time.TotalSeconds, isWhole: false)} s",
        _ => string.Create(CultureInfo.InvariantCulture, $"{(long)time.TotalMinutes} m {time.Seconds:D2} s"),
    };

    private static string ThreeDigits(double amount, bool isWhole) =>
        amount.ToString(isWhole || amount >= 99.95 ? "F0" : amount >= 9.995 ? "F1" : "F2", CultureInfo.InvariantCulture);
}
