using Ctas.Binding;
using Ctas.Data;
using Ctas.Planning.Rewrites;

namespace Ctas.Planning;

internal static partial class LogicalPlanner
{
    private static Lowered LowerSetOperation(BoundSetOperation operation, Request request)
    {
        // All columns decide whether rows are equal, asked for or not. A condition that keeps all of the equal rows, or
        // none, may be applied before.
        IReadOnlyList<ColumnSymbol> columns = operation.Left.Columns;
        ILookup<bool, BoundExpression> conditions = request.Conditions.ToLookup(EqualValues.AreKeptBy);
        LogicalPlan left = Exactly(Lower(operation.Left, new Request([.. columns], [.. conditions[true]])), columns);
        IReadOnlyList<ColumnSymbol> others = operation.Right.Columns;
        LogicalPlan right =
            Exactly(Lower(operation.Right, new Request([.. others], [])), others, namesMatter: false);
        var plan = new LogicalSetOperation(
            operation.IsIntersect ? SetOperation.Intersect : SetOperation.Except, operation.IsAll, left, right);
        int[] key = operation.IsAll ? [] : [.. Enumerable.Range(0, columns.Count)];
        return WithConditions(
            new Lowered(plan with { Schema = left.Schema.WithKey(key) }, Numbered(columns)), [.. conditions[false]]);
    }

    private static Lowered LowerValues(BoundValues values, Request request)
    {
        HashSet<ColumnSymbol> needed = request.AllColumns();
        int[] kept = [.. Enumerable.Range(0, values.Columns.Count).Where(i => needed.Contains(values.Columns[i]))];
        ColumnSymbol[] columns = [.. kept.Select(i => values.Columns[i])];
        var ordinals = new Dictionary<ColumnSymbol, int>();
        ScalarExpression[][] rows = [.. values.Rows.Select(row => kept.Select(i => Lower(row[i], ordinals)).ToArray())];
        var plan = new LogicalValues(rows, new Schema(columns.Select(AsField)));
        return WithConditions(new Lowered(plan, Numbered(columns)), request.Conditions);
    }
}
