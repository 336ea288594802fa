using System.Globalization;
using System.Text.Json;

namespace Ctas.Execution.Kernels.Functions;

/// <summary>
/// The condition of a path: <c>?(@.price &lt; 10 &amp;&amp; !@.sold)</c>. What <c>@</c> finds is compared with a literal
/// or with what another <c>@</c> finds; alone it asks whether there is something.
/// </summary>
/// <remarks>
/// Operators: <c>== = != &lt;&gt; &lt; &lt;= &gt; &gt;= &amp;&amp; || !</c>. Numbers are compared with numbers and
/// texts with texts; values of different kinds are unequal, and neither is less.
/// Single-threaded, for it keeps the lists of what its paths find.
/// </remarks>
internal abstract record JsonPathFilter
{
    /// <summary>True for values that stay.</summary>
    public abstract bool Keeps(JsonElement value);

    /// <summary>Reads a condition that starts at <c>?</c>; null when it is none.</summary>
    /// <param name="at">Moved behind the condition.</param>
    public static JsonPathFilter? Read(string text, ref int at)
    {
        var reader = new Reader(text, at + 1);
        JsonPathFilter? filter = reader.ReadOr();
        at = reader.At;
        return filter;
    }

    private sealed record Either(JsonPathFilter Left, JsonPathFilter Right) : JsonPathFilter
    {
        public override bool Keeps(JsonElement value) => Left.Keeps(value) || Right.Keeps(value);
    }

    private sealed record Both(JsonPathFilter Left, JsonPathFilter Right) : JsonPathFilter
    {
        public override bool Keeps(JsonElement value) => Left.Keeps(value) && Right.Keeps(value);
    }

    private sealed record Negated(JsonPathFilter Inner) : JsonPathFilter
    {
        public override bool Keeps(JsonElement value) => !Inner.Keeps(value);
    }

    private sealed record Present(JsonPath Path) : JsonPathFilter
    {
        private readonly List<JsonElement> _found = [];

        public override bool Keeps(JsonElement value) => Find(Path, value, _found).Count > 0;
    }

    private sealed record Comparison(string Symbol, Operand Left, Operand Right) : JsonPathFilter
    {
        public override bool Keeps(JsonElement value)
        {
            foreach (JsonElement left in Left.Values(value))
            {
                foreach (JsonElement right in Right.Values(value))
                {
                    if (Holds(left, right)) { return true; }
                }
            }

            return false;
        }

        private bool Holds(JsonElement left, JsonElement right)
        {
            if (Symbol == "==") { return JsonElement.DeepEquals(left, right); }

            if (Symbol == "!=") { return !JsonElement.DeepEquals(left, right); }

            if (left.ValueKind != right.ValueKind) { return false; }

            int order = left.ValueKind switch
            {
                JsonValueKind.Number => left.GetDouble().CompareTo(right.GetDouble()),
                JsonValueKind.String => string.CompareOrdinal(left.GetString(), right.GetString()),
                _ => 0,
            };
            bool isOrdered = left.ValueKind is JsonValueKind.Number or JsonValueKind.String;
            return isOrdered && Symbol switch
            {
                "<" => order < 0,
                "<=" => order <= 0,
                ">" => order > 0,
                _ => order >= 0,
            };
        }
    }

    /// <summary>A literal, or what a path finds in the value at hand.</summary>
    private sealed record Operand(JsonPath? Path, JsonElement Literal)
    {
        private readonly List<JsonElement> _values = Path is null ? [Literal] : [];

        public List<JsonElement> Values(JsonElement value) => Path is null ? _values : Find(Path, value, _values);
    }

    /// <summary>What a path finds, in the list that its owner keeps for it.</summary>
    private static List<JsonElement> Find(JsonPath path, JsonElement value, List<JsonElement> found)
    {
        found.Clear();
        path.Find(value, found);
        return found;
    }

    /// <summary>Recursive descent over the text of a condition.</summary>
    private struct Reader(string text, int at)
    {
        public int At { get; private set; } = at;

        public JsonPathFilter? ReadOr()
        {
            JsonPathFilter? left = ReadAnd();
            while (left is not null && Take("||"))
            {
                left = ReadAnd() is { } right ? new Either(left, right) : null;
            }

            return left;
        }

        private JsonPathFilter? ReadAnd()
        {
            JsonPathFilter? left = ReadOne();
            while (left is not null && Take("&&"))
            {
                left = ReadOne() is { } right ? new Both(left, right) : null;
            }

            return left;
        }

        private JsonPathFilter? ReadOne()
        {
            if (Take("!")) { return ReadOne() is { } operand ? new Negated(operand) : null; }

            if (Take("("))
            {
                JsonPathFilter? inner = ReadOr();
                return Take(")") ? inner : null;
            }

            if (ReadOperand() is not { } left) { return null; }

            if (TakeSymbol() is not { } symbol) { return left.Path is { } path ? new Present(path) : null; }

            return ReadOperand() is { } right ? new Comparison(symbol, left, right) : null;
        }

        private string? TakeSymbol()
        {
            foreach (string symbol in (ReadOnlySpan<string>)["==", "!=", "<>", "<=", ">=", "=", "<", ">"])
            {
                if (Take(symbol)) { return symbol switch { "=" => "==", "<>" => "!=", _ => symbol }; }
            }

            return null;
        }

        private Operand? ReadOperand()
        {
            SkipSpaces();
            if (At >= text.Length) { return null; }

            char first = text[At];
            if (first == '@')
            {
                int start = ++At;
                while (At < text.Length && (char.IsLetterOrDigit(text[At]) || text[At] is '.' or '_' or '[' or ']' or '*' or '-'))
                {
                    // A bracket that was not opened here closes the condition.
                    if (text[At] == ']' && text.AsSpan(start, At - start).Count('[') <= text.AsSpan(start, At - start).Count(']')) { break; }

                    At++;
                }

                return JsonPath.Read("$" + text[start..At]) is { } path ? new Operand(path, default) : null;
            }

            return first is '\'' or '"' ? ReadText(first) : ReadWord();
        }

        private Operand? ReadText(char quote)
        {
            int end = text.IndexOf(quote, At + 1);
            if (end < 0) { return null; }

            string value = text[(At + 1)..end];
            At = end + 1;
            return Literal($"\"{JsonEncodedText.Encode(value)}\"");
        }

        private Operand? ReadWord()
        {
            int start = At;
            while (At < text.Length && (char.IsLetterOrDigit(text[At]) || text[At] is '.' or '-' or '+')) { At++; }

            string word = text[start..At];
            bool isLiteral = word is "true" or "false" or "null"
                || double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out _);
            return isLiteral ? Literal(word) : null;
        }

        private static Operand? Literal(string json)
        {
            try
            {
                using JsonDocument document = JsonDocument.Parse(json);
                return new Operand(null, document.RootElement.Clone());
            }
            catch (JsonException)
            {
                // A number that JSON does not know, as 1. or .5: the path cannot be read.
                return null;
            }
        }

        private bool Take(string symbol)
        {
            SkipSpaces();
            if (!text.AsSpan(At).StartsWith(symbol)) { return false; }

            At += symbol.Length;
            return true;
        }

        private void SkipSpaces()
        {
            while (At < text.Length && text[At] == ' ') { At++; }
        }
    }
}
