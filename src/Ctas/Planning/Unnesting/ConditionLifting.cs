using System.Globalization;
using Ctas.Binding;
using Ctas.Planning.Rewrites;

namespace Ctas.Planning.Unnesting;

/// <summary>
/// Makes a sub-query independent by lifting the conditions that read the outer query out of it: they become the
/// condition of the join that puts the two together.
/// </summary>
/// <remarks>
/// <code>
/// SELECT AVG(x) FROM s WHERE s.k = o.k        becomes        SELECT AVG(x), k FROM s GROUP BY k,  with k = o.k lifted
/// </code>
/// Past grouping, DISTINCT and LIMIT only equalities go, whose inner side becomes a further group. What cannot be lifted
/// is left to <see cref="DomainPushing"/>. Columns that the lifted conditions need are handed up under new symbols.
/// <para>
/// What is made independent has rows that no outer row asks for, and these must fail nothing: an expression that some row
/// could make fail is lifted too, to where the rows are together. Where it decides what groups, sorts or is looked up it
/// has to come before, and the whole is left to <see cref="DomainPushing"/>, which has the rows asked for only.
/// </para>
/// </remarks>
internal sealed class ConditionLifting(Correlation correlation)
{
    /// <summary>The relation without what reads the outer query; null where it cannot be lifted.</summary>
    public Independent? Lift(BoundRelation relation)
    {
        if (!correlation.Reads(relation)) { return new Independent(relation, []); }

        return relation switch
        {
            BoundFilter filter => LiftFilter(filter),
            BoundProject project => LiftProject(project),
            BoundJoin join => LiftJoin(join),
            BoundMatchJoin join => LiftMatchJoin(join),
            BoundGrouping grouping => LiftGrouping(grouping),
            BoundDistinct distinct => LiftDistinct(distinct),
            BoundLimit limit => LiftLimit(limit),
            BoundSort sort => LiftSort(sort),
            _ => null,
        };
    }

    private Independent? LiftFilter(BoundFilter filter)
    {
        if (Lift(filter.Input) is not { Defaults: null } input) { return null; }

        BoundExpression[] conjuncts = [.. Substituted(filter.Predicate, input.Values).Conjuncts()];
        BoundExpression[] asking = [.. input.Conditions, .. conjuncts.Where(correlation.Reads)];
        if (asking.Length > 1 && asking.Any(IsRiskyKey)) { return null; }

        ILookup<bool, BoundExpression> own = conjuncts
            .Where(conjunct => !correlation.Reads(conjunct))
            .ToLookup(conjunct => IsRisky(conjunct, asking));
        return input with
        {
            Relation = input.Relation.Where(own[false]),
            Conditions = [.. asking, .. own[true]],
        };
    }

    private Independent? LiftProject(BoundProject project)
    {
        if (Lift(project.Input) is not { } input) { return null; }

        List<BoundProjection> kept = [];
        Dictionary<ColumnSymbol, BoundExpression> values = [];
        Dictionary<ColumnSymbol, BoundExpression>? defaults = input.Defaults is null ? null : [];
        foreach (BoundProjection projection in project.Projections)
        {
            BoundExpression value = Substituted(projection.Expression, input.Values);
            if (correlation.Reads(value) || (IsRisky(value, input.Conditions) && value.IsDeterministic()))
            {
                values[projection.Column] = value;
            }
            else { kept.Add(projection with { Expression = value }); }

            if (defaults is not null) { defaults[projection.Column] = Substituted(value, input.Defaults!); }
        }

        var handed = new HandedUp(correlation, input.Conditions, values.Values);
        return new Independent(
            new BoundProject(input.Relation, [.. kept, .. handed.Projections]),
            [.. input.Conditions.Select(handed.Renamed)])
        {
            Values = values.ToDictionary(value => value.Key, value => handed.Renamed(value.Value)),
            Defaults = defaults,
        };
    }

