using System.Text;
using System.Text.Json;
using CsCheck;
using Ctas.Execution.Kernels.Functions;

namespace Ctas.Tests.Execution;

/// <summary>Reaching into JSON text finds what stepping through a parsed document finds.</summary>
public sealed class JsonReachTests
{
    private static Gen<string> Json(int depth) => depth == 0
        ? Pick("1", "-2.50", "\"a\"", "\"\\u0061\\n\"", "null", "true", " [ ] ", "{}")
        : Gen.OneOf(
            Json(0),
            Json(depth - 1).Array[0, 3].Select(items => $"[{string.Join(" , ", items)}]"),
            Gen.Select(Pick("a", "b", "\\u0061", "ä"), Json(depth - 1)).Array[0, 4].Select(fields =>
                $"{{ {string.Join(",", fields.Select(field => $"\"{field.Item1}\" : {field.Item2}"))} }}"));

    private static Gen<string> Text { get; } = Gen.Frequency(
        (8, Json(3)),
        (1, Json(2).Select(json => json + " 1")),
        (1, Json(2).Select(json => json[..^1])),
        (1, Gen.Const("")));

    private static Gen<JsonStep> Steps { get; } = Gen.OneOf(
        Pick("a", "b", "ä", "c").Select(name => new JsonStep(Encoding.UTF8.GetBytes(name), 0)),
        Gen.Int[-3, 3].Select(place => new JsonStep(null, place)));

    [Fact]
    public void TryFind_RandomTextAndSteps_FindsWhatTheDocumentHas() =>
        Gen.Select(Text, Steps.Array[0, 4]).Sample((text, steps) =>
        {
            byte[] json = Encoding.UTF8.GetBytes(text);

            string? actual = JsonReach.TryFind(json, steps, out JsonPart part)
                ? Encoding.UTF8.GetString(json, part.Start, part.Length)
                : null;

            actual.Should().Be(InDocument(text, steps), "of {0}", text);
        });

    [Fact]
    public void IsJson_RandomText_IsWhatTheParserSays() => Text.Sample(text =>
        JsonReach.IsJson(Encoding.UTF8.GetBytes(text)).Should().Be(Parse(text) is not null, "of {0}", text));

    [Fact]
    public void TryFind_AnyText_AllocatesNothing()
    {
        byte[] json = """{"a": [1, {"b": "c"}, 3], "z": {"a": null}}"""u8.ToArray();
        JsonStep[] steps = [new("a"u8.ToArray(), 0), new(null, -2), new("b"u8.ToArray(), 0)];
        JsonReach.TryFind(json, steps, out _).Should().BeTrue();

        Allocations.Of(() =>
        {
            for (int row = 0; row < 1000; row++) { JsonReach.TryFind(json, steps, out _); }
        }).Should().Be(0);
    }

    private static string? InDocument(string text, JsonStep[] steps)
    {
        JsonElement? found = Parse(text);
        foreach (JsonStep step in steps)
        {
            if (found is not { } value) { return null; }

            found = (step.Name, value.ValueKind) switch
            {
                ({ } name, JsonValueKind.Object) => value.TryGetProperty(name, out JsonElement field) ? field : null,
                (null, JsonValueKind.Array) => Item(value, (int)step.Place),
                _ => null,
            };
        }

        return found?.GetRawText();
    }

    private static JsonElement? Item(JsonElement array, int place)
    {
        JsonElement[] items = [.. array.EnumerateArray()];
        int index = place < 0 ? items.Length + place : place;
        return index >= 0 && index < items.Length ? items[index] : null;
    }

    private static JsonElement? Parse(string text)
    {
        try { return JsonDocument.Parse(text).RootElement; }
        catch (JsonException) { return null; }
    }

    private static Gen<string> Pick(params string[] texts) => Gen.Int[0, texts.Length - 1].Select(i => texts[i]);
}
