using System.Buffers;
using System.Buffers.Text;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using Ctas.Data;
using Ctas.Data.Nested;

namespace Ctas.Execution.Kernels.Functions;

/// <summary>Kernels of the functions of JSON text. Text that is no JSON gives NULL, as in ksqlDB.</summary>
internal static class JsonFunctionKernels
{
    private static readonly Outcome NoPath = Outcome.Fail("path cannot be read");

    public static IReadOnlyDictionary<string, FunctionCompiler> All { get; } =
        new Dictionary<string, FunctionCompiler>(StringComparer.Ordinal)
        {
            ["EXTRACTJSONFIELD"] = call => CompileExtract(call, Shown.Text),
            ["JSON_VALUE"] = call => CompileExtract(call, Shown.Scalar),
            ["JSON_QUERY"] = call => CompileExtract(call, Shown.Structure),
            ["JSON_EXTRACT"] = call => CompileExtract(call, Shown.Json),
            ["JSON_GET"] = call => CompileGet(call, Shown.Json),
            ["JSON_GET_TEXT"] = call => CompileGet(call, Shown.Text),
            ["JSON_EXTRACT_PATH"] = call => CompileSteps(call, Shown.Json),
            ["JSON_EXTRACT_PATH_TEXT"] = call => CompileSteps(call, Shown.Text),
            ["JSON_KEYS"] = call => CompileList(call, JsonValueKind.Object, (json, writer) =>
            {
                foreach (JsonProperty property in json.EnumerateObject()) { WriteName(property, writer); }
            }),
            ["JSON_ITEMS"] = call => CompileList(call, JsonValueKind.Array, (json, writer) =>
            {
                foreach (JsonElement item in json.EnumerateArray()) { writer.WriteBytes(JsonMarshal.GetRawUtf8Value(item)); }
            }),
            ["JSON_RECORDS"] = call => CompileList(call, JsonValueKind.Object, (json, writer) =>
            {
                foreach (JsonProperty property in json.EnumerateObject())
                {
                    WriteName(property, writer);
                    writer.WriteBytes(JsonMarshal.GetRawUtf8Value(property.Value));
                }
            }),
            ["JSON_ARRAY_LENGTH"] = call => call.Value((RowArguments row, out int result) =>
            {
                using JsonDocument? document = Parse(row.Bytes(0));
                bool isArray = document?.RootElement.ValueKind == JsonValueKind.Array;
                result = isArray ? document!.RootElement.GetArrayLength() : 0;
                return isArray ? Outcome.Value : Outcome.Null;
            }),
            ["JSON_ARRAY_CONTAINS"] = CompileContains,
            ["IS_JSON_STRING"] = call => call.Value((RowArguments row, out bool result) =>
            {
                result = row.Has(0) && JsonReach.IsJson(row.Bytes(0));
                return Outcome.Value;
            }, RowOptions.TakesNull),
            ["TO_JSON_STRING"] = CompileToJson,
            ["JSON_CONCAT"] = call => call.Text(Concat),
        };

    private enum Shown
    {
        /// <summary>Text without quotes, structures as JSON; null is NULL.</summary>
        Text,

        /// <summary>As Text; structures are NULL.</summary>
        Scalar,

        /// <summary>Objects and arrays as JSON; scalars are NULL.</summary>
        Structure,

        /// <summary>Everything as JSON.</summary>
        Json,
    }

    private static Kernel CompileExtract(FunctionCall call, Shown shown)
    {
        var paths = new CodeCache<JsonPath?>(JsonPath.Read);
        var found = new List<JsonElement>();
        return call.Text((row, output) =>
        {
            if (paths.Of(row, 1) is not { } path) { return NoPath; }

            if (path.PlainSteps is { } steps)
            {
                return WritePart(row.Bytes(0), steps, shown, output);
            }

            using JsonDocument? document = Parse(row.Bytes(0));
            if (document is null) { return Outcome.Null; }

            found.Clear();
            path.Find(document.RootElement, found);
            if (found.Count == 0 || shown == Shown.Scalar) { return Outcome.Null; }

            WriteArray(found, output);
            return Outcome.Value;
        }, RowOptions.CanFail);
    }

    private static void WriteArray(List<JsonElement> items, ByteWriter output)
    {
        output.Append((byte)'[');
        for (int i = 0; i < items.Count; i++)
        {
            if (i > 0) { output.Append((byte)','); }

            output.Append(JsonMarshal.GetRawUtf8Value(items[i]));
        }

        output.Append((byte)']');
    }

