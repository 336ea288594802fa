namespace Ctas.Planning.Rewrites;

/// <summary>Where the conditions of a join, and those asked of its result, are applied.</summary>
internal sealed class JoinConditions
{
    private readonly LogicalJoin _join;
    private readonly int _leftWidth;
    private readonly List<ScalarExpression> _left = [];
    private readonly List<ScalarExpression> _right = [];
    private readonly List<ScalarExpression> _residual = [];
    private readonly List<ScalarExpression> _above = [];
    private readonly List<(ScalarExpression Left, ScalarExpression Right)> _keys;

    private JoinConditions(LogicalJoin join)
    {
        _join = join;
        _leftWidth = join.Left.Schema.Fields.Count;
        _keys = [.. join.LeftKeys.Zip(join.RightKeys)];
    }

    // An inner join's conditions and those asked of it are one. A side kept whole loses rows only to what is asked,
    // the other side only to what must match.
    private bool IsInner => _join.Join is JoinKind.Inner or JoinKind.Cross;

    private bool KeepsLeft => _join.Join is JoinKind.Left or JoinKind.Full;

    private bool KeepsRight => _join.Join is JoinKind.Right or JoinKind.Full;

    /// <summary>The join with the conditions applied as low as they go.</summary>
    /// <param name="join">The join.</param>
    /// <param name="asked">Safe conditions over its columns.</param>
    /// <param name="push">Applies conditions to an input.</param>
    public static LogicalPlan Push(
        LogicalJoin join,
        IReadOnlyList<ScalarExpression> asked,
        Func<LogicalPlan, IReadOnlyList<ScalarExpression>, LogicalPlan> push)
    {
        var conditions = new JoinConditions(join);
        foreach (ScalarExpression condition in ExpressionTree.Conjuncts(join.Residual)) { conditions.PlaceMatch(condition); }

        foreach (ScalarExpression condition in asked) { conditions.PlaceAsked(condition); }

        return conditions.Build(push);
    }

    private void PlaceMatch(ScalarExpression condition)
    {
        bool isSafe = ExpressionRisks.IsSafe(condition);
        Side side = SideOf(condition);
        if (isSafe && side == Side.Left && !KeepsLeft) { _left.Add(condition); }
        else if (isSafe && side == Side.Right && !KeepsRight) { _right.Add(OverRight(condition)); }
        else if (side == Side.Both && KeyOf(condition) is { } key) { _keys.Add(key); }
        else
        {
            _residual.Add(condition);
            PlaceImplied(condition);
        }
    }

    /// <summary>(a AND b) OR (c AND d), where a and c are of one side: that side must meet a OR c.</summary>
    private void PlaceImplied(ScalarExpression condition)
    {
        if (!ExpressionRisks.IsSafe(condition)) { return; }

        if (!KeepsLeft && OfOneSide(condition, Side.Left) is { } left) { _left.Add(left); }

        if (!KeepsRight && OfOneSide(condition, Side.Right) is { } right) { _right.Add(OverRight(right)); }
    }

    private ScalarExpression? OfOneSide(ScalarExpression condition, Side side)
    {
        ScalarExpression?[] parts =
        [
            .. ExpressionTree.Disjuncts(condition).Select(alternative => ExpressionTree.Conjunction(
                ExpressionTree.Conjuncts(alternative).Where(part => SideOf(part) == side))),
        ];
        return parts.Length > 1 && !parts.Contains(null) ? ExpressionTree.Disjunction(parts!) : null;
    }

    private void PlaceAsked(ScalarExpression condition)
    {
        Side side = SideOf(condition);
        if (side == Side.Left && (IsInner || _join.Join == JoinKind.Left)) { _left.Add(condition); }
        else if (side == Side.Right && (IsInner || _join.Join == JoinKind.Right)) { _right.Add(OverRight(condition)); }
        else if (IsInner && side == Side.Both && KeyOf(condition) is { } key) { _keys.Add(key); }
        else if (IsInner && side == Side.Both)
        {
            _residual.Add(condition);
            PlaceImplied(condition);
        }
        else { _above.Add(condition); }
    }

