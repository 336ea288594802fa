using Ctas.Binding;
using Ctas.Data;
using Ctas.Planning.Rewrites;

namespace Ctas.Planning;

internal static partial class LogicalPlanner
{
    private static Lowered LowerUnnest(BoundUnnest unnest, Request request)
    {
        IReadOnlyList<ColumnSymbol> own = unnest.OwnColumns;
        bool IsOfInput(BoundExpression condition) => !ExpressionRisks.CanRaise(condition) && !condition.Columns().Overlaps(own);
        BoundExpression[] below = [.. request.Conditions.Where(IsOfInput)];
        BoundExpression[] above = [.. request.Conditions.Where(condition => !IsOfInput(condition))];

        HashSet<ColumnSymbol> read = new Request(request.Columns, above).AllColumns();
        read.ExceptWith(own);
        foreach (UnnestedCollection collection in unnest.Collections) { collection.Collection.AddColumnsTo(read); }

        Lowered input = Lower(unnest.Input, new Request(read, below));
        int width = input.Plan.Schema.Fields.Count;
        Dictionary<ColumnSymbol, int> ordinals = new(input.Ordinals);
        for (int column = 0; column < own.Count; column++) { ordinals[own[column]] = width + column; }

        // With its number every row of a key is told apart.
        Schema from = input.Plan.Schema;
        int[] key = from.HasKey && unnest.Ordinality is not null ? [.. from.Key, width + own.Count - 1] : [];
        var plan = new LogicalUnnest(
            input.Plan,
            [.. unnest.Collections.Select(collection => Lower(collection.Collection, input.Ordinals))],
            [.. unnest.Collections.Select(collection => collection.SpreadsFields)],
            unnest.Ordinality is not null,
            unnest.KeepsEmpty,
            new Schema(from.Fields.Concat(own.Select(AsField)), key),
            input.Plan.Kind == ChangeKind.AppendOnly ? ChangeKind.AppendOnly : ChangeKind.Retract);
        return WithConditions(new Lowered(plan, ordinals), above);
    }
}
