using System.Collections.Immutable;
using Ctas.Planning;
using Ctas.Sinks;
using Ctas.Sources;

namespace Ctas.Loading;

/// <summary>Where a loader gets its sinks from: factories for the places that SQL names. Immutable.</summary>
public sealed class SinkCatalog
{
    private readonly ImmutableArray<ISinkFactory> _factories;

    private SinkCatalog(ImmutableArray<ISinkFactory> factories) => _factories = factories;

    /// <summary>Files only.</summary>
    public static SinkCatalog Files { get; } = new([new FileSinkFactory()]);

    /// <summary>The same catalog with one more factory; the latest that can make a sink makes it.</summary>
    public SinkCatalog With(ISinkFactory factory)
    {
        ArgumentNullException.ThrowIfNull(factory);
        return new SinkCatalog(_factories.Insert(0, factory));
    }

    /// <summary>Mistakes in a sink's definition that can be seen without touching the world, as full sentences.</summary>
    internal IReadOnlyList<string> Validate(PlannedSink sink)
    {
        SinkDefinition definition = SinkDefinitions.Create(sink);
        return FactoryOf(definition.Location) is { } factory
            ? factory.Validate(definition)
            : [$"There is nothing that writes {definition.Location}: {WayOut(definition.Location)}"];
    }

    /// <summary>Makes a sink; touches nothing outside yet.</summary>
    /// <param name="sink">The sink.</param>
    /// <param name="takesChanges">True when changes follow the rows.</param>
    /// <param name="generation">What its positions belong to.</param>
    /// <param name="services">What it may use.</param>
    /// <exception cref="SinkException">Nothing writes to its place.</exception>
    internal ISink Open(PlannedSink sink, bool takesChanges, string generation, SourceServices services)
    {
        SinkDefinition definition = SinkDefinitions.Create(sink) with { TakesChanges = takesChanges, Generation = generation };
        ISinkFactory factory = FactoryOf(definition.Location) ?? throw new SinkException(
            sink.Name, $"nothing writes {definition.Location}; {WayOut(definition.Location)}", isTransient: false);
        return factory.Create(definition, services);
    }

    private static string WayOut(SourceLocation location) => location is TopicLocation
        ? "call UseKafka of Ctas.Kafka on the builder."
        : "register an ISinkFactory for it.";

    private ISinkFactory? FactoryOf(SourceLocation location) => _factories.FirstOrDefault(factory => factory.CanCreate(location));
}