    private Independent? LiftJoin(BoundJoin join)
    {
        bool isInner = join.Kind is BoundJoinKind.Inner or BoundJoinKind.Cross;
        bool keepsLeft = join.Kind is BoundJoinKind.Left or BoundJoinKind.Single && !correlation.Reads(join.Right);
        if ((!isInner && !keepsLeft) || Lift(join.Left) is not { Defaults: null } left
            || Lift(join.Right) is not { Defaults: null } right)
        {
            return null;
        }

        Dictionary<ColumnSymbol, BoundExpression> values = new(left.Values.Concat(right.Values));
        BoundExpression[] conjuncts =
            join.Condition is null ? [] : [.. Substituted(join.Condition, values).Conjuncts()];
        BoundExpression[] lifted = [.. conjuncts.Where(correlation.Reads)];
        if (!isInner && lifted.Length > 0) { return null; }

        // A value that was lifted is none to look others up by.
        BoundExpression[] asking = [.. left.Conditions, .. right.Conditions, .. lifted];
        if (values.Count > 0 && conjuncts.Except(lifted).Any(conjunct => IsRisky(conjunct, asking))) { return null; }

        BoundExpression? condition = BoundParts.All(conjuncts.Except(lifted));
        BoundJoinKind kind = isInner && condition is null ? BoundJoinKind.Cross : join.Kind;
        return new Independent(
            new BoundJoin(kind, left.Relation, right.Relation, condition)
            {
                Subquery = join.Subquery,
                Within = join.Within?.With(time => Substituted(time, values)),
            },
            asking)
        {
            Values = values,
        };
    }

    private Independent? LiftMatchJoin(BoundMatchJoin join)
    {
        bool readsOuter = correlation.Reads(join.Right) || join.Expressions().Any(correlation.Reads);
        if (readsOuter || Lift(join.Left) is not { Defaults: null, Values.Count: 0 } left
            || join.Expressions().Any(expression => IsRisky(expression, left.Conditions)))
        {
            return null;
        }

        return left with
        {
            Relation = new BoundMatchJoin(
                join.Kind, left.Relation, join.Right, join.Condition, join.Comparison, join.Mark),
        };
    }

    private Independent? LiftGrouping(BoundGrouping grouping)
    {
        if (Lift(grouping.Input) is not { Defaults: null } input) { return null; }

        BoundProjection Substitute(BoundProjection part) =>
            part with { Expression = Substituted(part.Expression, input.Values) };
        List<BoundProjection> keys = [.. grouping.Keys.Select(Substitute)];
        BoundProjection[] aggregates = [.. grouping.Aggregates.Select(Substitute)];
        if (keys.Concat(aggregates).Any(part => correlation.Reads(part.Expression))
            || keys.Select(key => key.Expression).Concat(aggregates.SelectMany(part => part.Expression.Operands()))
                .Any(expression => IsRisky(expression, input.Conditions))
            || GroupedBy(input.Conditions, keys) is not { } conditions)
        {
            return null;
        }

        bool hasDefaults = grouping.Keys.Count == 0 && keys.Count > 0;
        return new Independent(new BoundGrouping(input.Relation, keys, aggregates), conditions)
        {
            Defaults = hasDefaults
                ? aggregates.ToDictionary(
                    part => part.Column, part => (BoundExpression)EmptyInput.ValueOf((BoundAggregate)part.Expression))
                : null,
        };
    }

    private Independent? LiftDistinct(BoundDistinct distinct)
    {
        if (Lift(distinct.Input) is not { Values.Count: 0 } input) { return null; }

        List<BoundProjection> keys = [];
        if (GroupedBy(input.Conditions, keys) is not { } conditions) { return null; }

        BoundProjection[] columns = [.. distinct.Columns.Select(BoundParts.Kept), .. keys];
        return input with
        {
            Relation = new BoundDistinct(new BoundProject(input.Relation, columns)),
            Conditions = conditions,
        };
    }