    /// <summary>A field of an object by its name, an item of an array by its place.</summary>
    private static Kernel CompileGet(FunctionCall call, Shown shown)
    {
        bool isPlace = call.Expression.Arguments[1].Type.Kind == DataTypeKind.BigInt;
        var names = new CodeCache<JsonStep>(name => new JsonStep(Utf8(name), 0));
        return call.Text((row, output) =>
        {
            JsonStep step = isPlace ? new JsonStep(null, row.BigInt(1)) : names.Of(row, 1);
            return WritePart(row.Bytes(0), [step], shown, output);
        });
    }

    /// <summary>One step for each argument; a number steps into an array.</summary>
    private static Kernel CompileSteps(FunctionCall call, Shown shown) => call.Text((row, output) =>
    {
        using JsonDocument? document = Parse(row.Bytes(0));
        JsonElement? found = document?.RootElement;
        for (int step = 1; step < row.Count && found is { } value; step++)
        {
            ReadOnlySpan<byte> name = row.Bytes(step);
            found = value.ValueKind == JsonValueKind.Array && Utf8Parser.TryParse(name, out long place, out int read) && read == name.Length
                ? Item(value, place)
                : Field(value, name);
        }

        // Found in a document, of which the text of a part is a part.
        return found is { } last ? WritePart(JsonMarshal.GetRawUtf8Value(last), [], shown, output) : Outcome.Null;
    });

