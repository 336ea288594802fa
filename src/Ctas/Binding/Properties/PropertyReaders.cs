using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Ctas.Binding.Properties;

/// <summary>Reads property values into their canonical texts.</summary>
internal static partial class PropertyReaders
{
    public const string FormatNames = "JSON, DELIMITED (or CSV), KAFKA or NONE";

    // Kafka's own limit.
    private const int MaxTopicLength = 249;

    /// <summary>Anything but blanks.</summary>
    public static PropertyValue Text(string value) =>
        string.IsNullOrWhiteSpace(value) ? PropertyValue.Unfit : new PropertyValue(value.Trim());

    /// <summary>Anything, as it stands.</summary>
    public static PropertyValue AnyText(string value) => new(value);

    /// <summary>A .NET format. Letters that only Java's formats have, as ksqlDB takes them, are translated.</summary>
    public static PropertyValue TimestampFormat(string value)
    {
        if (string.IsNullOrWhiteSpace(value)) { return PropertyValue.Unfit; }

        var format = new StringBuilder();
        bool isQuoted = false;
        string trimmed = value.Trim();
        for (int at = 0; at < trimmed.Length; at++)
        {
            char letter = trimmed[at];
            isQuoted ^= letter == '\'';
            bool isFirst = at == 0 || trimmed[at - 1] != letter;
            switch (letter)
            {
                case 'S' when !isQuoted: format.Append('f'); break;
                case 'u' when !isQuoted: format.Append('y'); break;
                case 'a' when !isQuoted: format.Append(isFirst ? "tt" : ""); break;
                case 'E' when !isQuoted: format.Append(isFirst ? "ddd" : ""); break;
                case 'X' when !isQuoted: format.Append(isFirst ? "K" : ""); break;
                default: format.Append(letter); break;
            }
        }

        return new PropertyValue(format.ToString());
    }

    public static PropertyValue Topic(string value) =>
        value.Length <= MaxTopicLength && TopicName().IsMatch(value) && value is not ("." or "..")
            ? new PropertyValue(value)
            : PropertyValue.Unfit;

    /// <summary>What a sink promises; also as Flink writes it, with hyphens.</summary>
    public static PropertyValue Delivery(string value) =>
        OneOf("at_least_once", "exactly_once")(value.Replace('-', '_'));

    public static PropertyValue Format(string value) => value.ToUpperInvariant() switch
    {
        "JSON" => new PropertyValue("JSON"),
        "DELIMITED" or "CSV" => new PropertyValue("DELIMITED"),
        "KAFKA" => new PropertyValue("KAFKA"),
        "NONE" => new PropertyValue("NONE"),
        var format and ("AVRO" or "PROTOBUF" or "JSON_SR" or "PROTOBUF_NOSR") =>
            PropertyValue.Later($"format {format}"),
        _ => PropertyValue.Unfit,
    };

    public static PropertyValue Delimiter(string value) => value.ToUpperInvariant() switch
    {
        "SPACE" => new PropertyValue(" "),
        "TAB" or "\\T" => new PropertyValue("\t"),
        { Length: 1 } when value is not ("\"" or "\r" or "\n") => new PropertyValue(value),
        _ => PropertyValue.Unfit,
    };

    public static PropertyValue TableModel(string value) => value.ToUpperInvariant() switch
    {
        "STANDARD" or "NORMAL" => new PropertyValue("standard"),
        "COMPACT" => new PropertyValue("compact"),
        _ => PropertyValue.Unfit,
    };

    public static PropertyValue OffsetReset(string value)
    {
        string text = value.Trim();
        if (text.StartsWith("timestamp:", StringComparison.OrdinalIgnoreCase))
        {
            return Timestamp(text["timestamp:".Length..]);
        }

        if (text.StartsWith("offsets:", StringComparison.OrdinalIgnoreCase))
        {
            return Offsets(text["offsets:".Length..]);
        }

        return OneOf("earliest", "latest")(text);
    }

    /// <summary>One of some words.</summary>
    public static Func<string, PropertyValue> OneOf(params string[] values) => value =>
        new PropertyValue(
            Array.Find(values, known => string.Equals(known, value.Trim(), StringComparison.OrdinalIgnoreCase)));

    /// <summary><c>error</c>, also called <c>fail</c>, or <c>wait</c>.</summary>
    public static PropertyValue MissingTopic(string value) =>
        OneOf("error", "fail", "wait")(value) is { Canonical: "error" } ? new PropertyValue("fail") : OneOf("fail", "wait")(value);

