using DuckDB.NET.Data;
using DuckDB.NET.Native;

namespace Ctas.SqlTests;

/// <summary>A DuckDB in memory that runs the records of a .slt file that are marked for it.</summary>
internal sealed class DuckDbPeer : IDisposable
{
    private DuckDBConnection? _connection;

    public void Dispose() => _connection?.Dispose();

    public void Execute(string sql)
    {
        using DuckDBCommand command = Command(sql);
        command.ExecuteNonQuery();
    }

    public string[] Query(string sql, bool isSorted)
    {
        using DuckDBCommand command = Command(sql);
        using DuckDBDataReader reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
        {
            rows.Add(string.Join('\t', Enumerable.Range(0, reader.FieldCount).Select(
                column => SltText.Of(reader.IsDBNull(column) ? null : Value(reader, column)))));
        }

        if (isSorted) { rows.Sort(StringComparer.Ordinal); }

        return [.. rows];
    }

    // Lists are read as lists of values that may be null.
    private static object? Value(DuckDBDataReader reader, int column)
    {
        Type type = reader.GetFieldType(column);
        if (type == typeof(TimeSpan)) { return reader.GetFieldValue<DuckDBInterval>(column); }

        return IsList(type)
            ? typeof(DuckDBDataReader).GetMethod(nameof(reader.GetFieldValue))!
                .MakeGenericMethod(WithNulls(type)).Invoke(reader, [column])
            : reader.GetValue(column);
    }

    private static bool IsList(Type type) => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(List<>);

    private static Type WithNulls(Type type)
    {
        if (IsList(type)) { return typeof(List<>).MakeGenericType(WithNulls(type.GetGenericArguments()[0])); }

        return type.IsValueType ? typeof(Nullable<>).MakeGenericType(type) : type;
    }

    private DuckDBCommand Command(string sql)
    {
        // Most files need none.
        if (_connection is null)
        {
            _connection = new DuckDBConnection("DataSource=:memory:");
            _connection.Open();
        }

        DuckDBCommand command = _connection.CreateCommand();
        command.CommandText = sql;
        return command;
    }
}
