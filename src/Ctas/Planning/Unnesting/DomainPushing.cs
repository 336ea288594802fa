using Ctas.Binding;
using Ctas.Data;

namespace Ctas.Planning.Unnesting;

/// <summary>
/// Makes any sub-query independent: joins it with all the different values that the outer query can give it (its
/// domain), as far down as something reads them, and carries the values upwards beside its rows.
/// </summary>
/// <remarks>Source: Neumann, Kemper, "Unnesting Arbitrary Queries", BTW 2015.</remarks>
/// <param name="outer">The rows of the outer query.</param>
/// <param name="correlation">The columns of them that the sub-query reads.</param>
internal sealed class DomainPushing(BoundRelation outer, Correlation correlation)
{
    private readonly ColumnSymbol[] _columns = [.. correlation.Outer];

    /// <summary>A relation, and the columns of it that hold the values of the outer ones.</summary>
    private sealed record Dependent(BoundRelation Relation, IReadOnlyDictionary<ColumnSymbol, ColumnSymbol> Domain);

    /// <summary>The sub-query for all outer rows at once, and which of its rows belong to which outer one.</summary>
    public Independent Push(BoundRelation relation)
    {
        Dependent pushed = Pushed(relation);
        return new Independent(
            pushed.Relation, [.. _columns.Select(column => BoundParts.Same(pushed.Domain[column], column))]);
    }

    private Dependent Pushed(BoundRelation relation)
    {
        if (!correlation.Reads(relation))
        {
            Dependent domain = NewDomain();
            return domain with
            {
                Relation = relation is BoundSingleRow
                    ? domain.Relation
                    : new BoundJoin(BoundJoinKind.Cross, domain.Relation, relation, condition: null),
            };
        }

        return relation switch
        {
            BoundProject project => PushProject(project),
            BoundGrouping grouping => PushGrouping(grouping),
            BoundWindows windows => PushWindows(windows),
            BoundTimeWindow window => PushTimeWindow(window),
            BoundJoin join => PushJoin(join),
            BoundMatchJoin join => PushMatchJoin(join),
            BoundDistinct distinct => PushDistinct(distinct),
            BoundLimit limit => PushLimit(limit),
            BoundUnionAll union => PushUnion(union),
            BoundSetOperation operation => PushSetOperation(operation),

            // One input, whose columns stay.
            _ => PushInput(relation),
        };
    }

    private Dependent NewDomain()
    {
        Dictionary<ColumnSymbol, ColumnSymbol> domain = _columns.ToDictionary(column => column, BoundParts.Renewed);
        var values = new BoundProject(
            outer, domain.Select(column => new BoundProjection(column.Value, new BoundColumn(column.Key))));
        return new Dependent(new BoundDistinct(values), domain);
    }

    private Dependent PushInput(BoundRelation relation)
    {
        Dependent input = Pushed(relation.Inputs()[0]);
        return input with { Relation = relation.With(_ => input.Relation, Reading(input)) };
    }

    private Dependent PushProject(BoundProject project)
    {
        Dependent input = Pushed(project.Input);
        var (handed, domain) = HandedUp(input);
        Func<BoundExpression, BoundExpression> reading = Reading(input);
        IEnumerable<BoundProjection> projections =
            project.Projections.Select(p => p with { Expression = reading(p.Expression) });
        return new Dependent(new BoundProject(input.Relation, [.. projections, .. handed]), domain);
    }

    private Dependent PushGrouping(BoundGrouping grouping)
    {
        Dependent input = Pushed(grouping.Input);
        var (handed, domain) = HandedUp(input);
        Func<BoundExpression, BoundExpression> reading = Reading(input);
        BoundProjection[] keys = [.. grouping.Keys.Select(p => p with { Expression = reading(p.Expression) }), .. handed];
        BoundProjection[] aggregates =
            [.. grouping.Aggregates.Select(p => p with { Expression = reading(p.Expression) })];
        return grouping.Keys.Count > 0
            ? new Dependent(new BoundGrouping(input.Relation, keys, aggregates), domain)
            : WithEmptyGroups(input.Relation, keys, aggregates, domain);
    }