    private static JsonElement? Field(JsonElement value, ReadOnlySpan<byte> name) =>
        value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out JsonElement field) ? field : null;

    /// <summary>The item at a place from 0; negative ones count from the end.</summary>
    private static JsonElement? Item(JsonElement value, long place)
    {
        if (value.ValueKind != JsonValueKind.Array) { return null; }

        int length = value.GetArrayLength();
        long index = place < 0 ? length + place : place;
        return index >= 0 && index < length ? value[(int)index] : null;
    }

    /// <summary>Writes what the steps lead to.</summary>
    private static Outcome WritePart(
        ReadOnlySpan<byte> json, ReadOnlySpan<JsonStep> steps, Shown shown, ByteWriter output)
    {
        if (!JsonReach.TryFind(json, steps, out JsonPart part)) { return Outcome.Null; }

        bool isMissing = part.Kind == JsonTokenType.Null && shown != Shown.Json;
        if (isMissing || (shown == Shown.Scalar && part.IsStructure) || (shown == Shown.Structure && !part.IsStructure))
        {
            return Outcome.Null;
        }

        ReadOnlySpan<byte> raw = json.Slice(part.Start, part.Length);
        bool isText = part.Kind == JsonTokenType.String && shown is (Shown.Text or Shown.Scalar);
        if (isText && raw.Contains((byte)'\\')) { return WriteUnescaped(raw, output); }

        output.Append(isText ? raw[1..^1] : raw);
        return Outcome.Value;
    }

    private static Outcome WriteUnescaped(ReadOnlySpan<byte> text, ByteWriter output)
    {
        var reader = new Utf8JsonReader(text);
        reader.Read();
        try
        {
            output.Advance(reader.CopyString(output.Reserve(text.Length)));
            return Outcome.Value;
        }
        catch (InvalidOperationException)
        {
            // Half of a character: no text holds it.
            return Outcome.Null;
        }
    }

    private static Kernel CompileList(
        FunctionCall call, JsonValueKind kind, Action<JsonElement, NestedValueWriter> write)
    {
        ValueShape shape = ValueShape.Of(call.Type);
        var writer = new NestedValueWriter();
        return call.Text((row, output) =>
        {
            using JsonDocument? document = Parse(row.Bytes(0));
            if (document is null || document.RootElement.ValueKind != kind) { return Outcome.Null; }

            writer.Begin(shape);
            write(document.RootElement, writer);
            writer.End();
            output.Append(writer.Written);
            return Outcome.Value;
        });
    }

    private static void WriteName(JsonProperty property, NestedValueWriter writer)
    {
        ReadOnlySpan<byte> name = JsonMarshal.GetRawUtf8PropertyName(property);
        writer.WriteBytes(name.Contains((byte)'\\') ? Utf8(property.Name) : name);
    }

    // The value as JSON, compared as JSON: 1 is in [1.0], 'a' in ["a"], NULL in [null].
    private static Kernel CompileContains(FunctionCall call)
    {
        var wanted = new JsonText(call.Expression.Arguments[1].Type);
        return call.Value((RowArguments row, out bool result) =>
        {
            result = false;
            if (!row.Has(0)) { return Outcome.Null; }

            using JsonDocument? document = Parse(row.Bytes(0));
            if (document?.RootElement.ValueKind != JsonValueKind.Array) { return Outcome.Value; }

            using JsonDocument value = JsonDocument.Parse(wanted.Write(row, 1).ToArray());
            foreach (JsonElement item in document.RootElement.EnumerateArray())
            {
                result |= JsonElement.DeepEquals(item, value.RootElement);
            }

            return Outcome.Value;
        }, RowOptions.TakesNull);
    }

    private static Kernel CompileToJson(FunctionCall call)
    {
        var json = new JsonText(call.Expression.Arguments[0].Type);
        return call.Text((row, output) =>
        {
            output.Append(json.Write(row, 0));
            return Outcome.Value;
        }, RowOptions.TakesNull);
    }

    // Objects become one, of equal fields the last one stays; arrays follow one another; other values are items.
    private static Outcome Concat(RowArguments row, ByteWriter output)
    {
        var documents = new List<JsonDocument>();
        try
        {
            for (int i = 0; i < row.Count; i++)
            {
                if (Parse(row.Bytes(i)) is not { } document) { return Outcome.Null; }

                documents.Add(document);
            }

            if (documents.TrueForAll(document => document.RootElement.ValueKind == JsonValueKind.Object)) { Merge(documents, output); }
            else { Join(documents, output); }

            return Outcome.Value;
        }
        finally
        {
            foreach (JsonDocument document in documents) { document.Dispose(); }
        }
    }

    private static void Merge(List<JsonDocument> documents, ByteWriter output)
    {
        var fields = new OrderedDictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (JsonDocument document in documents)
        {
            foreach (JsonProperty property in document.RootElement.EnumerateObject()) { fields[property.Name] = property.Value; }
        }

        output.Append((byte)'{');
        int written = 0;
        foreach ((string name, JsonElement value) in fields)
        {
            if (written++ > 0) { output.Append((byte)','); }

            output.Append((byte)'"');
            output.Append(JsonEncodedText.Encode(name).EncodedUtf8Bytes);
            output.Append("\":"u8);
            output.Append(JsonMarshal.GetRawUtf8Value(value));
        }

        output.Append((byte)'}');
    }

    private static void Join(List<JsonDocument> documents, ByteWriter output)
    {
        output.Append((byte)'[');
        int written = 0;
        foreach (JsonDocument document in documents)
        {
            if (document.RootElement.ValueKind != JsonValueKind.Array)
            {
                AppendItem(document.RootElement, output, ref written);
                continue;
            }

            foreach (JsonElement item in document.RootElement.EnumerateArray()) { AppendItem(item, output, ref written); }
        }

        output.Append((byte)']');
    }

    private static void AppendItem(JsonElement item, ByteWriter output, ref int written)
    {
        if (written++ > 0) { output.Append((byte)','); }

        output.Append(JsonMarshal.GetRawUtf8Value(item));
    }

    private static JsonDocument? Parse(ReadOnlySpan<byte> text)
    {
        var reader = new Utf8JsonReader(text);
        try
        {
            return HasWholeCharacters(text)
                && JsonDocument.TryParseValue(ref reader, out JsonDocument? document) && IsWhole(ref reader, document)
                ? document
                : null;
        }
        catch (JsonException)
        {
            // Text that is no JSON has no fields.
            return null;
        }
    }

    /// <summary>False where an escape in a name or a text is half of a character: no text holds it, so that nothing can be read there.</summary>
    /// <exception cref="JsonException">The text is no JSON.</exception>
    private static bool HasWholeCharacters(ReadOnlySpan<byte> text)
    {
        if (text.IndexOf("\\u"u8) < 0) { return true; }

        byte[] scratch = ArrayPool<byte>.Shared.Rent(text.Length);
        try
        {
            for (var reader = new Utf8JsonReader(text); reader.Read();)
            {
                if (reader.ValueIsEscaped) { reader.CopyString(scratch); }
            }

            return true;
        }
        catch (InvalidOperationException)
        {
            // Told by the result.
            return false;
        }
        finally { ArrayPool<byte>.Shared.Return(scratch); }
    }

    private static bool IsWhole(ref Utf8JsonReader reader, JsonDocument document)
    {
        if (!reader.Read()) { return true; }

        document.Dispose();
        return false;
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    /// <summary>Values of one type as JSON. Single-threaded.</summary>
    private sealed class JsonText(DataType type)
    {
        private readonly ValueShape _shape = ValueShape.Of(type);
        private readonly NestedJson _json = new();

        public ReadOnlySpan<byte> Write(RowArguments row, int argument) => row.Has(argument)
            ? _json.Write(_shape, NestedColumns.Read(row.Column(argument), row.Row, new byte[16]))
            : "null"u8;
    }
}
