using System.Collections.Immutable;
using Ctas.Data;
using Ctas.Planning;
using Ctas.Sources;
using Ctas.Sources.Files;

namespace Ctas.Loading;

/// <summary>Where a loader gets its sources from: those given by name, and factories for locations in SQL. Immutable.</summary>
public sealed class SourceCatalog
{
    private readonly ImmutableSortedDictionary<string, ISource> _named;
    private readonly ImmutableArray<ISourceFactory> _factories;

    private SourceCatalog(ImmutableSortedDictionary<string, ISource> named, ImmutableArray<ISourceFactory> factories)
    {
        _named = named;
        _factories = factories;
    }

    /// <summary>Files only.</summary>
    public static SourceCatalog Files { get; } = new(
        ImmutableSortedDictionary.Create<string, ISource>(StringComparer.OrdinalIgnoreCase), [new FileSourceFactory()]);

    /// <summary>The sources given by name.</summary>
    internal IEnumerable<KeyValuePair<string, ISource>> Named => _named;

    /// <summary>The source given by a name; null when there is none.</summary>
    internal ISource? Given(string name) => _named.GetValueOrDefault(name);

    /// <summary>The same catalog with one more source that SQL can name.</summary>
    /// <exception cref="ArgumentException">The name is taken.</exception>
    public SourceCatalog With(string name, ISource source)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(source);
        return _named.ContainsKey(name)
            ? throw new ArgumentException($"A source \"{name}\" has been given already.", nameof(name))
            : new SourceCatalog(_named.Add(name, source), _factories);
    }

    /// <summary>The same catalog with one more factory; the latest that can make a source makes it.</summary>
    public SourceCatalog With(ISourceFactory factory)
    {
        ArgumentNullException.ThrowIfNull(factory);
        return new SourceCatalog(_named, _factories.Insert(0, factory));
    }

    /// <summary>Mistakes in a source's definition that can be seen without touching the world, as full sentences.</summary>
    internal IReadOnlyList<string> Validate(PlannedSource source, PropertySet statement)
    {
        SourceDefinition definition = SourceDefinitions.Create(source, statement);
        return FactoryOf(definition.Location) is { } factory
            ? factory.Validate(definition)
            : [$"There is nothing that reads {definition.Location}: {WayOut(definition.Location)}"];
    }

    /// <summary>The definition of a source that a table reads.</summary>
    internal SourceDefinition DefinitionOf(string name, TablePlan table) =>
        table.Sources.FirstOrDefault(source => string.Equals(source.Name, name, StringComparison.OrdinalIgnoreCase)) is { } source
            ? SourceDefinitions.Create(source, table.Properties)
            : _named[name].Definition;

    /// <summary>The source, made anew unless it was given by name.</summary>
    /// <param name="name">Its name in SQL.</param>
    /// <param name="source">As SQL declares it; null for one that was given by name.</param>
    /// <param name="statement">Properties of the statement that reads it.</param>
    /// <param name="services">What the source may use.</param>
    internal ISource Open(string name, PlannedSource? source, PropertySet statement, SourceServices services)
    {
        if (source is null) { return _named[name]; }

        SourceDefinition definition = SourceDefinitions.Create(source, statement);
        ISourceFactory factory = FactoryOf(definition.Location)
            ?? throw new SourceException(source.Name, $"nothing reads {definition.Location}; {WayOut(definition.Location)}", isTransient: false);
        return factory.Create(definition, services);
    }

    private static string WayOut(SourceLocation location) => location is TopicLocation
        ? "call UseKafka of Ctas.Kafka on the builder."
        : "register an ISourceFactory for it.";

    private ISourceFactory? FactoryOf(SourceLocation location) => _factories.FirstOrDefault(factory => factory.CanCreate(location));
}
