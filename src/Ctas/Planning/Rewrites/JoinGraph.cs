using System.Numerics;

namespace Ctas.Planning.Rewrites;

/// <summary>A condition between relations of a join graph.</summary>
/// <param name="Expression">Over the columns of all relations, one after another.</param>
/// <param name="Relations">A bit for each relation it reads.</param>
internal sealed record JoinCondition(ScalarExpression Expression, ulong Relations);

/// <summary>
/// Neighbouring inner joins taken apart: the relations, and the conditions between them, without the order in which
/// they were written. Immutable.
/// </summary>
internal sealed class JoinGraph
{
    /// <summary>More relations are joined as they are written.</summary>
    public const int MaxRelations = 60;

    private readonly List<LogicalPlan> _relations = [];
    private readonly List<int> _starts = [];
    private readonly List<JoinCondition> _conditions = [];

    private JoinGraph()
    {
    }

    /// <summary>What is joined, from left to right.</summary>
    public IReadOnlyList<LogicalPlan> Relations => _relations;

    /// <summary>What the joins ask.</summary>
    public IReadOnlyList<JoinCondition> Conditions => _conditions;

    /// <summary>All relations.</summary>
    public ulong All => Mask(0, _relations.Count);

    /// <summary>Takes a join apart, and the joins below it as far as their order is free.</summary>
    public static JoinGraph Of(LogicalJoin join)
    {
        var graph = new JoinGraph();
        graph.Add(join, start: 0);
        return graph;
    }

    /// <summary>True for joins that may change places with their neighbours: inner ones whose conditions cannot fail.</summary>
    public static bool IsFree(LogicalPlan plan) =>
        plan is LogicalJoin { Join: JoinKind.Inner or JoinKind.Cross } join && !LogicalJoins.GoesByTime(join)
        && join.LeftKeys.Concat(join.RightKeys).All(ExpressionRisks.IsSafe)
        && (join.Residual is null || ExpressionRisks.IsSafe(join.Residual));

    /// <summary>Ordinal of a relation's first column among all.</summary>
    public int Start(int relation) => _starts[relation];

    /// <summary>The relation that has the column.</summary>
    public int RelationOf(int ordinal)
    {
        int relation = _starts.BinarySearch(ordinal);
        if (relation < 0) { return ~relation - 1; }

        // Relations without columns share their start with the next one.
        while (relation + 1 < _starts.Count && _starts[relation + 1] == ordinal) { relation++; }

        return relation;
    }

    /// <summary>A bit for each relation that the expression reads.</summary>
    public ulong Read(ScalarExpression expression) => ExpressionTree.Columns(expression)
        .Aggregate(0UL, (mask, ordinal) => mask | (1UL << RelationOf(ordinal)));

    /// <summary>The relations of a mask.</summary>
    public static IEnumerable<int> Members(ulong mask)
    {
        for (; mask != 0; mask &= mask - 1) { yield return BitOperations.TrailingZeroCount(mask); }
    }

    /// <summary>The two sides of an equality where one reads only the first relations and the other only the second.</summary>
    public (ScalarExpression First, ScalarExpression Second)? KeyBetween(JoinCondition condition, ulong first, ulong second)
    {
        if (condition.Expression is not BinaryExpression { Operator: BinaryOperator.Equal } equality) { return null; }

        ulong left = Read(equality.Left);
        ulong right = Read(equality.Right);
        if (left == 0 || right == 0) { return null; }

        if (IsWithin(left, first) && IsWithin(right, second)) { return (equality.Left, equality.Right); }

        return IsWithin(right, first) && IsWithin(left, second) ? (equality.Right, equality.Left) : null;
    }

    /// <summary>True when all relations of the one are among those of the other.</summary>
    public static bool IsWithin(ulong relations, ulong others) => (relations & ~others) == 0;

    private static ulong Mask(int first, int count) => count == 0 ? 0 : ((1UL << count) - 1) << first;

    private void Add(LogicalPlan plan, int start)
    {
        if (plan is not LogicalJoin join || !IsFree(join))
        {
            _starts.Add(start);
            _relations.Add(plan);
            return;
        }

        int middle = start + join.Left.Schema.Fields.Count;
        Add(join.Left, start);
        Add(join.Right, middle);
        foreach ((ScalarExpression left, ScalarExpression right) in join.LeftKeys.Zip(join.RightKeys))
        {
            AddCondition(new BinaryExpression(
                BinaryOperator.Equal, Moved(left, start), Moved(right, middle), Ctas.Data.DataType.Boolean));
        }

        foreach (ScalarExpression condition in ExpressionTree.Conjuncts(join.Residual)) { AddCondition(Moved(condition, start)); }
    }

    private void AddCondition(ScalarExpression expression) => _conditions.Add(new JoinCondition(expression, Read(expression)));

    private static ScalarExpression Moved(ScalarExpression expression, int by) =>
        ExpressionTree.Renumber(expression, ordinal => ordinal + by);
}
