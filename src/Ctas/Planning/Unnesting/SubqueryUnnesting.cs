using Ctas.Binding;

namespace Ctas.Planning.Unnesting;

/// <summary>
/// Makes a query without sub-queries in its expressions: each becomes a join, and nothing reads the rows of another query.
/// </summary>
/// <remarks>
/// <code>
/// WHERE EXISTS (q), x IN (q)           semi join          the value of a query                  single join
/// WHERE NOT EXISTS (q), x NOT IN (q)   anti join          … of one that aggregates              left join
/// EXISTS and IN as a value             mark join          … of one that reads nothing outside   cross join
/// </code>
/// Inner sub-queries come first. A sub-query that reads the query around it is made independent by
/// <see cref="ConditionLifting"/> where that can be, else by <see cref="DomainPushing"/>.
/// </remarks>
internal sealed class SubqueryUnnesting
{
    // A relation that stands at several places stays one relation.
    private readonly Dictionary<BoundRelation, BoundRelation> _done = new(ReferenceEqualityComparer.Instance);

    /// <summary>The same rows and columns without sub-queries.</summary>
    public static BoundRelation Of(BoundRelation relation) => new SubqueryUnnesting().Unnested(relation);

    /// <summary>The same rows and columns without sub-queries; itself when it has none.</summary>
    public BoundRelation Unnested(BoundRelation relation)
    {
        if (!relation.AnyExpression(expression => expression.Contains<BoundSubquery>())) { return relation; }

        if (!_done.TryGetValue(relation, out BoundRelation? unnested))
        {
            unnested = Unnest(relation);
            _done[relation] = unnested;
        }

        return unnested;
    }

    private BoundRelation Unnest(BoundRelation relation)
    {
        bool hasSubquery = relation.Expressions().Any(expression => expression.Contains<BoundSubquery>());
        if (!hasSubquery) { return relation.With(Unnested, expression => expression); }

        switch (relation)
        {
            case BoundFilter filter:
                return UnnestFilter(filter);
            case BoundJoin join:
                return UnnestJoin(join);
            default:
                var attachment = new SubqueryAttachment(this, Unnested(relation.Inputs()[0]));
                BoundRelation values = relation.With(input => input, attachment.Rewrite);
                return values.With(_ => attachment.Input, expression => expression).Only(relation.ReadableColumns);
        }
    }

    private BoundProject UnnestFilter(BoundFilter filter)
    {
        // Conditions that need no sub-query first: fewer rows meet the joins.
        BoundExpression[] conjuncts = [.. filter.Predicate.Conjuncts()];
        BoundExpression[] plain = [.. conjuncts.Where(conjunct => !conjunct.Contains<BoundSubquery>())];
        var attachment = new SubqueryAttachment(this, Unnested(filter.Input).Where(plain));
        List<BoundExpression> left = [];
        foreach (BoundExpression conjunct in conjuncts.Except(plain))
        {
            if (!attachment.TrySelect(conjunct)) { left.Add(attachment.Rewrite(conjunct)); }
        }

        return attachment.Input.Where(left).Only(filter.ReadableColumns);
    }

    private BoundRelation UnnestJoin(BoundJoin join)
    {
        if (join.Kind is BoundJoinKind.Inner or BoundJoinKind.Cross)
        {
            // What matches and what is kept are the same.
            var joined = new BoundJoin(BoundJoinKind.Cross, join.Left, join.Right, condition: null);
            return Unnested(new BoundFilter(joined, join.Condition!));
        }

        // Each sub-query reads one side only, of which it is a further column.
        var left = new SubqueryAttachment(this, Unnested(join.Left));
        var right = new SubqueryAttachment(this, Unnested(join.Right));
        BoundExpression condition = new SideAttachment(left, right).Rewrite(join.Condition!);
        return new BoundJoin(join.Kind, left.Input, right.Input, condition).Only(join.ReadableColumns);
    }

    private sealed class SideAttachment(SubqueryAttachment left, SubqueryAttachment right) : BoundExpressionRewriter
    {
        public override BoundExpression Rewrite(BoundExpression expression)
        {
            if (expression is not BoundSubquery) { return base.Rewrite(expression); }

            bool isRight = expression.Columns() is { Count: > 0 } columns
                && columns.IsSubsetOf(right.Input.ReadableColumns);
            return (isRight ? right : left).Rewrite(expression);
        }
    }
}
