using System.Text.Json;

namespace Ctas.Execution.Kernels.Functions;

/// <summary>One step into JSON.</summary>
/// <param name="Name">The field of an object, UTF-8; null for a place.</param>
/// <param name="Place">The place in an array from 0; negative ones count from the end.</param>
internal readonly record struct JsonStep(byte[]? Name, long Place);

/// <summary>Where a value lies in JSON text.</summary>
/// <param name="Start">Its first byte.</param>
/// <param name="Length">Its bytes.</param>
/// <param name="Kind">How it begins; None where there is no value.</param>
internal readonly record struct JsonPart(int Start, int Length, JsonTokenType Kind)
{
    /// <summary>True for an object or array.</summary>
    public bool IsStructure => Kind is JsonTokenType.StartObject or JsonTokenType.StartArray;
}

/// <summary>Reaches into JSON text by plain steps, in one pass and without a document. Of equal fields the last one counts.</summary>
internal static class JsonReach
{
    /// <summary>True when the text is JSON, whole.</summary>
    public static bool IsJson(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        try
        {
            bool hasValue = false;
            while (reader.Read()) { hasValue = true; }

            return hasValue;
        }
        catch (JsonException)
        {
            // Told by the result.
            return false;
        }
    }

    /// <summary>The value that the steps lead to; false when there is none, or the text is no JSON.</summary>
    public static bool TryFind(ReadOnlySpan<byte> json, ReadOnlySpan<JsonStep> steps, out JsonPart part)
    {
        part = default;
        var reader = new Utf8JsonReader(json);
        try
        {
            if (!reader.Read()) { return false; }

            JsonPart found = Find(ref reader, steps);

            // What follows the value would be a mistake, which is found here.
            reader.Read();
            part = found;
            return found.Kind != JsonTokenType.None;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Text that is no JSON, or names that are no text, have no fields.
            return false;
        }
    }

    /// <summary>The part of the value that the reader is at; the reader goes to the value's end.</summary>
    private static JsonPart Find(ref Utf8JsonReader reader, ReadOnlySpan<JsonStep> steps)
    {
        if (steps.IsEmpty)
        {
            int start = (int)reader.TokenStartIndex;
            JsonTokenType kind = reader.TokenType;
            reader.Skip();
            return new JsonPart(start, (int)reader.BytesConsumed - start, kind);
        }

        switch (steps[0].Name, reader.TokenType)
        {
            case ({ } name, JsonTokenType.StartObject):
                return FindField(ref reader, name, steps[1..]);
            case (null, JsonTokenType.StartArray):
                return FindItem(ref reader, steps[0].Place, steps[1..]);
            default:
                reader.Skip();
                return default;
        }
    }

    private static JsonPart FindField(ref Utf8JsonReader reader, byte[] name, ReadOnlySpan<JsonStep> rest)
    {
        JsonPart found = default;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isMeant = reader.ValueTextEquals(name);
            reader.Read();
            if (isMeant) { found = Find(ref reader, rest); }
            else { reader.Skip(); }
        }

        return found;
    }

    private static JsonPart FindItem(ref Utf8JsonReader reader, long place, ReadOnlySpan<JsonStep> rest)
    {
        JsonPart found = default;
        if (place < 0) { place += Count(reader); }

        for (long at = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; at++)
        {
            if (at == place) { found = Find(ref reader, rest); }
            else { reader.Skip(); }
        }

        return found;
    }

    /// <summary>The number of items of the array that has begun; the reader of the caller stays where it is.</summary>
    private static long Count(Utf8JsonReader reader)
    {
        long count = 0;
        for (; reader.Read() && reader.TokenType != JsonTokenType.EndArray; count++) { reader.Skip(); }

        return count;
    }
}
