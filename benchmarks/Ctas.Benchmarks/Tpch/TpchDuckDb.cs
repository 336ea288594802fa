using Ctas.Data;
using DuckDB.NET.Data;

namespace Ctas.Benchmarks.Tpch;

/// <summary>Makes the tables of TPC-H in DuckDB.</summary>
internal static class TpchDuckDb
{
    public static void Create(DuckDBConnection connection, TpchTable table)
    {
        string columns = string.Join(", ", table.Schema.Fields.Select(field => $"{field.Name} {field.Type}"));
        using (DuckDBCommand command = connection.CreateCommand())
        {
            command.CommandText = $"CREATE TABLE {table.Name} ({columns})";
            command.ExecuteNonQuery();
        }

        using DuckDBAppender appender = connection.CreateAppender(table.Name);
        for (int row = 0; row < table.Rows.RowCount; row++)
        {
            IDuckDBAppenderRow appended = appender.CreateRow();
            for (int ordinal = 0; ordinal < table.Rows.ColumnCount; ordinal++)
            {
                Append(appended, table.Rows[ordinal].GetValue(row));
            }

            appended.EndRow();
        }
    }

    private static void Append(IDuckDBAppenderRow row, object? value)
    {
        switch (value)
        {
            case int it: row.AppendValue(it); break;
            case long it: row.AppendValue(it); break;
            case decimal it: row.AppendValue(it); break;
            case DateOnly it: row.AppendValue(it); break;
            default: row.AppendValue((string?)value); break;
        }
    }
}
