using Ctas.Data;

namespace Ctas.Planning;

/// <summary>
/// Rows of the input once for each element of its collections, which go in parallel: the shorter ones end in NULLs.
/// </summary>
/// <remarks>
/// Output: the columns of the input; for each collection a column of elements, or of keys and one of values; the number
/// of the element from 1 (BIGINT). A NULL collection has no elements.
/// </remarks>
/// <param name="Input">The input.</param>
/// <param name="Collections">ARRAYs and MAPs over the input.</param>
/// <param name="SpreadsFields">For each collection, whether the fields of its STRUCTs are columns.</param>
/// <param name="HasOrdinality">True when elements are numbered.</param>
/// <param name="KeepsEmpty">True when a row without elements stays, once, with NULLs.</param>
/// <param name="Schema">The columns of the input, then those made.</param>
/// <param name="Kind">Change kind.</param>
internal sealed record LogicalUnnest(
    LogicalPlan Input,
    IReadOnlyList<ScalarExpression> Collections,
    IReadOnlyList<bool> SpreadsFields,
    bool HasOrdinality,
    bool KeepsEmpty,
    Schema Schema,
    ChangeKind Kind) : LogicalPlan(Schema, Kind)
{
    public override IReadOnlyList<LogicalPlan> Children => [Input];

    public override LogicalPlan WithChildren(IReadOnlyList<LogicalPlan> children) => this with { Input = children[0] };

    public override LogicalPlan MapExpressions(Func<ScalarExpression, ScalarExpression> map) =>
        this with { Collections = [.. Collections.Select(map)] };
}
