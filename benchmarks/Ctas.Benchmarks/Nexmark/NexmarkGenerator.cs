using System.Globalization;

namespace Ctas.Benchmarks.Nexmark;

/// <summary>
/// Makes the events of an auction house: of 50 one is a person, three are auctions, 46 are bids, mostly on what was put up
/// last. The same seed makes the same events.
/// </summary>
/// <remarks>
/// After Tucker, Tufte, Papadimos and Maier, NEXMark – A Benchmark for Queries over Data Streams (2002), with the columns and
/// the proportions that Apache Beam and Flink gave it. Every event has a millisecond of its own, so that no query has ties.
/// </remarks>
internal sealed class NexmarkGenerator(int seed)
{
    private const int EventsPerRound = 50;
    private const int MillisecondsPerEvent = 10;
    private const int HotAuctions = 20;
    private const int HotPersons = 50;

    private static readonly DateTime Start = new(2024, 3, 1, 6, 0, 0, DateTimeKind.Utc);
    private static readonly string[] States = ["AZ", "CA", "ID", "OR", "WA", "WY"];
    private static readonly string[] Cities = ["Phoenix", "Los Angeles", "San Francisco", "Boise", "Portland", "Bend", "Redmond", "Seattle", "Kent", "Cheyenne"];
    private static readonly string[] FirstNames = ["Ada", "Bob", "Cy", "Dora", "Eve", "Finn", "Gus", "Hal", "Ines", "Jo"];
    private static readonly string[] LastNames = ["Shultz", "Abrams", "Spencer", "White", "Bartels", "Walton", "Smith", "Jones", "Noris"];
    private static readonly string[] Channels = ["Google", "Facebook", "Baidu", "Apple"];

    private readonly Random _random = new(seed);
    private long _events;
    private long _persons;
    private long _auctions;

    /// <summary>The next events.</summary>
    public IReadOnlyList<NexmarkEvent> Next(int count)
    {
        var events = new NexmarkEvent[count];
        for (int i = 0; i < count; i++)
        {
            DateTime time = Start.AddMilliseconds(_events * MillisecondsPerEvent);
            events[i] = (_events++ % EventsPerRound) switch
            {
                0 => Person(time),
                <= 3 => Auction(time),
                _ => Bid(time),
            };
        }

        return events;
    }

    private NexmarkEvent Person(DateTime time)
    {
        string name = $"{Pick(FirstNames)} {Pick(LastNames)}";
        return new NexmarkEvent(
            "person",
            [
                _persons++, name, $"{Word()}@{Word()}.com", Text(_random.NextInt64(10_000_000_000_000_000)),
                Pick(Cities), Pick(States), time, Word(),
            ]);
    }

    private NexmarkEvent Auction(DateTime time)
    {
        long initial = Price();
        DateTime expires = time.AddMilliseconds((1 + _random.Next(HotAuctions)) * EventsPerRound * MillisecondsPerEvent);
        return new NexmarkEvent(
            "auction",
            [_auctions++, Word(), $"{Word()} {Word()}", initial, initial + Price(), time, expires, Recent(_persons, HotPersons), 10L + _random.Next(5), Word()]);
    }

    private NexmarkEvent Bid(DateTime time)
    {
        bool isKnown = _random.Next(2) == 0;
        string channel = isKnown ? Pick(Channels) : $"channel-{_random.Next(1_000)}";
        string url = $"https://www.nexmark.com/{Word()}/{Word()}/{Word()}/item.htm?query=1{(isKnown ? "" : $"&channel_id={_random.Next(1_000_000)}")}";
        return new NexmarkEvent(
            "bid", [Recent(_auctions, HotAuctions), Recent(_persons, HotPersons), Price(), channel, url, time, Word()]);
    }

    /// <summary>Mostly one of the last ones, now and then any.</summary>
    private long Recent(long count, int last) =>
        _random.Next(10) == 0 ? _random.NextInt64(count) : Math.Max(0, count - 1 - _random.Next(last));

    // Spread over orders of magnitude, as prices are.
    private long Price() => (long)(Math.Pow(10, _random.NextDouble() * 6) * 100);

    private string Pick(string[] words) => words[_random.Next(words.Length)];

    private string Word() => string.Create(3 + _random.Next(6), _random, (word, random) =>
    {
        for (int i = 0; i < word.Length; i++) { word[i] = (char)('a' + random.Next(26)); }
    });

    private static string Text(long number) => number.ToString("D16", CultureInfo.InvariantCulture);
}
