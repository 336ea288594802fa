using Ctas.Syntax;
using Ctas.Text;

namespace Ctas.Binding;

/// <summary>A CREATE … AS SELECT that has been parsed, with all that is needed to bind it again. Immutable.</summary>
/// <param name="Syntax">The statement.</param>
/// <param name="Source">The text it stands in.</param>
/// <param name="LocalSources">The sources its own properties declare, by name in FROM.</param>
internal sealed record TableStatement(
    CreateAsSyntax Syntax, SourceText Source, IReadOnlyDictionary<string, SourceDeclaration> LocalSources);

/// <summary>The bound SELECT of a table.</summary>
/// <param name="Relation">The rows; column names are those of the table.</param>
/// <param name="PrimaryKey">Ordinals of the columns declared PRIMARY KEY; empty when none is.</param>
internal sealed record BoundTable(BoundRelation Relation, IReadOnlyList<int> PrimaryKey);
