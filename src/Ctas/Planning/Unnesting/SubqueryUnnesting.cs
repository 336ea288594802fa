using Ctas.Binding;
using Ctas.Planning.Rewrites;

namespace Ctas.Planning.Unnesting;

/// <summary>
/// Makes a query without sub-queries in its expressions: each becomes a join, and nothing reads the rows of another query.
/// </summary>
/// <remarks>
/// <code>
/// WHERE EXISTS (q), x IN (q)           semi join          the value of a query                  single join
/// WHERE NOT EXISTS (q), x NOT IN (q)   anti join          … of one that aggregates              left join
/// EXISTS and IN as a value             mark join          … of one that reads nothing outside   cross join
/// LATERAL (q)                          inner or left join
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
        if (!HasSubquery(relation)) { return relation; }

        if (!_done.TryGetValue(relation, out BoundRelation? unnested))
        {
            unnested = Unnest(relation);
            _done[relation] = unnested;
        }

        return unnested;
    }

    private static bool HasSubquery(BoundRelation relation) => relation is BoundLateralJoin
        || relation.Expressions().Any(expression => expression.Contains<BoundSubquery>())
        || relation.Inputs().Any(HasSubquery);

    private BoundRelation Unnest(BoundRelation relation)
    {
        if (relation is BoundLateralJoin lateral)
        {
            return new SubqueryAttachment(this, Unnested(lateral.Left)).Rows(lateral);
        }

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
        // Conditions that need no sub-query first: fewer rows meet the joins. Those that may fail on a row come last,
        // after what may drop it.
        BoundExpression[] conjuncts = [.. filter.Predicate.Conjuncts()];
        ILookup<bool, BoundExpression> plain = conjuncts
            .Where(conjunct => !conjunct.Contains<BoundSubquery>())
            .ToLookup(conjunct => ExpressionRisks.CanRaise(conjunct) && !Joins(filter.Input, conjunct.Columns()));
        var attachment = new SubqueryAttachment(this, Unnested(filter.Input).Where([.. plain[false]]));
        List<BoundExpression> left = [];
        foreach (BoundExpression conjunct in conjuncts.Where(conjunct => conjunct.Contains<BoundSubquery>()))
        {
            if (!attachment.TrySelect(conjunct)) { left.Add(attachment.Rewrite(conjunct)); }
        }

        return attachment.Input.Where([.. left, .. plain[true]]).Only(filter.ReadableColumns);
    }

    /// <summary>True when a condition over the columns says which rows of joined relations belong together.</summary>
    private static bool Joins(BoundRelation input, HashSet<ColumnSymbol> columns) => input is BoundJoin join
        && (columns.IsSubsetOf(join.Left.ReadableColumns) ? Joins(join.Left, columns)
            : !columns.IsSubsetOf(join.Right.ReadableColumns) || Joins(join.Right, columns));

    private BoundRelation UnnestJoin(BoundJoin join)
    {
        if (join.Kind is BoundJoinKind.Inner or BoundJoinKind.Cross)
        {
            // What matches and what is kept are the same.
            var joined = new BoundJoin(BoundJoinKind.Cross, join.Left, join.Right, condition: null) { Within = join.Within };
            return Unnested(new BoundFilter(joined, join.Condition!));
        }

        if (join.Kind is BoundJoinKind.Left or BoundJoinKind.Right && ReadsBothSides(join)) { return UnnestAsLateral(join); }

        // Each sub-query reads one side only, of which it is a further column.
        var left = new SubqueryAttachment(this, Unnested(join.Left));
        var right = new SubqueryAttachment(this, Unnested(join.Right));
        BoundExpression condition = new SideAttachment(left, right).Rewrite(join.Condition!);
        return new BoundJoin(join.Kind, left.Input, right.Input, condition) { Within = join.Within }.Only(join.ReadableColumns);
    }

    private static bool ReadsBothSides(BoundJoin join) => join.Condition!.Subqueries().Any(subquery =>
    {
        HashSet<ColumnSymbol> columns = subquery.Columns();
        return !columns.IsSubsetOf(join.Left.ReadableColumns) && !columns.IsSubsetOf(join.Right.ReadableColumns);
    });

    /// <summary>What matches a row of the side that is kept is a query that reads it.</summary>
    private BoundProject UnnestAsLateral(BoundJoin join)
    {
        (BoundRelation kept, BoundRelation matched) =
            join.Kind == BoundJoinKind.Left ? (join.Left, join.Right) : (join.Right, join.Left);
        var parameters = new KeptColumns(kept);
        var matching = new BoundFilter(matched, parameters.Rewrite(join.Condition!));
        var lateral = new BoundLateralJoin(keepsLeft: true, kept, matching, [.. parameters.All]);
        return Unnested(lateral).Only(join.ReadableColumns);
    }

    /// <summary>Makes columns of the side that is kept parameters of a query.</summary>
    private sealed class KeptColumns(BoundRelation kept) : BoundExpressionRewriter
    {
        private readonly Dictionary<ColumnSymbol, BoundParameter> _parameters = kept.ReadableColumns.ToDictionary(
            column => column, column => new BoundParameter(BoundParts.Renewed(column), new BoundColumn(column)));

        private readonly HashSet<ColumnSymbol> _read = [];

        public IEnumerable<BoundParameter> All => _read.Select(column => _parameters[column]);

        public override BoundExpression Rewrite(BoundExpression expression)
        {
            if (expression is not BoundColumn column || !_parameters.TryGetValue(column.Column, out BoundParameter? parameter))
            {
                return base.Rewrite(expression);
            }

            _read.Add(column.Column);
            return new BoundOuterColumn(parameter.Symbol) { Span = expression.Span };
        }
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
