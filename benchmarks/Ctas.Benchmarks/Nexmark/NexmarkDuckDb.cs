using DuckDB.NET.Data;

namespace Ctas.Benchmarks.Nexmark;

/// <summary>The streams of Nexmark as tables of DuckDB.</summary>
internal sealed class NexmarkDuckDb
{
    private readonly DuckDBConnection _connection;

    public NexmarkDuckDb(DuckDBConnection connection)
    {
        _connection = connection;
        foreach ((string name, Data.Schema schema) in NexmarkStream.Schemas)
        {
            Execute($"CREATE TABLE {name} ({string.Join(", ", schema.Fields.Select(field => $"{field.Name} {field.Type}"))})");
        }

        Execute("CREATE TABLE side (key BIGINT, value VARCHAR)");
        using DuckDBAppender side = _connection.CreateAppender("side");
        for (int key = 0; key < NexmarkQueries.SideRows; key++)
        {
            side.CreateRow().AppendValue((long)key).AppendValue(NexmarkHouse.SideValue(key)).EndRow();
        }
    }

    public void Add(IEnumerable<NexmarkEvent> events)
    {
        foreach (IGrouping<string, NexmarkEvent> stream in events.GroupBy(happened => happened.Stream))
        {
            using DuckDBAppender appender = _connection.CreateAppender(stream.Key);
            foreach (NexmarkEvent happened in stream) { Append(appender.CreateRow(), happened.Values); }
        }
    }

    public List<object?[]> Answer(NexmarkQuery query)
    {
        using DuckDBCommand command = _connection.CreateCommand();
        command.CommandText = query.DuckDb;
        using DuckDBDataReader reader = command.ExecuteReader();
        List<object?[]> rows = [];
        while (reader.Read())
        {
            rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? null : reader.GetValue(i))]);
        }

        return rows;
    }

    private static void Append(IDuckDBAppenderRow row, object[] values)
    {
        foreach (object value in values)
        {
            switch (value)
            {
                case long number: row.AppendValue(number); break;
                case DateTime time: row.AppendValue(time); break;
                default: row.AppendValue((string)value); break;
            }
        }

        row.EndRow();
    }

    private void Execute(string sql)
    {
        using DuckDBCommand command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
