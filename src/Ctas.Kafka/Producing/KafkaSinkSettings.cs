namespace Ctas.Kafka.Producing;

/// <summary>How a sink's clients are configured. Immutable; may hold secrets: no text made here shows a value.</summary>
/// <param name="Properties">Brokers and what the user has set, without prefix.</param>
/// <param name="Name">The sink's name.</param>
/// <param name="Timeout">How long the brokers may take for a batch.</param>
internal sealed record KafkaSinkSettings(IReadOnlyDictionary<string, string> Properties, string Name, TimeSpan Timeout)
{
    /// <summary>What the positions belong to; part of the group's name where there is one.</summary>
    public string Generation { get; init; } = "";

    /// <summary>True for one that shows each change once.</summary>
    public bool IsTransactional { get; init; }

    /// <summary>The name under which brokers know the producer across processes; what the user gives comes first in it.</summary>
    public string TransactionalId => $"{Properties.GetValueOrDefault("transactional.id") ?? "ctas-sink"}-{Name}";

    /// <summary>The group under which positions are committed; what the user gives comes first in it.</summary>
    public string Group =>
        $"{Properties.GetValueOrDefault("group.id") ?? "ctas-sink"}-{Name}{(Generation.Length > 0 ? $"-{Generation}" : "")}";

    /// <summary>The group for the positions at which writing began, kept before any of it.</summary>
    public string BegunGroup => Group + "-begun";

    /// <summary>What of the user's properties would break what a sink promises, as full sentences; empty when nothing would.</summary>
    public static IReadOnlyList<string> Validate(IReadOnlyDictionary<string, string> properties)
    {
        List<string> mistakes = [];
        if (properties.GetValueOrDefault("enable.idempotence")?.ToUpperInvariant() is "FALSE" or "F" or "0")
        {
            mistakes.Add("The property \"kafka.enable.idempotence\" cannot be false: records of one key could change places, or come twice.");
        }

        foreach (string name in new[] { "acks", "request.required.acks" })
        {
            if (properties.GetValueOrDefault(name) is not { } acks || acks is "all" or "-1") { continue; }

            mistakes.Add($"The property \"kafka.{name}\" cannot be {acks}: what a broker alone has confirmed can be lost with it; it is all.");
        }

        return mistakes;
    }

    /// <summary>The properties of the producer: our defaults, then the user's.</summary>
    public Dictionary<string, string> ForProducer()
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["enable.idempotence"] = "true",
            ["client.id"] = "ctas",
            // A tick is complete when it comes: waiting for more would only make it late.
            ["linger.ms"] = "1",
            // How long a topic may take to appear that brokers create when it is first named. A flush waits longer.
            ["topic.metadata.propagation.max.ms"] = "10000",
        };
        if (IsTransactional) { settings["transactional.id"] = TransactionalId; }

        foreach ((string name, string value) in Properties.Where(property => property.Key is not ("group.id" or "transactional.id")))
        {
            settings[name] = value;
        }

        return settings;
    }

    /// <summary>The properties of the consumer that stands for a group; it never joins it.</summary>
    public Dictionary<string, string> ForGroup(string group)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["enable.auto.commit"] = "false" };
        foreach ((string name, string value) in Properties.Where(property => property.Key != "transactional.id"))
        {
            settings[name] = value;
        }

        settings["group.id"] = group;

        // Positions of a transaction that is about to be committed are waited for, whatever the sources read.
        settings["isolation.level"] = "read_committed";
        return settings;
    }
}
