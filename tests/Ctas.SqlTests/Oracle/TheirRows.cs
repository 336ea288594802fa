using System.Globalization;
using System.Text.Json;
using DuckDB.NET.Data;
using DuckDB.NET.Native;

namespace Ctas.SqlTests.Oracle;

/// <summary>DuckDB's rows as comparable values.</summary>
/// <remarks>
/// The reader has no form for NULLs in nested values, and drops digits after the 28th: a query with such columns is run once
/// more, and gives them as JSON and as text.
/// </remarks>
internal static class TheirRows
{
    private enum Form
    {
        Value,
        Json,
        Digits,
    }

    /// <exception cref="DuckDBException">The query failed.</exception>
    public static List<object?[]> Read(DuckDBConnection connection, string sql)
    {
        using DuckDBCommand command = connection.CreateCommand();
        command.CommandText = sql;
        Form[] forms;
        using (DuckDBDataReader reader = command.ExecuteReader())
        {
            forms = [.. Enumerable.Range(0, reader.FieldCount).Select(column => FormOf(reader, column))];
            if (forms.All(form => form == Form.Value)) { return Read(reader, forms); }
        }

        command.CommandText = Wrapped(sql, forms);
        using DuckDBDataReader again = command.ExecuteReader();
        return Read(again, forms);
    }

    private static List<object?[]> Read(DuckDBDataReader reader, Form[] forms)
    {
        var rows = new List<object?[]>();
        while (reader.Read())
        {
            rows.Add([.. forms.Select((form, column) => Value(reader, column, form))]);
        }

        return rows;
    }

    private static Form FormOf(DuckDBDataReader reader, int column) => reader.GetDataTypeName(column) switch
    {
        "List" or "Struct" or "Map" => Form.Json,
        "Decimal" => Form.Digits,
        _ => Form.Value,
    };

    private static string Wrapped(string sql, Form[] forms)
    {
        IEnumerable<string> items = forms.Select((form, i) => form switch
        {
            Form.Json => $"CAST(to_json(x{i}) AS VARCHAR)",
            Form.Digits => $"CAST(x{i} AS VARCHAR)",
            _ => $"x{i}",
        });
        string names = string.Join(", ", forms.Select((_, i) => $"x{i}"));
        return $"SELECT {string.Join(", ", items)} FROM ({sql}) AS wrapped ({names})";
    }

    private static object? Value(DuckDBDataReader reader, int column, Form form)
    {
        if (reader.IsDBNull(column)) { return null; }

        switch (form)
        {
            case Form.Json:
                using (JsonDocument json = JsonDocument.Parse(reader.GetString(column)))
                {
                    return ComparableValue.Of(Unwrapped(json.RootElement));
                }

            case Form.Digits:
                return ComparableValue.Digits(reader.GetString(column));
            default:
                return ComparableValue.Of(reader.GetFieldType(column) == typeof(TimeSpan)
                    ? reader.GetFieldValue<DuckDBInterval>(column)
                    : reader.GetValue(column));
        }
    }

    private static object? Unwrapped(JsonElement json) => json.ValueKind switch
    {
        JsonValueKind.Null => null,
        JsonValueKind.String => json.GetString(),
        JsonValueKind.Array => json.EnumerateArray().Select(Unwrapped).ToArray(),
        JsonValueKind.Object => json.EnumerateObject().ToDictionary(entry => entry.Name, entry => Unwrapped(entry.Value)),
        JsonValueKind.Number => json.GetInt64().ToString(CultureInfo.InvariantCulture),
        _ => json.GetBoolean(),
    };
}