    private IEnumerable<ScalarExpression> Carried(ScalarExpression condition, bool toRight)
    {
        Dictionary<int, ScalarExpression> partners = [];
        foreach ((ScalarExpression left, ScalarExpression right) in _keys)
        {
            (ScalarExpression from, ScalarExpression to) = toRight ? (left, right) : (right, left);
            if (from is ColumnReference column && from.Type == to.Type && ExpressionRisks.IsSafe(to))
            {
                partners.TryAdd(column.Ordinal, to);
            }
        }

        // Every column must have a partner; a condition without constants narrows nothing.
        HashSet<int> columns = ExpressionTree.Columns(condition);
        return columns.Count > 0 && columns.All(partners.ContainsKey) && condition is not IsNullExpression
            && EqualValues.AreKeptBy(condition)
            ? [ExpressionTree.Rewrite(condition, part => part is ColumnReference column ? partners[column.Ordinal] : part)]
            : [];
    }

    private LogicalPlan Build(Func<LogicalPlan, IReadOnlyList<ScalarExpression>, LogicalPlan> push)
    {
        LogicalPlan left = push(_join.Left, ExpressionTree.Distinct(_left));
        bool isFull = _join.Join == JoinKind.Full;

        // What the left key meets, a right row must meet to match it, and the other way round.
        if (!KeepsRight && !isFull) { _right.AddRange(Carried(left, toRight: true)); }

        LogicalPlan right = push(_join.Right, ExpressionTree.Distinct(_right));
        ScalarExpression[] back = !KeepsLeft && !isFull ? [.. Missing(left, Carried(right, toRight: false))] : [];
        if (back.Length > 0) { left = push(left, back); }

        JoinKind kind = _join.Join == JoinKind.Cross && (_keys.Count > 0 || _residual.Count > 0) ? JoinKind.Inner : _join.Join;
        LogicalJoin join = LogicalJoins.Like(
            _join,
            kind,
            (left, right),
            ([.. _keys.Select(key => key.Left)], [.. _keys.Select(key => key.Right)]),
            ExpressionTree.Conjunction(ExpressionTree.Distinct(_residual)));
        return PlanTree.Filter(join with { Schema = join.Schema.WithKey(_join.Schema.Key.AsSpan()) }, _above);
    }

    private IEnumerable<ScalarExpression> Carried(LogicalPlan from, bool toRight) =>
        KnownConditions.Of(from).SelectMany(condition => Carried(condition, toRight));

    private static IEnumerable<ScalarExpression> Missing(LogicalPlan input, IEnumerable<ScalarExpression> conditions)
    {
        IReadOnlyList<ScalarExpression> known = KnownConditions.Of(input);
        return conditions.Where(condition => !known.Any(other => ExpressionTree.Same(other, condition)));
    }

    private Side SideOf(ScalarExpression condition)
    {
        HashSet<int> columns = ExpressionTree.Columns(condition);
        if (columns.Count == 0) { return Side.None; }

        return columns.All(ordinal => ordinal < _leftWidth) ? Side.Left
            : columns.All(ordinal => ordinal >= _leftWidth) ? Side.Right
            : Side.Both;
    }

    private (ScalarExpression Left, ScalarExpression Right)? KeyOf(ScalarExpression condition)
    {
        if (condition is not BinaryExpression { Operator: BinaryOperator.Equal } equality) { return null; }

        return (SideOf(equality.Left), SideOf(equality.Right)) switch
        {
            (Side.Left, Side.Right) => (equality.Left, OverRight(equality.Right)),
            (Side.Right, Side.Left) => (equality.Right, OverRight(equality.Left)),
            _ => null,
        };
    }

    private ScalarExpression OverRight(ScalarExpression expression) =>
        ExpressionTree.Renumber(expression, ordinal => ordinal - _leftWidth);

    private enum Side
    {
        None,
        Left,
        Right,
        Both,
    }
}
