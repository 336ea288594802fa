using System.Text.Json;

namespace Ctas.Kafka.Native;

/// <summary>Reads the statistics that the client tells as JSON.</summary>
internal static class ClientStatistics
{
    /// <summary>The next offsets that the client will ask for of all partitions, added up.</summary>
    /// <exception cref="JsonException">It is no JSON.</exception>
    public static long NextOffsets(ReadOnlySpan<byte> statistics)
    {
        long sum = 0;
        var reader = new Utf8JsonReader(statistics);
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName || !reader.ValueTextEquals("next_offset"u8)) { continue; }

            // A topic may have that name. Below zero are places that are not known yet.
            if (reader.Read() && reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out long offset)) { sum += Math.Max(0, offset); }
        }

        return sum;
    }
}
