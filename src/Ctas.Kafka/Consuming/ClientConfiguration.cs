using Confluent.Kafka;

using Ctas.Data;
using Ctas.Kafka.Native;

namespace Ctas.Kafka.Consuming;

/// <summary>The properties of a consumer: our defaults, then the user's, then what a scan cannot do without.</summary>
/// <remarks>Immutable. May hold secrets: no text made here shows a value whose name says so.</remarks>
internal sealed class ClientConfiguration
{
    private const string Brokers = "bootstrap.servers";

    /// <summary>What suits a scan; the user may choose otherwise.</summary>
    private static readonly KeyValuePair<string, string>[] Defaults =
    [
        // A consumer has to name a group, although this one joins none.
        new("group.id", "ctas"),
        new("client.id", "ctas"),
        new("isolation.level", "read_committed"),
        // Bounds what the client reads ahead.
        new("queued.max.messages.kbytes", "32768"),
        // A full queue is empty again within milliseconds; the client would leave it so for a second.
        new("fetch.queue.backoff.ms", "5"),
        new("fetch.error.backoff.ms", "100"),
        new("reconnect.backoff.max.ms", "1000"),
        // Half of it is how long the client waits between the broker that it was told of and the next, which the first one names:
        // at the start of every load. Repeated failures still wait for up to the maximum.
        new("reconnect.backoff.ms", "20"),
    ];

    /// <summary>What a scan needs, with the reason the user reads when he sets it.</summary>
    private static readonly (string Name, string Value, string Reason)[] Fixed =
    [
        ("auto.offset.reset", "error", "a load never skips records silently; set \"auto.offset.reset\" of the source"),
        ("enable.partition.eof", "true", "a load has to see the end of a partition"),
        ("enable.auto.commit", "false", "a load commits nothing"),
        ("enable.auto.offset.store", "false", "a load commits nothing"),
    ];

    // How often the client tells how far it has come, in milliseconds; never by default.
    private const string Statistics = "statistics.interval.ms";

    // A snapshot that passes offsets without records must not look as if it stood still. A tail may stand still.
    private const string SeldomStatistics = "5000";

    // How long brokers hold back the answer to a fetch as long as there is nothing; they answer at once when something is.
    private const string FetchWait = "fetch.wait.max.ms";

    // A snapshot reads what is there: only the last fetches find nothing, and a load is not to wait for those.
    private const string ShortWait = "10";

    // A tail asks again and again for nothing: ten times a second and broker.
    private const string LongWait = "100";

    private const string Assignor = "partition.assignment.strategy";

    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _forProducer = new(StringComparer.Ordinal);

    /// <param name="bootstrapServers">Addresses of the brokers; the property of that name wins.</param>
    /// <param name="userProperties">The user's properties, without prefix.</param>
    /// <param name="isTail">True for a consumer that goes on reading, false for one that reads what is there.</param>
    public ClientConfiguration(string? bootstrapServers, IReadOnlyDictionary<string, string> userProperties, bool isTail = false)
    {
        foreach ((string name, string value) in Defaults) { _values[name] = value; }

        _values[FetchWait] = isTail ? LongWait : ShortWait;
        if (!isTail) { _values[Statistics] = SeldomStatistics; }

        if (bootstrapServers is not null) { _values[Brokers] = _forProducer[Brokers] = bootstrapServers; }

        foreach ((string name, string value) in userProperties) { _values[name] = _forProducer[name] = value; }

        foreach ((string name, string value, _) in Fixed) { _values[name] = value; }
    }

    /// <summary>True when it is known where the brokers are.</summary>
    public bool HasBrokers => BrokerAddresses is not null;

    /// <summary>Where the brokers are; null when that is not known.</summary>
    public string? BrokerAddresses => _values.GetValueOrDefault(Brokers) ?? _values.GetValueOrDefault("metadata.broker.list");

    /// <summary>The properties for a producer beside the consumer: the user's alone. May hold secrets.</summary>
    public IEnumerable<KeyValuePair<string, string>> ForProducer() => _forProducer;

