using Ctas.Benchmarks.Shapes;
using Ctas.Data;
using Ctas.Sources;
using DuckDB.NET.Data;

namespace Ctas.Benchmarks.Comparisons;

/// <summary>Brings tables that are there in columns into both contenders.</summary>
internal static class H2oTables
{
    /// <summary>An engine that has loaded the tables, as tables of one model.</summary>
    public static async Task<CtasEngine> LoadAsync(IReadOnlyList<H2oTable> tables, int threads, string model = "standard")
    {
        CtasEngineBuilder builder = new CtasEngineBuilder()
            .WithMaxParallelism(threads).WithMaxDegreeOfParallelism(threads);
        foreach (H2oTable table in tables)
        {
            builder.UseSource($"{table.Name}_in", new ColumnSource(table));
            builder.AddTable($"CREATE TABLE {table.Name} WITH (table_model = '{model}') AS SELECT * FROM {table.Name}_in");
        }

        CtasEngine engine = builder.Build();
        (await engine.LoadAsync()).ThrowIfFailed();
        return engine;
    }

    /// <summary>Makes the same tables in DuckDB.</summary>
    public static void Create(DuckDBConnection connection, IReadOnlyList<H2oTable> tables)
    {
        foreach (H2oTable table in tables)
        {
            string columns = string.Join(", ", table.Schema.Fields.Select(field => $"{field.Name} {field.Type}"));
            Duck.Execute(connection, $"CREATE TABLE {table.Name}({columns})");
            using DuckDBAppender appender = connection.CreateAppender(table.Name);
            string?[][] texts = [.. table.Rows.Columns.ToArray().Select(TextsOf)];
            for (int row = 0; row < table.Rows.RowCount; row++) { Append(appender.CreateRow(), table.Rows, row, texts); }
        }
    }

    private static void Append(IDuckDBAppenderRow appended, Batch rows, int row, string?[][] texts)
    {
        for (int ordinal = 0; ordinal < rows.ColumnCount; ordinal++)
        {
            switch (rows[ordinal])
            {
                case FixedColumn<int> ints: appended.AppendValue(ints.Values[row]); break;
                case FixedColumn<double> doubles: appended.AppendValue(doubles.Values[row]); break;
                case StringColumn strings: appended.AppendValue(texts[ordinal][strings.Codes[row]]); break;
            }
        }

        appended.EndRow();
    }

    private static string?[] TextsOf(Column column) => column is StringColumn strings
        ? [.. Enumerable.Range(0, strings.Pool.Count).Select(strings.Pool.GetString)]
        : [];

    /// <summary>A source of one table that is there in columns.</summary>
    private sealed class ColumnSource(H2oTable table) : ISource
    {
        public SourceDefinition Definition { get; } =
            new(table.Name + "_in", new InMemoryLocation(table.Name + "_in"))
            {
                Columns = [.. table.Schema.Fields.Select(field => new SourceColumn(field.Name, field.Type))],
                KeyFormat = RecordFormat.None,
                Mode = ReadMode.Append,
            };

        public ValueTask<ISourceScan> OpenAsync(ScanRequest request, CancellationToken cancellationToken) =>
            ValueTask.FromResult<ISourceScan>(new ColumnScan(table, request));
    }

    private sealed class ColumnScan(H2oTable table, ScanRequest request) : ISourceScan
    {
        private const int BatchRows = 16 * 1024;

        private int _next;

        public IReadOnlyList<SourcePartition> Partitions { get; } =
            [new SourcePartition(table.Name, 0, new OffsetRange(0, table.Rows.RowCount))];

        public ValueTask<SourceBatch?> ReadAsync(CancellationToken cancellationToken)
        {
            int end = Math.Min(table.Rows.RowCount, _next + BatchRows);
            if (_next == end) { return ValueTask.FromResult<SourceBatch?>(null); }

            int[] ordinals = request.Columns is { } columns
                ? [.. columns.Select(column => table.Schema.IndexOf(column.Name))]
                : [.. Enumerable.Range(0, table.Schema.Fields.Count)];
            int[] rows = [.. Enumerable.Range(_next, end - _next)];
            _next = end;
            var schema = new Schema(ordinals.Select(ordinal => table.Schema.Fields[ordinal]));
            return ValueTask.FromResult<SourceBatch?>(new SourceBatch(schema, table.Rows.Select(ordinals).Gather(rows)));
        }

        public ScanStatistics GetStatistics() => new(_next, 0, 0, 0, [_next], [], []);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
