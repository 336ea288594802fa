using Ctas.Data;

namespace Ctas.Planning;

/// <summary>VALUES: rows of expressions that read no columns.</summary>
/// <param name="Rows">As many expressions in each as there are columns.</param>
/// <param name="Schema">The columns.</param>
internal sealed record LogicalValues(IReadOnlyList<IReadOnlyList<ScalarExpression>> Rows, Schema Schema)
    : LogicalPlan(Schema, ChangeKind.AppendOnly)
{
    public override IReadOnlyList<LogicalPlan> Children => [];

    public override LogicalPlan WithChildren(IReadOnlyList<LogicalPlan> children) => this;

    public override LogicalPlan MapExpressions(Func<ScalarExpression, ScalarExpression> map) =>
        this with { Rows = [.. Rows.Select(row => row.Select(map).ToArray())] };
}
