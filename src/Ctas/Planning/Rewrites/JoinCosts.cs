namespace Ctas.Planning.Rewrites;

/// <summary>What joins of a graph's relations cost: the rows that they make, and those that they build.</summary>
internal sealed class JoinCosts
{
    // What a row costs that goes into a hash table, in rows that only go past it.
    private const double OfBuilding = 2;
    private const double RowsOfUnknown = 1000;

    private readonly JoinGraph _graph;
    private readonly PlanEstimate[] _relations;
    private readonly double[] _shares;
    private readonly Dictionary<ulong, double> _rows = [];

    /// <summary>Estimates the relations; sizes count only where all are known.</summary>
    public JoinCosts(JoinGraph graph, Cardinality cardinality)
    {
        _graph = graph;
        PlanEstimate?[] known = [.. graph.Relations.Select(cardinality.Of)];
        bool areKnown = known.All(estimate => estimate is not null);
        _relations =
        [
            .. known.Select(estimate => areKnown ? estimate! : PlanEstimate.OfRows(RowsOfUnknown)),
        ];
        _shares = [.. graph.Conditions.Select(ShareOf)];
    }

    /// <summary>One relation.</summary>
    public JoinTree Relation(int relation) => new(1UL << relation, RowsOf(1UL << relation), 0, null, null);

    /// <summary>Two parts joined; the smaller is built.</summary>
    public JoinTree Join(JoinTree first, JoinTree second)
    {
        ulong relations = first.Relations | second.Relations;
        (JoinTree probed, JoinTree built) = second.Rows <= first.Rows ? (first, second) : (second, first);
        double rows = RowsOf(relations);
        double cost = first.Cost + second.Cost + rows + probed.Rows + (OfBuilding * built.Rows);
        return new JoinTree(relations, rows, cost, probed, built) { IsRoot = relations == _graph.All };
    }

    /// <summary>True when an equality connects the two.</summary>
    public bool AreConnected(ulong first, ulong second)
    {
        foreach (JoinCondition condition in _graph.Conditions)
        {
            bool spans = (condition.Relations & first) != 0 && (condition.Relations & second) != 0
                && JoinGraph.IsWithin(condition.Relations, first | second);
            if (spans && _graph.KeyBetween(condition, first, second) is not null) { return true; }
        }

        return false;
    }

    /// <summary>What the joins cost in the order in which they are written, where the right side is built.</summary>
    public double OfWritten(LogicalJoin join)
    {
        int relation = 0;
        return Written(join, ref relation).Cost;
    }

    private (ulong Relations, double Cost) Written(LogicalPlan plan, ref int relation)
    {
        if (plan is not LogicalJoin join || !JoinGraph.IsFree(join)) { return (1UL << relation++, 0); }

        (ulong left, double leftCost) = Written(join.Left, ref relation);
        (ulong right, double rightCost) = Written(join.Right, ref relation);
        return (left | right,
            leftCost + rightCost + RowsOf(left | right) + RowsOf(left) + (OfBuilding * RowsOf(right)));
    }

    private double RowsOf(ulong relations)
    {
        if (_rows.TryGetValue(relations, out double known)) { return known; }

        double rows = 1;
        foreach (int relation in JoinGraph.Members(relations)) { rows *= Math.Max(1, _relations[relation].Rows); }

        for (int condition = 0; condition < _shares.Length; condition++)
        {
            if (JoinGraph.IsWithin(_graph.Conditions[condition].Relations, relations)) { rows *= _shares[condition]; }
        }

        return _rows[relations] = rows;
    }

    private double ShareOf(JoinCondition condition)
    {
        int[] members = [.. JoinGraph.Members(condition.Relations)];
        bool isKey = members.Length == 2
            && _graph.KeyBetween(condition, 1UL << members[0], 1UL << members[1]) is not null;
        if (!isKey) { return Selectivity.Of(condition.Expression, Everything()); }

        (ScalarExpression first, ScalarExpression second) =
            _graph.KeyBetween(condition, 1UL << members[0], 1UL << members[1])!.Value;
        return Cardinality.KeyShare(
            _relations[members[0]], Own(first, members[0]), _relations[members[1]], Own(second, members[1]));
    }

    private ScalarExpression Own(ScalarExpression expression, int relation) =>
        ExpressionTree.Renumber(expression, ordinal => ordinal - _graph.Start(relation));

    private PlanEstimate Everything() =>
        new(double.MaxValue, ordinal =>
        {
            int relation = _graph.RelationOf(ordinal);
            return _relations[relation].Columns(ordinal - _graph.Start(relation));
        });
}