    /// <summary>The rows of each outer row are partitions of their own.</summary>
    private Dependent PushWindows(BoundWindows windows)
    {
        Dependent input = Pushed(windows.Input);
        Func<BoundExpression, BoundExpression> reading = Reading(input);
        BoundExpression[] domain = [.. input.Domain.Values.Select(column => new BoundColumn(column))];
        IEnumerable<BoundProjection> calls = windows.Calls.Select(projection =>
        {
            var call = (BoundWindowCall)reading(projection.Expression);
            BoundList<BoundExpression> partitionBy = [.. call.Window.PartitionBy, .. domain];
            return projection with { Expression = call with { Window = call.Window with { PartitionBy = partitionBy } } };
        });
        return input with { Relation = new BoundWindows(input.Relation, [.. calls]) };
    }

    /// <summary>The rows of each outer row make sessions of their own.</summary>
    private Dependent PushTimeWindow(BoundTimeWindow window)
    {
        Dependent input = Pushed(window.Input);
        Func<BoundExpression, BoundExpression> reading = Reading(input);
        IEnumerable<BoundExpression> domain = input.Domain.Values.Select(column => new BoundColumn(column));
        return input with
        {
            Relation = window.With(
                input.Relation, reading(window.Time), [.. window.Keys.Select(reading), .. domain]),
        };
    }

    /// <summary>An aggregate of no rows is a row too: the domain says for which outer rows there are none.</summary>
    private Dependent WithEmptyGroups(
        BoundRelation input,
        BoundProjection[] keys,
        BoundProjection[] aggregates,
        IReadOnlyDictionary<ColumnSymbol, ColumnSymbol> domain)
    {
        BoundProjection[] found = [.. aggregates.Select(p => p with { Column = BoundParts.Renewed(p.Column) })];
        Dependent all = NewDomain();
        var joined = new BoundJoin(
            BoundJoinKind.Left, all.Relation, new BoundGrouping(input, keys, found), Same(all.Domain, domain));
        IEnumerable<BoundProjection> values = aggregates.Select((aggregate, i) =>
        {
            var value = new BoundColumn(found[i].Column);
            BoundConstant empty = EmptyInput.ValueOf((BoundAggregate)aggregate.Expression);
            return aggregate with
            {
                Expression = empty.Value is null
                    ? value
                    : new BoundFunction("COALESCE", [value, empty], aggregate.Column.Type),
            };
        });
        return all with { Relation = new BoundProject(joined, [.. values, .. all.Domain.Values.Select(BoundParts.Kept)]) };
    }

    private Dependent PushJoin(BoundJoin join)
    {
        bool readsLeft = correlation.Reads(join.Left);
        bool readsRight = correlation.Reads(join.Right);
        bool isInner = join.Kind is BoundJoinKind.Inner or BoundJoinKind.Cross;
        if (join.Kind == BoundJoinKind.Full || (readsLeft && readsRight)) { return PushBoth(join); }

        // The side that is kept whole must know the domain; of two that lose rows, the one that reads it.
        bool isLeft = isInner ? readsLeft || !readsRight : join.Kind != BoundJoinKind.Right;
        if (!isInner && (isLeft ? readsRight : readsLeft)) { return PushBoth(join); }

        Dependent side = Pushed(isLeft ? join.Left : join.Right);
        BoundExpression? condition = join.Condition is null ? null : Reading(side)(join.Condition);
        return side with
        {
            Relation = isLeft
                ? Joined(join, side.Relation, join.Right, condition)
                : Joined(join, join.Left, side.Relation, condition),
        };
    }

    private Dependent PushBoth(BoundJoin join)
    {
        Dependent left = Pushed(join.Left);
        Dependent right = Pushed(join.Right);
        Dependent kept = join.Kind == BoundJoinKind.Right ? right : left;
        IEnumerable<BoundExpression> own = join.Condition is null ? [] : [Reading(kept)(join.Condition)];
        BoundExpression? condition = BoundParts.All([.. own, Same(left.Domain, right.Domain)]);
        BoundJoin joined = Joined(join, left.Relation, right.Relation, condition);
        if (join.Kind != BoundJoinKind.Full) { return kept with { Relation = joined }; }

        // Of a full join either side may be absent.
        Dictionary<ColumnSymbol, ColumnSymbol> domain = _columns.ToDictionary(column => column, BoundParts.Renewed);
        return new Dependent(
            joined.With(_columns.Select(column => new BoundProjection(domain[column], new BoundFunction(
                "COALESCE",
                [new BoundColumn(left.Domain[column]), new BoundColumn(right.Domain[column])],
                column.Type)))),
            domain);
    }

