using System.Buffers;
using System.Collections;
using System.Text;
using System.Text.Json;
using Ctas.Data;

namespace Ctas.Benchmarks.Shapes;

/// <summary>A shape of data as it is held in memory: in columns, as rows of a class, as JSON.</summary>
/// <param name="Name">How it is called in the report.</param>
/// <param name="Schema">Its columns; the first is the key, a VARCHAR.</param>
internal abstract record MemoryShape(string Name, Schema Schema)
{
    /// <summary>The shapes that are compared.</summary>
    public static IReadOnlyList<MemoryShape> All { get; } =
    [
        new MemoryShape<OrderRow>("orders", OrderRow.Columns, count => OrderRow.Generate(count), row => row.Values()),
        new MemoryShape<TelemetryRow>("telemetry", TelemetryRow.Columns, TelemetryRow.Generate, row => row.Values()),
        new MemoryShape<ProfileRow>("profiles", ProfileRow.Columns, ProfileRow.Generate, row => row.Values()),
    ];

    /// <summary>The shape of orders.</summary>
    public static MemoryShape Orders => All[0];

    /// <summary>The rows, boxed.</summary>
    public abstract IEnumerable<object?[]> Rows(int count);

    /// <summary>The rows as JSON under their keys.</summary>
    public IEnumerable<(string Key, byte[] Json)> Json(int count)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(bytes);
        foreach (object?[] row in Rows(count))
        {
            WriteJson(writer, row);
            yield return ((string)row[0]!, bytes.WrittenSpan.ToArray());
            bytes.ResetWrittenCount();
        }
    }

    /// <summary>Writes a row as an object, to the end; the writer can then write another.</summary>
    public void WriteJson(Utf8JsonWriter writer, object?[] row)
    {
        writer.WriteStartObject();
        for (int ordinal = 0; ordinal < row.Length; ordinal++)
        {
            writer.WritePropertyName(Schema.Fields[ordinal].Name);
            JsonSerializer.Serialize(writer, row[ordinal]);
        }

        writer.WriteEndObject();
        writer.Flush();
        writer.Reset();
    }

    /// <summary>An empty dictionary from the key to a row of the shape's own class, and what puts a JSON record into it.</summary>
    public abstract (ICollection Rows, Action<byte[], byte[]> Keep) JsonDictionary();

    /// <summary>A dictionary from the key to a row of the shape's own class.</summary>
    public abstract object TypedDictionary(int count);

    /// <summary>A dictionary from the key to a dictionary from the column to its boxed value.</summary>
    public object NaiveDictionary(int count) =>
        Rows(count).ToDictionary(row => (string)row[0]!, row => Schema.Fields.Zip(row)
            .Where(pair => pair.Second is not null)
            .ToDictionary(pair => pair.First.Name, pair => pair.Second!));

    /// <summary>Bytes of JSON a row, line ends not counted.</summary>
    public double JsonBytes(int count) => Rows(count).Average(row => JsonSerializer.SerializeToUtf8Bytes(
        Schema.Fields.Zip(row).ToDictionary(pair => pair.First.Name, pair => pair.Second)).Length);

    /// <summary>The columns as SQL declares them.</summary>
    public string Declaration(bool hasKey) => string.Join(", ", Schema.Fields.Select((field, ordinal) =>
        $"{field.Name} {field.Type}" + (hasKey && ordinal == 0 ? " PRIMARY KEY" : "")));
}

/// <summary>A shape whose rows have a class.</summary>
internal sealed record MemoryShape<TRow>(
    string Name, Schema Schema, Func<int, IEnumerable<TRow>> Generate, Func<TRow, object?[]> Values)
    : MemoryShape(Name, Schema)
{
    public override IEnumerable<object?[]> Rows(int count) => Generate(count).Select(Values);

    public override object TypedDictionary(int count) => Generate(count).ToDictionary(row => (string)Values(row)[0]!);

    public override (ICollection Rows, Action<byte[], byte[]> Keep) JsonDictionary()
    {
        var rows = new Dictionary<string, TRow>();
        return (rows, (key, json) => rows[Encoding.UTF8.GetString(key)] = JsonSerializer.Deserialize<TRow>(json, JsonSerializerOptions.Web)!);
    }
}
