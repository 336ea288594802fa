using System.Globalization;
using System.Text;
using Ctas.Data;

namespace Ctas.SqlTests.Oracle;

/// <summary>The engines that are compared.</summary>
internal enum Engine
{
    Ctas,
    DuckDb,
}

/// <summary>The one place where the spellings of the two engines are told apart.</summary>
internal static class Spelling
{
    /// <summary>One engine's text of SQL that holds <c>«ours|theirs»</c>; these do not nest.</summary>
    public static string For(string sql, Engine engine)
    {
        var text = new StringBuilder();
        foreach (string part in sql.Split('«'))
        {
            int end = part.IndexOf('»', StringComparison.Ordinal);
            if (end < 0)
            {
                text.Append(part);
                continue;
            }

            int bar = part.IndexOf('|', StringComparison.Ordinal);
            ReadOnlySpan<char> spelled = engine == Engine.Ctas ? part.AsSpan(0, bar) : part.AsSpan((bar + 1)..end);
            text.Append(spelled).Append(part.AsSpan(end + 1));
        }

        return text.ToString();
    }

    /// <summary>The name of a type.</summary>
    public static string Of(DataType type) => type.Kind switch
    {
        DataTypeKind.Bytes => "«BYTES|BLOB»",
        DataTypeKind.Array => $"«{type}|{DuckDb(type)}»",
        DataTypeKind.Map or DataTypeKind.Struct => $"«{type}|{DuckDb(type)}»",
        _ => type.ToString(),
    };

    /// <summary>A value in its physical form (<see cref="Values"/>) as a literal of exactly that type.</summary>
    public static string Literal(object? value, DataType type) => (value, type.Kind) switch
    {
        (null, _) => $"CAST(NULL AS {Of(type)})",
        (bool it, _) => it ? "TRUE" : "FALSE",
        (string it, _) => $"'{it.Replace("'", "''", StringComparison.Ordinal)}'",
        (byte[] it, _) => $"«X'{Convert.ToHexString(it)}'|unhex('{Convert.ToHexString(it)}')»",
        (int.MinValue, DataTypeKind.Int) => "CAST('-2147483648' AS INT)",
        (long it, DataTypeKind.BigInt) => Invariant($"CAST('{it}' AS BIGINT)"),
        (double it, _) => Invariant($"CAST('{it:R}' AS DOUBLE)"),
        (Int128 it, _) => $"CAST('{DecimalText(it, type.Scale)}' AS {type})",
        (int days, DataTypeKind.Date) => Invariant($"DATE '{Values.Epoch.AddDays(days):yyyy-MM-dd}'"),
        (long it, DataTypeKind.Time) => Invariant($"TIME '{new TimeOnly(it * 10):HH:mm:ss.ffffff}'"),
        (long it, DataTypeKind.Timestamp) =>
            Invariant($"TIMESTAMP '{DateTime.UnixEpoch.AddTicks(it * 10):yyyy-MM-dd HH:mm:ss.ffffff}'"),
        (_, DataTypeKind.Array or DataTypeKind.Struct or DataTypeKind.Map) => $"CAST({Nested(value, type)} AS {Of(type)})",
        (Interval it, _) =>
            Invariant($"INTERVAL '{it.Months} months {it.Days} days {it.Microseconds / 1_000_000} seconds'"),
        _ => Invariant($"{value}"),
    };

    private static string Nested(object? value, DataType type) => (value, type.Kind) switch
    {
        (null, _) => "NULL",
        (object?[] items, DataTypeKind.Array) =>
            $"«ARRAY|»[{string.Join(", ", items.Select(item => Nested(item, type.Element!)))}]",
        (Dictionary<string, object?> fields, DataTypeKind.Struct) =>
            $"«STRUCT|struct_pack»({string.Join(", ", type.Fields.Select(field => $"{field.Name} := {Nested(fields[field.Name], field.Type)}"))})",
        (Dictionary<string, object?> entries, DataTypeKind.Map) => Map(entries, type),
        _ => Literal(value, type),
    };

    private static string Map(Dictionary<string, object?> entries, DataType type)
    {
        string[] keys = [.. entries.Keys.Select(key => Literal(key, type.Key!))];
        string[] values = [.. entries.Values.Select(value => Nested(value, type.Element!))];
        string ours = string.Join(", ", keys.Zip(values, (key, value) => $"{key} := {value}"));
        return $"«MAP({ours})|map([{string.Join(", ", keys)}], [{string.Join(", ", values)}])»";
    }

    private static string DuckDb(DataType type) => type.Kind switch
    {
        DataTypeKind.Bytes => "BLOB",
        DataTypeKind.Array => $"{DuckDb(type.Element!)}[]",
        DataTypeKind.Map => $"MAP({DuckDb(type.Key!)}, {DuckDb(type.Element!)})",
        DataTypeKind.Struct =>
            $"STRUCT({string.Join(", ", type.Fields.Select(field => $"{field.Name} {DuckDb(field.Type)}"))})",
        _ => type.ToString(),
    };

    private static string DecimalText(Int128 unscaled, int scale)
    {
        string digits = Int128.Abs(unscaled).ToString(CultureInfo.InvariantCulture).PadLeft(scale + 1, '0');
        string sign = unscaled < 0 ? "-" : "";
        return scale == 0 ? sign + digits : $"{sign}{digits[..^scale]}.{digits[^scale..]}";
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
