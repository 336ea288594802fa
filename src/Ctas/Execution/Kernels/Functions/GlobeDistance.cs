using System.Text;

namespace Ctas.Execution.Kernels.Functions;

/// <summary>ksqlDB's GEO_DISTANCE: the haversine formula on a globe.</summary>
internal static class GlobeDistance
{
    private const double RadiusInKilometres = 6_371;
    private const double RadiusInMiles = 3_959;
    private const double MaxLatitude = 90;
    private const double MaxLongitude = 180;

    /// <summary>Arguments: latitude and longitude of both places in degrees, and the unit, where it is not kilometres.</summary>
    public static Outcome Of(RowArguments row, out double result)
    {
        result = 0;
        (double latitude1, double longitude1, double latitude2, double longitude2) =
            (row.Double(0), row.Double(1), row.Double(2), row.Double(3));
        if (!IsWithin(latitude1, MaxLatitude) || !IsWithin(latitude2, MaxLatitude)
            || !IsWithin(longitude1, MaxLongitude) || !IsWithin(longitude2, MaxLongitude))
        {
            return Outcome.Fail("no place on the globe");
        }

        double? radius = row.Count > 4 ? Radius(row.Bytes(4)) : RadiusInKilometres;
        if (radius is null) { return Outcome.Fail("no such unit of distance"); }

        double half = Haversine(latitude2 - latitude1)
            + (Haversine(longitude2 - longitude1) * Math.Cos(Radians(latitude1)) * Math.Cos(Radians(latitude2)));

        // Of antipodes, rounding may lead beyond 1.
        result = 2 * Math.Asin(Math.Sqrt(Math.Min(1, half))) * radius.Value;
        return Outcome.Value;
    }

    private static double? Radius(ReadOnlySpan<byte> unit)
    {
        if (IsOneOf(unit, "KM", "KILOMETER", "KILOMETERS", "KILOMETRE", "KILOMETRES")) { return RadiusInKilometres; }

        return IsOneOf(unit, "MI", "MILE", "MILES") ? RadiusInMiles : null;
    }

    private static bool IsOneOf(ReadOnlySpan<byte> text, params ReadOnlySpan<string> words)
    {
        foreach (string word in words)
        {
            if (Ascii.EqualsIgnoreCase(text, word)) { return true; }
        }

        return false;
    }

    private static bool IsWithin(double degrees, double limit) => degrees >= -limit && degrees <= limit;

    private static double Haversine(double degrees) => Math.Pow(Math.Sin(Radians(degrees) / 2), 2);

    private static double Radians(double degrees) => degrees * Math.PI / 180;
}
