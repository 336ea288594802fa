using System.Globalization;
using Ctas.Data;
using Ctas.Tables;

namespace Ctas.Tests.Tables;

/// <summary>Batches and tables of plain .NET values.</summary>
internal static class TestTable
{
    /// <summary>One column of every stored type.</summary>
    public static readonly Schema AllTypes = new(
    [
        new Field("text", DataType.Varchar),
        new Field("number", DataType.Int),
        new Field("big", DataType.BigInt),
        new Field("flag", DataType.Boolean),
        new Field("ratio", DataType.Double),
        new Field("price", DataType.Decimal(38, 2)),
        new Field("raw", DataType.Bytes),
        new Field("day", DataType.Date),
        new Field("clock", DataType.Time),
        new Field("moment", DataType.Timestamp),
        new Field("span", DataType.Interval),
    ]);

    /// <summary>A batch whose strings lie in a pool of its own.</summary>
    public static Batch Batch(Schema schema, IReadOnlyList<object?[]> rows, bool isInterned = true)
    {
        var columns = new Column[schema.Fields.Count];
        for (int ordinal = 0; ordinal < columns.Length; ordinal++)
        {
            DataType type = schema.Fields[ordinal].Type;
            ColumnBuilder builder = ColumnBuilder.Create(type, new StringPool(isInterned));
            foreach (object?[] row in rows) { Append(builder, row[ordinal], type.Scale); }

            columns[ordinal] = builder.Finish();
        }

        return new Batch(columns, rows.Count);
    }

    /// <summary>A table of one batch.</summary>
    public static ITable Create(TableModel model, Schema schema, params object?[][] rows)
    {
        using var builder = TableBuilder.Create(model, "t", schema);
        builder.Append(new ChangeBatch(Batch(schema, rows)));
        return builder.Complete();
    }

    /// <summary>A key of boxed values.</summary>
    public static TableKey Key(IEnumerable<object?> values) => new([.. values.Select(KeyPart)]);

    /// <summary>A row as text that differs when any value does.</summary>
    public static string Text(IEnumerable<object?> values) => string.Join("|", values.Select(value => value switch
    {
        null => "NULL",
        byte[] bytes => "x" + Convert.ToHexString(bytes),
        double number => number.ToString("R", CultureInfo.InvariantCulture),
        DateTime time => time.ToString("O", CultureInfo.InvariantCulture),
        TimeOnly time => time.ToString("O", CultureInfo.InvariantCulture),
        IFormattable other => other.ToString(null, CultureInfo.InvariantCulture),
        _ => "'" + value + "'",
    }));

    /// <summary>The values of a row.</summary>
    public static object?[] Values(Row row) =>
        [.. Enumerable.Range(0, row.ColumnCount).Select(ordinal => row[ordinal])];

    /// <summary>All rows that a scan gives, as sorted text.</summary>
    public static IReadOnlyList<string> ScanText(ITable table) => [.. table.Scan()
        .SelectMany(batch => Enumerable.Range(0, batch.RowCount).Select(row => Text(Values(batch.GetRow(row)))))
        .Order(StringComparer.Ordinal)];

    private static KeyValue KeyPart(object? value) => value switch
    {
        null => KeyValue.Null,
        string text => text,
        int number => number,
        long number => number,
        bool flag => flag,
        double number => number,
        decimal number => number,
        byte[] bytes => bytes,
        DateOnly day => day,
        TimeOnly time => time,
        DateTime time => time,
        Interval interval => interval,
        _ => throw new ArgumentException(value.GetType().Name),
    };

    private static void Append(ColumnBuilder builder, object? value, int scale)
    {
        switch (value)
        {
            case null: builder.AppendNull(); break;
            case string text: ((StringColumnBuilder)builder).Append(text); break;
            case byte[] bytes: ((StringColumnBuilder)builder).Append(bytes); break;
            case bool flag: ((FixedColumnBuilder<bool>)builder).Append(flag); break;
            case int number: ((FixedColumnBuilder<int>)builder).Append(number); break;
            case long number: ((FixedColumnBuilder<long>)builder).Append(number); break;
            case double number: ((FixedColumnBuilder<double>)builder).Append(number); break;
            case decimal number: ((FixedColumnBuilder<Int128>)builder).Append(Unscale(number, scale)); break;
            case Interval interval: ((FixedColumnBuilder<Interval>)builder).Append(interval); break;
            case DateOnly day:
                ((FixedColumnBuilder<int>)builder).Append(day.DayNumber - new DateOnly(1970, 1, 1).DayNumber);
                break;
            case TimeOnly time:
                ((FixedColumnBuilder<long>)builder).Append(time.Ticks / TimeSpan.TicksPerMicrosecond);
                break;
            case DateTime time:
                ((FixedColumnBuilder<long>)builder)
                    .Append((time - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);
                break;
            default: throw new ArgumentException(value.GetType().Name);
        }
    }

    private static Int128 Unscale(decimal value, int scale)
    {
        for (int digit = 0; digit < scale; digit++) { value *= 10; }

        return (Int128)value;
    }
}