    /// <summary>The properties of a member of a group. May hold secrets.</summary>
    public IEnumerable<KeyValuePair<string, string>> ForMember(string group)
    {
        var values = new Dictionary<string, string>(_values, StringComparer.Ordinal) { ["group.id"] = group };
        values.TryAdd(Assignor, "range,roundrobin");
        return values;
    }

    /// <summary>What among the user's properties does not go with a group that shares out a load.</summary>
    /// <returns>The mistakes as full sentences; empty when there are none.</returns>
    public static IReadOnlyList<string> ValidateMember(string group, IReadOnlyDictionary<string, string> userProperties)
    {
        var mistakes = new List<string>();
        if (userProperties.TryGetValue("group.id", out string? other) && other != group)
        {
            mistakes.Add($"The property \"kafka.group.id\" names group \"{other}\", and loading.group \"{group}\": leave one out.");
        }

        bool isIncremental = userProperties.GetValueOrDefault(Assignor)?.Contains("cooperative", StringComparison.Ordinal) == true
            || userProperties.GetValueOrDefault("group.protocol") == "consumer";
        if (isIncremental)
        {
            mistakes.Add("A load needs its whole share at once, which an incremental protocol does not give: "
                + $"with loading.group, \"kafka.group.protocol\" is classic and \"kafka.{Assignor}\" range or roundrobin.");
        }

        return mistakes;
    }

    /// <summary>Asks the client what it thinks of the user's properties, without connecting.</summary>
    /// <returns>The mistakes as full sentences; empty when there are none.</returns>
    public static IReadOnlyList<string> Validate(IReadOnlyDictionary<string, string> userProperties)
    {
        var mistakes = new List<string>();
        nint configuration = Librdkafka.ConfNew();
        foreach ((string name, string value) in userProperties.OrderBy(p => p.Key, StringComparer.Ordinal))
        {
            string? reserved = Fixed.FirstOrDefault(f => f.Name == name).Reason;
            string? mistake = reserved is null
                ? MistakeOf(configuration, name, value)
                : $"The property \"kafka.{name}\" cannot be set: {reserved}.";
            if (mistake is not null) { mistakes.Add(mistake); }
        }

        Librdkafka.ConfDestroy(configuration);
        return mistakes;
    }

    /// <summary>A native configuration, which the caller owns.</summary>
    /// <exception cref="KafkaFaultException">The client refused a property.</exception>
    public nint ToNative()
    {
        nint configuration = Librdkafka.ConfNew();
        foreach ((string name, string value) in _values)
        {
            if (MistakeOf(configuration, name, value) is { } mistake)
            {
                Librdkafka.ConfDestroy(configuration);
                throw new KafkaFaultException(new KafkaFault(ErrorCode.Local_InvalidArg, mistake));
            }
        }

        return configuration;
    }

    private static string? MistakeOf(nint configuration, string name, string value)
    {
        Span<byte> error = stackalloc byte[512];
        switch (Librdkafka.ConfSet(configuration, name, value, error, (nuint)error.Length))
        {
            case ConfResult.Ok:
                return null;
            case ConfResult.Unknown:
                string? closest = Ctas.Text.ClosestName.Find(name, KnownNames(configuration));
                string hint = closest is null ? "" : $" Did you mean \"kafka.{closest}\"?";
                return $"The Kafka client has no property \"{name}\".{hint}";
            default:
                // The client's own text quotes the value.
                string reason = PropertySet.IsSecret(name) ? "its value does not fit" : Librdkafka.Text(error);
                return $"The Kafka client refused the property \"kafka.{name}\": {reason}.";
        }
    }

    private static unsafe List<string> KnownNames(nint configuration)
    {
        // The dump is name, value, name, value …
        nint* entries = Librdkafka.ConfDump(configuration, out nuint count);
        var names = new List<string>();
        for (int i = 0; i < (int)count; i += 2)
        {
            names.Add(System.Runtime.InteropServices.Marshal.PtrToStringUTF8(entries[i])!);
        }

        Librdkafka.ConfDumpFree(entries, count);
        return names;
    }
}
