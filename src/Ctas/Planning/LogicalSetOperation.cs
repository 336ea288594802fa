namespace Ctas.Planning;

/// <summary>The set operations beside UNION.</summary>
internal enum SetOperation
{
    /// <summary>Rows of the left that the right has too.</summary>
    Intersect,

    /// <summary>Rows of the left that the right has not.</summary>
    Except,
}

/// <summary>INTERSECT and EXCEPT. NULLs are equal; the columns of both inputs have equal types.</summary>
/// <param name="Operation">Which.</param>
/// <param name="IsAll">
/// True to count: INTERSECT ALL keeps the lesser number of equal rows, EXCEPT ALL the difference. False: one of equal
/// rows.
/// </param>
/// <param name="Left">The rows to keep or not; the result has its order.</param>
/// <param name="Right">The rows to look for.</param>
internal sealed record LogicalSetOperation(SetOperation Operation, bool IsAll, LogicalPlan Left, LogicalPlan Right)
    : LogicalPlan(Left.Schema, ChangeKind.Retract)
{
    public override IReadOnlyList<LogicalPlan> Children => [Left, Right];

    public override LogicalPlan WithChildren(IReadOnlyList<LogicalPlan> children) =>
        this with { Left = children[0], Right = children[1] };

    public override LogicalPlan MapExpressions(Func<ScalarExpression, ScalarExpression> map) => this;
}
