using System.Globalization;
using Ctas.Data;
using Ctas.Loading;
using Ctas.Maintenance;
using Ctas.Planning;
using Ctas.Sources;
using Ctas.Tables;

namespace Ctas;

/// <summary>What SHOW, DESCRIBE and EXPLAIN answer, as rows.</summary>
internal static class Descriptions
{
    /// <summary>SHOW TABLES, SOURCES, SINKS, PROPERTIES.</summary>
    public static QueryResult Show(string what, LoadServices services, ScriptPlan known) => what switch
    {
        "tables" => Tables(services.Registry.Tables),
        "sources" => Rows(
            ["name", "location"],
            services.Sources.Named.Select(source => (string?[])[source.Key, source.Value.Definition.Location.ToString()])
                .Concat(known.KnownSources.Select(source => (string?[])[source.Name, source.Path ?? "kafka://" + source.Topic]))),
        "sinks" => Rows(
            ["name", "location", "delivery", "table"],
            known.Sinks.OrderBy(sink => sink.Name, StringComparer.OrdinalIgnoreCase).Select(sink => (string?[])
            [
                sink.Name,
                SinkDefinitions.Create(sink).Location.ToString(),
                sink.IsExactlyOnce ? "exactly_once" : "at_least_once",
                SinkStatements.WriterOf(sink.Name, services)?.Name,
            ])),
        _ => Rows(
            ["name", "value"], known.Settings.Redacted().OrderBy(property => property.Key, StringComparer.Ordinal)
                .Select(property => (string?[])[property.Key, property.Value])),
    };

    /// <summary>
    /// DESCRIBE of a table or a source: one row a column, and one for its retention; none of a source whose columns follow its
    /// records. Of a sink, one row a property.
    /// </summary>
    public static QueryResult Describe(string name, LoadServices services, ScriptPlan known)
    {
        if (services.Registry.TryGetMetadata(name, out TableMetadata? table) && table.Schema is { } schema)
        {
            return Columns(
            [
                .. schema.Fields.Select((field, ordinal) =>
                    (field.Name, field.Type.ToString(), schema.Key.Contains(ordinal) ? "KEY" : null)),
                .. table.Properties.TryGetValue("retention", out string? retention)
                    ? [("retention", retention, "PROPERTY")]
                    : Array.Empty<(string, string, string?)>(),
            ]);
        }

        if (known.KnownSources.FirstOrDefault(source => IsNamed(source.Name, name)) is { } declared)
        {
            return Columns((declared.Columns ?? []).Select(column => (
                column.Name, column.Type.ToString(), column.Mark == SourceColumnMark.None ? null : column.Mark.ToString())));
        }

        if (services.Sources.Named.FirstOrDefault(source => IsNamed(source.Key, name)).Value is { } given)
        {
            return Columns((given.Definition.Columns ?? []).Select(column => (
                column.Name, column.Type.ToString(), column.Role == SourceColumnRole.Value ? null : column.Role.ToString())));
        }

        return known.Sinks.FirstOrDefault(sink => IsNamed(sink.Name, name)) is { } sink
            ? Sink(sink, services)
            : throw new TableNotFoundException(name, []);
    }

    private static bool IsNamed(string name, string wanted) => string.Equals(name, wanted, StringComparison.OrdinalIgnoreCase);

    private static QueryResult Sink(PlannedSink sink, LoadServices services)
    {
        TableMetadata? writer = SinkStatements.WriterOf(sink.Name, services);
        SinkStatus? status = writer is null ? null : services.Maintainer?.Find(writer.Name)?.Delivery?.Status;
        IEnumerable<(string Name, string? Value)> rows =
        [
            .. sink.Properties.Redacted().OrderBy(property => property.Key, StringComparer.Ordinal)
                .Select(property => (property.Key, property.Value)),
            ("table", writer?.Name),
            ("records", status?.Records.ToString(CultureInfo.InvariantCulture)),
            ("queued changes", status?.QueuedChanges.ToString(CultureInfo.InvariantCulture)),
            ("fault", status?.Failure?.Message ?? status?.Fault),
            ("warning", status?.Warning),
        ];
        return Rows(["property", "value"], rows.Select(row => (string?[])[row.Name, row.Value]));
    }

    /// <summary>A text, one row a line.</summary>
    public static QueryResult Lines(string column, string text) =>
        Rows([column], text.TrimEnd('\n').Split('\n').Select(line => (string?[])[line]));

    private static QueryResult Tables(IReadOnlyList<TableMetadata> tables)
    {
        QueryResult texts = Rows(
            ["name", "state", "model", "key"],
            tables.Select(table => (string?[])
            [
                table.Name,
                table.State.ToString().ToLowerInvariant(),
                table.Model.ToString().ToLowerInvariant(),
                string.Join(", ", table.Key),
            ]));
        var schema = new Schema(
            texts.Schema.Fields.Append(new Field("rows", DataType.BigInt)).Append(new Field("bytes", DataType.BigInt)));
        Column[] columns =
        [
            .. texts.Batches[0].Columns,
            new FixedColumn<long>(DataType.BigInt, [.. tables.Select(table => table.RowCount)], tables.Count),
            new FixedColumn<long>(DataType.BigInt, [.. tables.Select(table => table.SizeInBytes)], tables.Count),
        ];
        return new QueryResult(schema, [new Batch(columns, tables.Count).Named(schema)], TimeSpan.Zero);
    }

    private static QueryResult Columns(IEnumerable<(string Name, string Type, string? Key)> columns) =>
        Rows(["column", "type", "key"], columns.Select(column => (string?[])[column.Name, column.Type, column.Key]));

    private static QueryResult Rows(string[] columns, IEnumerable<string?[]> rows)
    {
        StringColumnBuilder[] builders =
            [.. columns.Select(_ => (StringColumnBuilder)ColumnBuilder.Create(DataType.Varchar))];
        int count = 0;
        foreach (string?[] row in rows)
        {
            count++;
            for (int ordinal = 0; ordinal < builders.Length; ordinal++)
            {
                if (row[ordinal] is { } value) { builders[ordinal].Append(value); }
                else { builders[ordinal].AppendNull(); }
            }
        }

        var batch = new Batch([.. builders.Select(builder => builder.Finish())], count);
        var schema = new Schema(columns.Select(column => new Field(column, DataType.Varchar)));
        return new QueryResult(schema, [batch.Named(schema)], TimeSpan.Zero);
    }
}
