namespace Ctas.Data;

/// <summary>Parts of a date or time; those up to <see cref="Millennium"/> are units as well.</summary>
internal enum DateField
{
    Microsecond,
    Millisecond,
    Second,
    Minute,
    Hour,
    Day,
    Week,
    Month,
    Quarter,
    Year,
    Decade,
    Century,
    Millennium,

    /// <summary>0 is Sunday.</summary>
    DayOfWeek,

    /// <summary>1 is Monday, 7 is Sunday.</summary>
    IsoDayOfWeek,
    DayOfYear,

    /// <summary>The year that the ISO week belongs to.</summary>
    IsoYear,

    /// <summary>Seconds since 1970-01-01.</summary>
    Epoch,

    /// <summary>Days since noon of 4714-11-24 BC.</summary>
    Julian,
}

/// <summary>The names of parts and units.</summary>
internal static class DateFields
{
    private static readonly Dictionary<string, DateField> ByName = new(StringComparer.OrdinalIgnoreCase)
    {
        ["MICROSECOND"] = DateField.Microsecond,
        ["US"] = DateField.Microsecond,
        ["MILLISECOND"] = DateField.Millisecond,
        ["MS"] = DateField.Millisecond,
        ["SECOND"] = DateField.Second,
        ["SEC"] = DateField.Second,
        ["MINUTE"] = DateField.Minute,
        ["MIN"] = DateField.Minute,
        ["HOUR"] = DateField.Hour,
        ["DAY"] = DateField.Day,
        ["WEEK"] = DateField.Week,
        ["MONTH"] = DateField.Month,
        ["MON"] = DateField.Month,
        ["QUARTER"] = DateField.Quarter,
        ["YEAR"] = DateField.Year,
        ["DECADE"] = DateField.Decade,
        ["CENTURY"] = DateField.Century,
        ["CENTURIES"] = DateField.Century,
        ["MILLENNIUM"] = DateField.Millennium,
        ["DOW"] = DateField.DayOfWeek,
        ["DAYOFWEEK"] = DateField.DayOfWeek,
        ["ISODOW"] = DateField.IsoDayOfWeek,
        ["DOY"] = DateField.DayOfYear,
        ["DAYOFYEAR"] = DateField.DayOfYear,
        ["ISOYEAR"] = DateField.IsoYear,
        ["EPOCH"] = DateField.Epoch,
        ["JULIAN"] = DateField.Julian,
    };

    /// <summary>The names shown in hints.</summary>
    public static IEnumerable<string> FieldNames { get; } =
        [.. Enum.GetValues<DateField>().Select(field => ByName.First(named => named.Value == field).Key)];

    /// <summary>The names of units shown in hints.</summary>
    public static IEnumerable<string> UnitNames { get; } =
        [.. Enum.GetValues<DateField>().Where(IsUnit).Select(field => ByName.First(named => named.Value == field).Key)];

    /// <summary>True for a length of time.</summary>
    public static bool IsUnit(DateField field) => field <= DateField.Millennium;

    /// <summary>True for a part of the time of day.</summary>
    public static bool IsOfTime(DateField field) => field is <= DateField.Hour or DateField.Epoch;

    /// <summary>True for a part that has fractions.</summary>
    public static bool IsFractional(DateField field) =>
        field is DateField.Second or DateField.Millisecond or DateField.Epoch or DateField.Julian;

    /// <summary>The field of a name, in singular or plural and any case; null when there is none.</summary>
    public static DateField? Find(string name)
    {
        if (ByName.TryGetValue(name, out DateField field)) { return field; }

        bool isPlural = name.EndsWith('s') || name.EndsWith('S');
        return isPlural && ByName.TryGetValue(name[..^1], out field) ? field : null;
    }

    /// <summary>The unit of a name; null when there is none.</summary>
    public static DateField? FindUnit(string name) => Find(name) is { } field && IsUnit(field) ? field : null;
}
