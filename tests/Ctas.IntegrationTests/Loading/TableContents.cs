using System.Globalization;

using Ctas.Data;
using Ctas.Tables;

namespace Ctas.IntegrationTests.Loading;

/// <summary>Shows rows as lines of text, so that whole contents can be compared and read in a failure.</summary>
internal static class TableContents
{
    /// <summary>Every row of the table as <c>value|value|…</c>, sorted.</summary>
    public static string[] Contents(this ITable table) => Lines(table.Rows);

    /// <summary>Every row of the result as <c>value|value|…</c>, sorted.</summary>
    public static string[] Contents(this QueryResult result) => Lines(result.Rows);

    /// <summary>Column names in order.</summary>
    public static string[] ColumnNames(this ITable table) => [.. table.Schema.Fields.Select(field => field.Name)];

    /// <summary>One row in the form of <see cref="Contents(ITable)"/>.</summary>
    public static string Line(params ReadOnlySpan<object?> values)
    {
        var texts = new List<string>();
        foreach (object? value in values) { texts.Add(Text(value)); }

        return string.Join('|', texts);
    }

    /// <summary>The rows a model expects, in the order of <see cref="Contents(ITable)"/>.</summary>
    public static string[] Sorted(IEnumerable<string> lines) => [.. lines.Order(StringComparer.Ordinal)];

    private static string[] Lines(IEnumerable<Row> rows) => Sorted(rows.Select(row =>
        Line([.. Enumerable.Range(0, row.ColumnCount).Select(ordinal => row[ordinal])])));

    private static string Text(object? value) => value switch
    {
        null => "NULL",
        byte[] bytes => Convert.ToHexString(bytes),
        DateTime time => time.ToString("O", CultureInfo.InvariantCulture),
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };
}
