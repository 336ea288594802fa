using System.Globalization;
using Ctas.Benchmarks.Shapes;
using Ctas.Data;
using Ctas.Tables;
using Ctas.Tables.Columns;

namespace Ctas.Benchmarks.Comparisons;

/// <summary>The columns of compact tables alone: what each takes and in which form, how fast they are sealed and decoded.</summary>
internal sealed class ColumnComparisons : IComparisonSuite
{
    // What a load must not be held up by.
    private const double WantedRowsPerSecond = 5_000_000;

    public string Name => "columns";

    public async IAsyncEnumerable<Comparison> RunAsync(ComparisonOptions options)
    {
        foreach (MemoryShape shape in MemoryShape.All)
        {
            int rows = Math.Min(options.Rows, shape.Schema.Fields.Count > 10 ? 2 * CompactSegment.MaxRows : 8 * CompactSegment.MaxRows);
            Column[] columns = Fill(shape, rows);
            EncodedColumn[][] encoded = Seal(shape, columns, rows);
            for (int ordinal = 0; ordinal < columns.Length; ordinal++)
            {
                double bytes = encoded.Sum(segment => (double)segment[ordinal].SizeInBytes) / rows;
                string name = string.Create(
                    CultureInfo.InvariantCulture, $"{shape.Name}.{shape.Schema.Fields[ordinal].Name}: {encoded[0][ordinal].Form}");
                yield return new(name, "values as they are", bytes, PlainBytes(columns[ordinal]) / rows, "B/row", null);
            }

            double[] seconds = await Measure.SecondsAsync(
                options.Repetitions, () => Seal(shape, columns, rows), () => Decode(shape, encoded));
            yield return Rate($"{shape.Name}: sealing", rows / seconds[0]);
            yield return Rate($"{shape.Name}: decoding", rows / seconds[1]);
        }
    }

    private static Comparison Rate(string name, double rowsPerSecond) =>
        new(name, "what a load needs", rowsPerSecond, WantedRowsPerSecond, "rows/s", null);

    private static Column[] Fill(MemoryShape shape, int rows)
    {
        ColumnBuilder[] builders =
            [.. shape.Schema.Fields.Select(field => ColumnBuilder.Create(field.Type, new StringPool(isInterned: true)))];
        foreach (object?[] values in shape.Rows(rows))
        {
            for (int ordinal = 0; ordinal < builders.Length; ordinal++) { Append(builders[ordinal], values[ordinal]); }
        }

        return [.. builders.Select(builder => builder.Finish())];
    }

    private static void Append(ColumnBuilder builder, object? value)
    {
        switch (value)
        {
            case null: builder.AppendNull(); break;
            case string text: ((StringColumnBuilder)builder).Append(text); break;
            case bool flag: ((FixedColumnBuilder<bool>)builder).Append(flag); break;
            case long number: ((FixedColumnBuilder<long>)builder).Append(number); break;
            case double number: ((FixedColumnBuilder<double>)builder).Append(number); break;
            case DateTime time:
                ((FixedColumnBuilder<long>)builder).Append((time - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);
                break;
            default: throw new InvalidOperationException($"A row holds a {value.GetType()}.");
        }
    }

    private static EncodedColumn[][] Seal(MemoryShape shape, Column[] columns, int rows)
    {
        ColumnStrings?[] strings = [.. columns.Select((column, ordinal) =>
            column is StringColumn ? new ColumnStrings(isUnique: shape.Schema.Fields[ordinal].Name == "id") : null)];
        var segments = new List<EncodedColumn[]>();
        for (int start = 0; start < rows; start += CompactSegment.MaxRows)
        {
            int end = Math.Min(rows, start + CompactSegment.MaxRows);
            segments.Add([.. columns.Select((column, ordinal) =>
            {
                OpenColumn open = OpenColumn.Create(column.Type, strings[ordinal]);
                open.Append(column, start, end);
                return open.Seal();
            })]);
        }

        return [.. segments];
    }

    private static void Decode(MemoryShape shape, EncodedColumn[][] encoded)
    {
        CompactSegment[] segments = [.. encoded.Select(columns => new CompactSegment(columns, columns[0].Count))];
        OrdinalList all = new([.. Enumerable.Range(0, shape.Schema.Fields.Count)]);
        StringPool?[] pools = CompactSegment.PoolsFor(segments, all, shape.Schema);
        long rows = 0;
        foreach (CompactSegment segment in segments) { rows += segment.Decode(all, pools).RowCount; }

        GC.KeepAlive(rows);
    }

    private static double PlainBytes(Column column) => column is StringColumn strings
        ? Enumerable.Range(0, column.Length).Sum(row => (double)strings.GetBytes(row).Length)
        : column.SizeInBytes;
}
