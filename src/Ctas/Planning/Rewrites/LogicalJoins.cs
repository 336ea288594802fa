using Ctas.Data;

namespace Ctas.Planning.Rewrites;

/// <summary>Makes joins whose columns, key and change kind follow from their inputs.</summary>
internal static class LogicalJoins
{
    /// <summary>The join of two inputs.</summary>
    public static LogicalJoin Create(
        JoinKind kind,
        LogicalPlan left,
        LogicalPlan right,
        IReadOnlyList<ScalarExpression> leftKeys,
        IReadOnlyList<ScalarExpression> rightKeys,
        ScalarExpression? residual)
    {
        bool isAppendOnly = kind is JoinKind.Inner or JoinKind.Cross
            && left.Kind == ChangeKind.AppendOnly && right.Kind == ChangeKind.AppendOnly;
        return new LogicalJoin(
            kind,
            left,
            right,
            leftKeys,
            rightKeys,
            residual,
            new Schema(left.Schema.Fields.Concat(right.Schema.Fields), Key(kind, left.Schema, right.Schema, leftKeys, rightKeys)),
            isAppendOnly ? ChangeKind.AppendOnly : ChangeKind.Retract);
    }

    /// <summary>A join in the place of a written one, which goes by time as that does.</summary>
    public static LogicalJoin Like(
        LogicalJoin written,
        JoinKind kind,
        (LogicalPlan Left, LogicalPlan Right) inputs,
        (IReadOnlyList<ScalarExpression> Left, IReadOnlyList<ScalarExpression> Right) keys,
        ScalarExpression? residual)
    {
        LogicalJoin join = Create(kind, inputs.Left, inputs.Right, keys.Left, keys.Right, residual);
        return join with
        {
            Within = written.Within,
            StreamSide = written.StreamSide,
            WaitsForMatch = written.WaitsForMatch,
            Kind = written.StreamSide is null && !written.WaitsForMatch ? join.Kind : written.Kind,
        };
    }

    /// <summary>True when event time, or the moment, decides what matches: such a join stays where it is.</summary>
    public static bool GoesByTime(LogicalJoin join) => join.Within is not null || join.StreamSide is not null;

    /// <summary>
    /// Unique columns of the result. Where the other side is matched by its whole key, each row of this side comes at
    /// most once and its key stays; otherwise both keys together, where both sides have one.
    /// </summary>
    private static int[] Key(
        JoinKind kind,
        Schema left,
        Schema right,
        IReadOnlyList<ScalarExpression> leftKeys,
        IReadOnlyList<ScalarExpression> rightKeys)
    {
        int leftWidth = left.Fields.Count;
        bool matchesOneRight = right.HasKey && CoversKey(right, rightKeys);
        bool matchesOneLeft = left.HasKey && CoversKey(left, leftKeys);
        if (kind is JoinKind.Inner or JoinKind.Left && matchesOneRight && left.HasKey) { return [.. left.Key]; }

        int[] rightKey = [.. right.Key.Select(ordinal => leftWidth + ordinal)];
        if (kind is JoinKind.Inner or JoinKind.Right && matchesOneLeft && right.HasKey) { return rightKey; }

        return left.HasKey && right.HasKey ? [.. left.Key, .. rightKey] : [];
    }

    /// <summary>True when the keys of a join hold every column of the input's key, so that at most one row matches.</summary>
    public static bool CoversKey(Schema schema, IReadOnlyList<ScalarExpression> keys) => schema.HasKey
        && schema.Key.All(ordinal => keys.Any(key => key is ColumnReference column && column.Ordinal == ordinal));
}
