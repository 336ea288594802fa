using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Ctas.Cli.Plans;

/// <summary>A plan as one JSON object, for other programs.</summary>
internal static class PlanJson
{
    private static readonly JsonWriterOptions Options = new()
    {
        Indented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <summary>The object's text, with a final line break.</summary>
    public static string Render(LoadPlan plan)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer, Options);
        json.WriteStartObject();
        json.WriteStartArray("waves");
        foreach (PlannedWave wave in plan.Waves) { WriteWave(json, wave); }

        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        return Encoding.UTF8.GetString(buffer.WrittenSpan) + "\n";
    }

    private static void WriteWave(Utf8JsonWriter json, PlannedWave wave)
    {
        json.WriteStartObject();
        json.WriteNumber("number", wave.Number);
        json.WriteStartArray("tables");
        foreach (PlannedTable table in wave.Tables) { WriteTable(json, table); }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteTable(Utf8JsonWriter json, PlannedTable table)
    {
        json.WriteStartObject();
        json.WriteString("name", table.Name);
        WriteNames(json, "dependencies", table.Dependencies);
        WriteNames(json, "sources", table.Sources);
        WriteNames(json, "columns", table.Columns);
        WriteNames(json, "key", table.Key);
        json.WriteString("changeKind", table.ChangeKind);
        json.WriteString("model", table.Model);
        json.WriteString("explain", table.Explain);
        json.WriteEndObject();
    }

    private static void WriteNames(Utf8JsonWriter json, string property, IReadOnlyList<string> names)
    {
        json.WriteStartArray(property);
        foreach (string name in names) { json.WriteStringValue(name); }

        json.WriteEndArray();
    }
}
