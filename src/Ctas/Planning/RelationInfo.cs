using Ctas.Binding;
using Ctas.Binding.Functions;
using Ctas.Data;
using Ctas.Planning.Rewrites;

namespace Ctas.Planning;

/// <summary>A table or source that SQL can name. Immutable.</summary>
/// <param name="Name">Its name.</param>
/// <param name="IsSource">True for a source.</param>
/// <param name="IsStream">True when rows are only ever added.</param>
/// <param name="Schema">
/// Its columns and key; null while they are not known: any column name is then accepted, and while loading the
/// relation counts as empty.
/// </param>
internal sealed record RelationInfo(string Name, bool IsSource, bool IsStream, Schema? Schema)
{
    /// <summary>What is known of its rows; null for nothing.</summary>
    public RelationStatistics? Statistics { get; init; }

    /// <summary>What binding knows of a relation.</summary>
    public static RelationInfo Of(RelationSymbol symbol) => new(symbol.Name, symbol.IsSource, symbol.IsStream, symbol.Schema);

    internal RelationSymbol ToSymbol() => new(Name, IsSource, IsStream, Schema);
}

/// <summary>What a script is planned against. Immutable.</summary>
/// <param name="Relations">Tables in the registry and sources given to the builder.</param>
/// <param name="BaseFolder">Where relative paths start.</param>
/// <param name="Environment">Looks up an environment variable for <c>${NAME}</c>; null when it is not set.</param>
internal sealed record PlanningContext(
    IReadOnlyCollection<RelationInfo> Relations, string BaseFolder, Func<string, string?> Environment)
{
    /// <summary>Sources that earlier scripts have declared.</summary>
    public IReadOnlyCollection<SourceDeclaration> Declared { get; init; } = [];

    /// <summary>Sinks that earlier scripts have declared and that are still there.</summary>
    public IReadOnlyCollection<SinkDeclaration> DeclaredSinks { get; init; } = [];

    /// <summary>The tables that write to one of them, each with the sink's name.</summary>
    public IReadOnlyCollection<(string Table, string Sink)> SinkOfTable { get; init; } = [];

    /// <summary>Tables whose load has ended without data: they can be named, and their names taken again.</summary>
    public IReadOnlyCollection<string> WithoutData { get; init; } = [];

    /// <summary>The clock and the functions of the host application.</summary>
    public StatementEnvironment Statements { get; init; } = StatementEnvironment.Default;

    /// <summary>How plans are made better.</summary>
    public OptimiserOptions Optimiser { get; init; } = OptimiserOptions.Default;
}

/// <summary>A catalog over look-up functions.</summary>
internal sealed class RelationCatalog(Func<string, RelationInfo?> find, Func<IEnumerable<string>> names) : ITableCatalog
{
    public IEnumerable<string> Names => names();

    public FunctionScope Functions { get; init; } = FunctionScope.BuiltIn;

    public RelationSymbol? Find(string name) => find(name)?.ToSymbol();
}
