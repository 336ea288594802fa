using Ctas.Data;

namespace Ctas.Planning;

/// <summary>Runs plans whose rows are read several times once, keeps their rows, and runs the plan that reads them.</summary>
/// <param name="Shared">In the order in which they run: a later one may read an earlier one.</param>
/// <param name="Body">The plan whose rows are the result.</param>
internal sealed record LogicalSharing(IReadOnlyList<LogicalShared> Shared, LogicalPlan Body)
    : LogicalPlan(Body.Schema, Body.Kind)
{
    public override IReadOnlyList<LogicalPlan> Children => [.. Shared, Body];

    public override LogicalPlan WithChildren(IReadOnlyList<LogicalPlan> children) =>
        this with { Shared = [.. children.SkipLast(1).Cast<LogicalShared>()], Body = children[^1] };

    public override LogicalPlan MapExpressions(Func<ScalarExpression, ScalarExpression> map) => this;
}

/// <summary>A plan whose rows are kept.</summary>
/// <param name="Number">By which it is read, from 1.</param>
/// <param name="Input">The plan.</param>
internal sealed record LogicalShared(int Number, LogicalPlan Input) : LogicalPlan(Input.Schema, Input.Kind)
{
    public override IReadOnlyList<LogicalPlan> Children => [Input];

    public override LogicalPlan WithChildren(IReadOnlyList<LogicalPlan> children) => this with { Input = children[0] };

    public override LogicalPlan MapExpressions(Func<ScalarExpression, ScalarExpression> map) => this;
}

/// <summary>The rows of a shared plan.</summary>
/// <param name="Number">Which.</param>
/// <param name="Schema">Its columns, under the names of this place.</param>
/// <param name="Kind">Its change kind.</param>
internal sealed record LogicalSharedRead(int Number, Schema Schema, ChangeKind Kind) : LogicalPlan(Schema, Kind)
{
    public override IReadOnlyList<LogicalPlan> Children => [];

    public override LogicalPlan WithChildren(IReadOnlyList<LogicalPlan> children) => this;

    public override LogicalPlan MapExpressions(Func<ScalarExpression, ScalarExpression> map) => this;
}