    private static BoundJoin Joined(BoundJoin join, BoundRelation left, BoundRelation right, BoundExpression? condition)
    {
        bool isConditioned = join.Kind == BoundJoinKind.Cross && condition is not null;
        return new BoundJoin(isConditioned ? BoundJoinKind.Inner : join.Kind, left, right, condition)
        {
            Subquery = join.Subquery,
            Within = join.Within,
        };
    }

    private Dependent PushMatchJoin(BoundMatchJoin join)
    {
        Dependent left = Pushed(join.Left);
        Func<BoundExpression, BoundExpression> reading = Reading(left);
        BoundExpression? condition = join.Condition is null ? null : reading(join.Condition);
        BoundRelation right = join.Right;
        if (correlation.Reads(right))
        {
            Dependent dependent = Pushed(right);
            IEnumerable<BoundExpression> own = condition is null ? [] : [condition];
            condition = BoundParts.All([.. own, Same(left.Domain, dependent.Domain)]);
            right = dependent.Relation;
        }

        BoundExpression? comparison = join.Comparison is null ? null : reading(join.Comparison);
        return left with
        {
            Relation = new BoundMatchJoin(join.Kind, left.Relation, right, condition, comparison, join.Mark),
        };
    }

    private Dependent PushDistinct(BoundDistinct distinct)
    {
        Dependent input = Pushed(distinct.Input);
        return input with { Relation = new BoundDistinct(Exactly(distinct.Columns, input)) };
    }

    private Dependent PushLimit(BoundLimit limit)
    {
        Dependent input = Pushed(limit.Input);
        return input with
        {
            Relation = new BoundLimit(input.Relation, limit.Offset, limit.Count)
            {
                Groups = [.. limit.Groups, .. input.Domain.Values],
            },
        };
    }

    private Dependent PushUnion(BoundUnionAll union)
    {
        Dictionary<ColumnSymbol, ColumnSymbol> domain = _columns.ToDictionary(column => column, BoundParts.Renewed);
        IEnumerable<BoundRelation> inputs =
            union.Inputs.Select(input => (BoundRelation)Exactly(input.Columns, Pushed(input)));
        var all = new BoundUnionAll(
            [.. inputs], [.. union.Columns, .. _columns.Select(column => domain[column])], isOpen: false, DataType.Null);
        return new Dependent(all, domain);
    }

    private Dependent PushSetOperation(BoundSetOperation operation)
    {
        Dependent left = Pushed(operation.Left);
        BoundProject right = Exactly(operation.Right.Columns, Pushed(operation.Right));
        return left with
        {
            Relation = new BoundSetOperation(
                operation.IsIntersect, operation.IsAll, Exactly(operation.Left.Columns, left), right),
        };
    }

    /// <summary>These columns and the domain, and nothing else.</summary>
    private BoundProject Exactly(IReadOnlyList<ColumnSymbol> columns, Dependent input) =>
        input.Relation.Only([.. columns, .. _columns.Select(column => input.Domain[column])]);

    /// <summary>The domain under new symbols, for a node that names its columns.</summary>
    private (IEnumerable<BoundProjection> Handed, Dictionary<ColumnSymbol, ColumnSymbol> Domain) HandedUp(Dependent input)
    {
        Dictionary<ColumnSymbol, ColumnSymbol> domain = _columns.ToDictionary(column => column, BoundParts.Renewed);
        return (
            _columns.Select(column => new BoundProjection(domain[column], new BoundColumn(input.Domain[column]))), domain);
    }

    private BoundExpression Same(
        IReadOnlyDictionary<ColumnSymbol, ColumnSymbol> left, IReadOnlyDictionary<ColumnSymbol, ColumnSymbol> right) =>
        BoundParts.All(_columns.Select(column => BoundParts.Same(left[column], right[column])))!;

    /// <summary>What makes an expression read the domain's columns instead of the outer ones.</summary>
    private static Func<BoundExpression, BoundExpression> Reading(Dependent input) => new ColumnSubstitution(
        input.Domain.ToDictionary(column => column.Key, column => (BoundExpression)new BoundColumn(column.Value))).Rewrite;
}
