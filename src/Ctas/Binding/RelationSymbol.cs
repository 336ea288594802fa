using Ctas.Data;

namespace Ctas.Binding;

/// <summary>What a name in FROM means: a table or a source. Immutable.</summary>
/// <param name="Name">The name as it was registered or declared; for a location its text.</param>
/// <param name="IsSource">True for a source, which has pseudo-columns.</param>
/// <param name="IsStream">True when rows are only ever added.</param>
/// <param name="Schema">Null while the columns are not known: every name is then taken for a column.</param>
internal sealed record RelationSymbol(string Name, bool IsSource, bool IsStream, Schema? Schema);

/// <summary>Where the names of FROM are looked up.</summary>
internal interface ITableCatalog
{
    /// <summary>All names, for suggestions.</summary>
    IEnumerable<string> Names { get; }

    /// <summary>What names of functions mean.</summary>
    Functions.FunctionScope Functions { get; }

    /// <summary>The table or source called <paramref name="name"/>, ignoring case; null when there is none.</summary>
    RelationSymbol? Find(string name);
}