    /// <summary>A number of bytes above 0, with or without a unit of 1024s.</summary>
    public static PropertyValue Size(string value)
    {
        Match match = SizeText().Match(value.Trim());
        if (!match.Success) { return PropertyValue.Unfit; }

        int power = match.Groups[2].Value.ToUpperInvariant() is [var unit, ..] ? "BKMGT".IndexOf(unit, StringComparison.Ordinal) : 0;
        decimal bytes = decimal.Parse(match.Groups[1].ValueSpan, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture);
        for (int i = 0; i < power; i++) { bytes *= 1024; }

        return bytes is >= 1 and <= long.MaxValue
            ? new PropertyValue(decimal.Truncate(bytes).ToString(CultureInfo.InvariantCulture))
            : PropertyValue.Unfit;
    }

    /// <summary>A whole number from 1 to <paramref name="max"/>.</summary>
    public static Func<string, PropertyValue> Count(long max) => value =>
        long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out long count) && count >= 1
            && count <= max
            ? new PropertyValue(count.ToString(CultureInfo.InvariantCulture))
            : PropertyValue.Unfit;

    /// <summary>A time above zero, as a TimeSpan in its constant format.</summary>
    public static PropertyValue Time(string value) => ParseTime(value) is { } time && time > TimeSpan.Zero
        ? new PropertyValue(time.ToString("c", CultureInfo.InvariantCulture))
        : PropertyValue.Unfit;

    private static TimeSpan? ParseTime(string value)
    {
        Match match = TimeText().Match(value.Trim());
        if (!match.Success || !double.TryParse(
            match.Groups[1].ValueSpan, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double amount))
        {
            return null;
        }

        double seconds = match.Groups[2].Value.ToUpperInvariant() switch
        {
            "MS" or "MILLISECOND" or "MILLISECONDS" => amount / 1000,
            "S" or "SECOND" or "SECONDS" => amount,
            "MINUTE" or "MINUTES" => amount * 60,
            "H" or "HOUR" or "HOURS" => amount * 3_600,
            "D" or "DAY" or "DAYS" => amount * 86_400,
            "WEEK" or "WEEKS" => amount * 604_800,
            _ => -1,
        };
        return seconds >= 0 && seconds < TimeSpan.MaxValue.TotalSeconds ? TimeSpan.FromSeconds(seconds) : null;
    }

    private static PropertyValue Timestamp(string text)
    {
        bool isTime = DateTimeOffset.TryParse(
            text.Trim(),
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out DateTimeOffset time);
        return isTime && text.Trim() is [_, _, _, _, '-', ..]
            ? new PropertyValue("timestamp:" + time.UtcDateTime.ToString("o", CultureInfo.InvariantCulture))
            : PropertyValue.Unfit;
    }

    private static PropertyValue Offsets(string text)
    {
        string inner = text.Trim();
        if (inner is not ['{', .., '}']) { return PropertyValue.Unfit; }

        SortedDictionary<int, long> offsets = [];
        foreach (string pair in inner[1..^1].Split(',', StringSplitOptions.TrimEntries))
        {
            if (ReadOffset(pair.Split(':', StringSplitOptions.TrimEntries)) is not { } offset
                || !offsets.TryAdd(offset.Partition, offset.Offset))
            {
                return PropertyValue.Unfit;
            }
        }

        string canonical = string.Join(
            ',', offsets.Select(o => string.Create(CultureInfo.InvariantCulture, $"{o.Key}:{o.Value}")));
        return new PropertyValue($"offsets:{{{canonical}}}");
    }

    private static (int Partition, long Offset)? ReadOffset(string[] pair)
    {
        bool isOffset = pair.Length == 2
            & int.TryParse(pair[0].Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out int partition)
            & long.TryParse(pair[^1], NumberStyles.None, CultureInfo.InvariantCulture, out long offset);
        return isOffset ? (partition, offset) : null;
    }

    [GeneratedRegex(@"^[A-Za-z0-9._\-]+$", RegexOptions.CultureInvariant)]
    private static partial Regex TopicName();

    [GeneratedRegex(@"^(\d{1,18}(?:\.\d{1,6})?)\s*(B|KB|MB|GB|TB|KiB|MiB|GiB|TiB)?$", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex SizeText();

    [GeneratedRegex(@"^(\d{1,12}(?:\.\d{1,6})?)\s*([A-Za-z]+)$", RegexOptions.CultureInvariant)]
    private static partial Regex TimeText();
}
