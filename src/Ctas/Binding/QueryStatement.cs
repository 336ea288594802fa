using Ctas.Syntax;
using Ctas.Text;

namespace Ctas.Binding;

/// <summary>A SELECT that has been parsed. Immutable.</summary>
internal sealed record QueryStatement(QuerySyntax Query, EmitMode Emit, SourceText Source)
{
    /// <summary>True for EMIT CHANGES.</summary>
    public bool EmitsChanges => Emit == EmitMode.Changes;
}
