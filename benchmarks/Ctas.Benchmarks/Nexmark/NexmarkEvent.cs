using System.Text.Json;

namespace Ctas.Benchmarks.Nexmark;

/// <summary>One event: a row of a stream. Immutable.</summary>
/// <param name="Stream">person, auction or bid.</param>
/// <param name="Values">In the order of the stream's columns: <see cref="long"/>, <see cref="string"/> and <see cref="DateTime"/>.</param>
internal sealed record NexmarkEvent(string Stream, object[] Values)
{
    /// <summary>The event as JSON; times are milliseconds since 1970.</summary>
    public byte[] ToJson()
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            foreach ((Data.Field field, object value) in NexmarkStream.Schemas[Stream].Fields.Zip(Values))
            {
                switch (value)
                {
                    case long number: json.WriteNumber(field.Name, number); break;
                    case DateTime time: json.WriteNumber(field.Name, (time - DateTime.UnixEpoch).Ticks / TimeSpan.TicksPerMillisecond); break;
                    default: json.WriteString(field.Name, (string)value); break;
                }
            }

            json.WriteEndObject();
        }

        return bytes.ToArray();
    }
}
