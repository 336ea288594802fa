using Ctas.Binding;
using Ctas.Data;

namespace Ctas.Planning;

internal static partial class LogicalPlanner
{
    private static Lowered LowerSetOperation(BoundSetOperation operation, Request request)
    {
        // All columns decide whether rows are equal, asked for or not. A condition speaks of the values of a row, so of
        // equal rows it keeps all or none: it may be applied before.
        IReadOnlyList<ColumnSymbol> columns = operation.Left.Columns;
        LogicalPlan left = Exactly(Lower(operation.Left, new Request([.. columns], request.Conditions)), columns);
        IReadOnlyList<ColumnSymbol> others = operation.Right.Columns;
        LogicalPlan right =
            Exactly(Lower(operation.Right, new Request([.. others], [])), others, namesMatter: false);
        var plan = new LogicalSetOperation(
            operation.IsIntersect ? SetOperation.Intersect : SetOperation.Except, operation.IsAll, left, right);
        int[] key = operation.IsAll ? [] : [.. Enumerable.Range(0, columns.Count)];
        return new Lowered(plan with { Schema = left.Schema.WithKey(key) }, Numbered(columns));
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
