namespace Ctas.Binding.Functions;

/// <summary>
/// Functions that the dialect has and this version has not: they are refused by name, not as a typing mistake.
/// </summary>
internal static class LaterFunctions
{
    private static readonly HashSet<string> Names = new(StringComparer.OrdinalIgnoreCase)
    {
        // Text.
        "INITCAP", "INSTR", "LPAD", "RPAD", "SPLIT", "SPLIT_PART", "REGEXP_REPLACE", "REGEXP_EXTRACT", "REGEXP_LIKE",
        "REVERSE",
        "REPEAT", "LEFT", "RIGHT", "CONCAT_WS", "ENDS_WITH", "TRANSLATE", "ENCODE", "DECODE",
        "MASK",
        "CHR", "ASCII", "UUID", "FORMAT", "TO_CHAR", "TO_NUMBER",

        // Mathematics.
        "EXP", "LN", "LOG", "LOG10", "TRUNC", "RANDOM", "PI", "SIN", "COS", "TAN", "ASIN", "ACOS", "ATAN", "ATAN2",
        "DEGREES",
        "RADIANS", "CBRT", "GCD", "LCM",

        // Date and time.
        "NOW", "CURRENT_TIMESTAMP", "CURRENT_DATE", "CURRENT_TIME", "DATE_TRUNC", "DATE_PART", "DATE_ADD",
        "DATE_SUB", "DATEADD",
        "DATEDIFF", "DATESUB", "TIMEADD", "TIMESUB", "TIMESTAMPADD", "TIMESTAMPSUB", "FORMAT_DATE", "FORMAT_TIME",
        "FORMAT_TIMESTAMP", "PARSE_DATE", "PARSE_TIME", "PARSE_TIMESTAMP", "STRINGTOTIMESTAMP", "TIMESTAMPTOSTRING",
        "UNIX_DATE", "UNIX_TIMESTAMP", "FROM_UNIXTIME", "FROM_DAYS", "TO_TIMESTAMP", "TO_DATE", "CONVERT_TZ", "AGE",

        // JSON, arrays, maps, hashes, URLs.
        "EXTRACTJSONFIELD", "JSON_VALUE", "JSON_QUERY", "JSON_EXTRACT", "JSON_KEYS", "JSON_RECORDS",
        "JSON_ARRAY_LENGTH",
        "JSON_ITEMS", "IS_JSON_STRING", "TO_JSON_STRING", "EXPLODE", "UNNEST", "CUBE_EXPLODE", "ARRAY_CONTAINS",
        "ARRAY_LENGTH",
        "ARRAY_DISTINCT", "ARRAY_SORT", "ARRAY_JOIN", "ARRAY_MAX", "ARRAY_MIN", "ARRAY_CONCAT", "ARRAY_REMOVE", "SLICE",
        "AS_MAP", "MAP_KEYS", "MAP_VALUES", "MAP_UNION", "ELT", "FIELD", "TRANSFORM", "FILTER", "REDUCE", "MD5", "SHA1",
        "SHA256", "SHA512", "HASH", "URL_DECODE_PARAM", "URL_ENCODE_PARAM", "URL_EXTRACT_HOST", "URL_EXTRACT_PATH",
        "URL_EXTRACT_PORT", "URL_EXTRACT_PROTOCOL", "URL_EXTRACT_QUERY", "URL_EXTRACT_PARAMETER",
        "URL_EXTRACT_FRAGMENT",
    };

    /// <summary>True for a function that will come.</summary>
    public static bool Contains(string name) => Names.Contains(name);
}