    private Independent? LiftSort(BoundSort sort)
    {
        if (Lift(sort.Input) is not { } input) { return null; }

        bool needsOuter = sort.Keys
            .Select(key => Substituted(key.Expression, input.Values))
            .Any(key => correlation.Reads(key) || IsRisky(key, input.Conditions));
        return needsOuter ? null : input with { Relation = new BoundSort(input.Relation, sort.Keys) };
    }

    private Independent? LiftLimit(BoundLimit limit)
    {
        if (limit.Groups.Count > 0 || Lift(limit.Input) is not { } input) { return null; }

        if (input.Defaults is not null) { return limit is { Offset: 0, Count: null or > 0 } ? input : null; }

        List<BoundProjection> keys = [];
        if (GroupedBy(input.Conditions, keys) is not { } conditions) { return null; }

        return input with
        {
            Relation = new BoundLimit(input.Relation.With(keys), limit.Offset, limit.Count)
            {
                Groups = [.. keys.Select(key => key.Column)],
            },
            Conditions = conditions,
        };
    }

    /// <summary>True when the expression could fail on a row that the conditions say nobody asks for.</summary>
    private static bool IsRisky(BoundExpression expression, IReadOnlyList<BoundExpression> conditions) =>
        conditions.Count > 0 && ExpressionRisks.CanRaiseOnRow(expression);

    /// <summary>True for an equality whose inner side is computed before it is known what else holds for the row.</summary>
    private bool IsRiskyKey(BoundExpression condition) =>
        correlation.EqualityOf(condition) is var (inner, _, _) && ExpressionRisks.CanRaiseOnRow(inner);

    /// <summary>
    /// The conditions over the groups instead of the rows, where each is an equality; null where one is none. Inner sides
    /// that no group has yet become further ones.
    /// </summary>
    private BoundExpression[]? GroupedBy(IReadOnlyList<BoundExpression> conditions, List<BoundProjection> groups)
    {
        var grouped = new BoundExpression[conditions.Count];
        for (int i = 0; i < grouped.Length; i++)
        {
            if (correlation.EqualityOf(conditions[i]) is not var (inner, outer, operation)) { return null; }

            BoundProjection? group = groups.Find(known => known.Expression.Equals(inner));
            if (group is null)
            {
                string name = (inner as BoundColumn)?.Column.Name
                    ?? string.Create(CultureInfo.InvariantCulture, $"group_{groups.Count}");
                group = new BoundProjection(new ColumnSymbol(name, inner.Type), inner);
                groups.Add(group);
            }

            grouped[i] = new BoundBinary(operation, new BoundColumn(group.Column), outer, Data.DataType.Boolean);
        }

        return grouped;
    }

    private static BoundExpression Substituted(
        BoundExpression expression, IReadOnlyDictionary<ColumnSymbol, BoundExpression> values) =>
        values.Count == 0 ? expression : new ColumnSubstitution(values).Rewrite(expression);

    /// <summary>The inner columns that lifted expressions read, under new symbols.</summary>
    private sealed class HandedUp
    {
        private readonly Dictionary<ColumnSymbol, BoundExpression> _renamed = [];

        public HandedUp(
            Correlation correlation,
            IEnumerable<BoundExpression> conditions,
            IEnumerable<BoundExpression> values)
        {
            HashSet<ColumnSymbol> read = [];
            foreach (BoundExpression expression in conditions.Concat(values)) { expression.AddColumnsTo(read); }

            foreach (ColumnSymbol column in read.Where(column => !correlation.Outer.Contains(column)))
            {
                ColumnSymbol renewed = BoundParts.Renewed(column);
                _renamed[column] = new BoundColumn(renewed);
                Projections.Add(new BoundProjection(renewed, new BoundColumn(column)));
            }
        }

        public List<BoundProjection> Projections { get; } = [];

        public BoundExpression Renamed(BoundExpression expression) => Substituted(expression, _renamed);
    }
}
