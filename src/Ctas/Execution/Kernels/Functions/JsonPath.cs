using System.Text;
using System.Text.Json;

namespace Ctas.Execution.Kernels.Functions;

/// <summary>
/// A JSON path as <c>$.a.b[0]['c'][*]..d</c>: fields, places from 0 (negative ones from the end), every item,
/// fields at any depth; <c>[?(@.x > 1)]</c> the items that meet a condition, <c>?(@.x > 1)</c> the values found so far
/// that do.
/// </summary>
internal sealed class JsonPath
{
    private readonly List<Step> _steps = [];

    private JsonPath()
    {
    }

    private enum StepKind
    {
        Field,
        Place,
        Every,
        Deep,
        Children,
        Values,
    }

    /// <summary>The steps when all are fields and places; null when the path can find more than one value.</summary>
    public JsonStep[]? PlainSteps { get; private set; }

    /// <summary>True when the path can find more than one value.</summary>
    public bool IsMany => _steps.Any(step => step.Kind is not (StepKind.Field or StepKind.Place));

    /// <summary>Reads a path; null when it is none.</summary>
    public static JsonPath? Read(string text)
    {
        var path = new JsonPath();
        int at = text.StartsWith('$') ? 1 : 0;
        bool isFirst = at == 0;
        while (at < text.Length)
        {
            if (text[at] == ' ') { at++; }
            else if (text[at] == '[')
            {
                if (!path.TryBracket(text, ref at)) { return null; }
            }
            else if (text[at] == '?')
            {
                if (!path.TryFilter(text, ref at, StepKind.Values)) { return null; }
            }
            else
            {
                bool isDeep = text.AsSpan(at).StartsWith("..");
                bool hasDot = text[at] == '.';
                if (!hasDot && !isFirst) { return null; }

                at += isDeep ? 2 : hasDot ? 1 : 0;
                if (!path.TryName(text, ref at, isDeep)) { return null; }
            }

            isFirst = false;
        }

        if (!path.IsMany)
        {
            path.PlainSteps = [.. path._steps.Select(step => step.Kind == StepKind.Field
                ? new JsonStep(Encoding.UTF8.GetBytes(step.Name), 0)
                : new JsonStep(null, step.Place))];
        }

        return path;
    }

    /// <summary>Finds values, in the order of the document.</summary>
    public void Find(JsonElement root, List<JsonElement> found) => Find(root, 0, found);

    private void Find(JsonElement value, int step, List<JsonElement> found)
    {
        if (step == _steps.Count)
        {
            found.Add(value);
            return;
        }

        Step current = _steps[step];
        switch (current.Kind)
        {
            case StepKind.Field when value.ValueKind == JsonValueKind.Object:
                if (value.TryGetProperty(current.Name, out JsonElement field)) { Find(field, step + 1, found); }

                break;
            case StepKind.Place when value.ValueKind == JsonValueKind.Array:
                int length = value.GetArrayLength();
                int place = current.Place < 0 ? length + current.Place : current.Place;
                if (place >= 0 && place < length) { Find(value[place], step + 1, found); }

                break;
            case StepKind.Every:
                VisitChildren(value, step, found);
                break;
            case StepKind.Deep:
                FindDeep(value, step, found);
                break;
            case StepKind.Values when value.ValueKind != JsonValueKind.Array:
                if (current.Filter!.Keeps(value)) { Find(value, step + 1, found); }

                break;
            case StepKind.Children or StepKind.Values:
                VisitChildren(value, step, found);
                break;
        }
    }

    private void FindDeep(JsonElement value, int step, List<JsonElement> found)
    {
        if (value.ValueKind == JsonValueKind.Object && value.TryGetProperty(_steps[step].Name, out JsonElement field))
        {
            Find(field, step + 1, found);
        }

        VisitChildren(value, step, found);
    }

    private void VisitChildren(JsonElement value, int step, List<JsonElement> found)
    {
        if (value.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement item in value.EnumerateArray()) { Visit(item, step, found); }
        }
        else if (value.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty property in value.EnumerateObject()) { Visit(property.Value, step, found); }
        }
    }

    private void Visit(JsonElement child, int step, List<JsonElement> found)
    {
        Step current = _steps[step];
        if (current.Kind == StepKind.Deep) { FindDeep(child, step, found); }
        else if (current.Filter is null || current.Filter.Keeps(child)) { Find(child, step + 1, found); }
    }

    private bool TryName(string text, ref int at, bool isDeep)
    {
        int start = at;
        while (at < text.Length && text[at] is not ('.' or '[' or '?')) { at++; }

        string name = text[start..at].TrimEnd();
        if (name.Length == 0) { return false; }

        _steps.Add(name == "*" && !isDeep ? new Step(StepKind.Every, "", 0) : new Step(isDeep ? StepKind.Deep : StepKind.Field, name, 0));
        return true;
    }

    private bool TryBracket(string text, ref int at)
    {
        int first = at + 1;
        while (first < text.Length && text[first] == ' ') { first++; }

        if (first < text.Length && text[first] == '?')
        {
            at = first;
            if (!TryFilter(text, ref at, StepKind.Children)) { return false; }

            while (at < text.Length && text[at] == ' ') { at++; }

            return at < text.Length && text[at++] == ']';
        }

        int end = text.IndexOf(']', at);
        if (end < 0) { return false; }

        string inside = text[(at + 1)..end].Trim();
        char quote = inside.Length > 1 ? inside[0] : ' ';
        if (quote is '\'' or '"')
        {
            end = text.IndexOf($"{quote}]", at + 2, StringComparison.Ordinal) + 1;
            if (end <= 0) { return false; }

            _steps.Add(new Step(StepKind.Field, text[(text.IndexOf(quote, at) + 1)..(end - 1)], 0));
        }
        else if (inside == "*") { _steps.Add(new Step(StepKind.Every, "", 0)); }
        else if (int.TryParse(inside, System.Globalization.CultureInfo.InvariantCulture, out int place))
        {
            _steps.Add(new Step(StepKind.Place, "", place));
        }
        else { return false; }

        at = end + 1;
        return true;
    }

    private bool TryFilter(string text, ref int at, StepKind kind)
    {
        if (JsonPathFilter.Read(text, ref at) is not { } filter) { return false; }

        _steps.Add(new Step(kind, "", 0) { Filter = filter });
        return true;
    }

    private readonly record struct Step(StepKind Kind, string Name, int Place)
    {
        /// <summary>The condition of Children and Values; null for other steps.</summary>
        public JsonPathFilter? Filter { get; init; }
    }
}
