namespace Ctas.Loading;

/// <summary>A table to load. Immutable.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Select">
/// The SELECT that makes it, or a whole <c>CREATE TABLE … AS SELECT …</c> statement, whose name must then be
/// <paramref name="Name"/>.
/// </param>
public sealed record TableDefinition(string Name, string Select)
{
    /// <summary>Properties, as in WITH; a property set both here and in the SQL is an error.</summary>
    public IReadOnlyDictionary<string, string> Properties { get; init; } = new Dictionary<string, string>();

    /// <summary>Tables that must be loaded first, beside those the SELECT reads.</summary>
    public IReadOnlyList<string> DependsOn { get; init; } = [];

    /// <summary>Among tables that could start, those of higher priority start first. Default 0.</summary>
    public int Priority { get; init; }
}
