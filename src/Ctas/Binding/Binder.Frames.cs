using System.Diagnostics;
using Ctas.Data;
using Ctas.Syntax;

namespace Ctas.Binding;

/// <content>What stands in OVER: partitions, order and frames.</content>
internal sealed partial class Binder
{
    private BoundWindow? BindWindow(OverSyntax over, Context context)
    {
        if (Resolve(over, context.Scope.Windows) is not { } whole) { return null; }

        // Equal keys say no more than one of them.
        BoundExpression[] partitionBy =
            [.. whole.PartitionBy.Select(expression => BindExpression(expression, context)).Distinct()];
        BoundSortKey[] orderBy =
        [
            .. whole.OrderBy.Select(item => new BoundSortKey(
                BindExpression(item.Expression, context), item.IsDescending, NullsFirst(item))),
        ];
        BoundFrame? frame = whole.Frame is null ? BoundFrame.Default : BindFrame(whole.Frame, orderBy, context);
        bool isBroken = frame is null || partitionBy.Concat(orderBy.Select(key => key.Expression)).Any(
            expression => expression.Contains<BoundError>());
        return isBroken ? null : new BoundWindow([.. partitionBy], [.. orderBy], frame!);
    }

    private BoundFrame? BindFrame(FrameSyntax frame, BoundSortKey[] orderBy, Context context)
    {
        string unit = frame.Unit.ToString().ToUpperInvariant();
        bool isReversed = frame.Start.Kind > frame.End.Kind
            || frame.Start.Kind == FrameBoundKind.UnboundedFollowing
            || frame.End.Kind == FrameBoundKind.UnboundedPreceding;
        if (isReversed)
        {
            Report(BindingDiagnostics.FrameReversed(frame.Span));
            return null;
        }

        bool hasOffset = frame.Start.Offset is not null || frame.End.Offset is not null;
        bool needsKey = frame.Unit == FrameUnit.Groups || (frame.Unit == FrameUnit.Range && hasOffset);
        if (needsKey && (orderBy.Length == 0 || (frame.Unit == FrameUnit.Range && orderBy.Length != 1)))
        {
            Report(BindingDiagnostics.FrameNeedsOneKey(frame.Span, unit));
            return null;
        }

        BoundExpression? rangeKey = frame.Unit == FrameUnit.Range && hasOffset ? orderBy[0].Expression : null;
        if (rangeKey is BoundError) { return null; }

        BoundConstant? start = BindOffset(frame.Start.Offset, unit, context, ref rangeKey);
        BoundConstant? end = BindOffset(frame.End.Offset, unit, context, ref rangeKey);
        bool isBroken = (start is null) != (frame.Start.Offset is null) || (end is null) != (frame.End.Offset is null);
        if (isBroken) { return null; }

        // The end may have widened the key after the start was bound.
        if (start is not null && rangeKey is not null) { start = BindOffset(frame.Start.Offset, unit, context, ref rangeKey); }

        return new BoundFrame(
            Unit(frame.Unit),
            new BoundFrameBound(Kind(frame.Start.Kind), start),
            new BoundFrameBound(Kind(frame.End.Kind), end),
            Exclusion(frame.Exclusion),
            rangeKey);
    }

    /// <summary>A constant that is not negative; null without one, and after a mistake.</summary>
    /// <param name="rangeKey">What it is added to, brought to a type that it can be added to; null for counts.</param>
    private BoundConstant? BindOffset(
        ExpressionSyntax? syntax, string unit, Context context, ref BoundExpression? rangeKey)
    {
        if (syntax is null) { return null; }

        BoundExpression bound = BindExpression(syntax, context);
        if (bound is BoundError) { return null; }

        DataType type = rangeKey is null ? DataType.BigInt : RangeType(rangeKey.Type, bound);
        if (bound is BoundConstant && Coercion.To(bound, type) is BoundConstant { Value: { } value } constant
            && constant.Type == type && !IsNegative(value))
        {
            // A key that is not known yet stays as it is.
            bool isMoment = type.Kind == DataTypeKind.Interval;
            if (rangeKey is not null) { rangeKey = Coercion.To(rangeKey, isMoment ? DataType.Timestamp : type); }

            return constant;
        }

        Report(BindingDiagnostics.FrameOffset(syntax.Span, unit, ExpectedOffset(rangeKey?.Type)));
        return null;
    }

    private static DataType RangeType(DataType key, BoundExpression offset) => key.Kind switch
    {
        DataTypeKind.Date or DataTypeKind.Timestamp => DataType.Interval,
        DataTypeKind.Unknown => offset.Type,
        _ when key.IsNumeric && offset.Type.IsNumeric =>
            TypeRules.Common(key, Coercion.TypeBeside(offset, key)) ?? DataType.Null,
        _ => DataType.Null,
    };

    private static string ExpectedOffset(DataType? key) => key?.Kind switch
    {
        null => "a whole number that is not negative",
        DataTypeKind.Date or DataTypeKind.Timestamp => "an INTERVAL that is not negative, as INTERVAL '1 day'",
        _ when key.IsNumeric || TypeRules.IsOpen(key) => "a number that is not negative",
        _ => $"a number or a moment to order by, not {key}",
    };

    private static bool IsNegative(object value) => value switch
    {
        int it => it < 0,
        long it => it < 0,
        double it => it < 0 || double.IsNaN(it),
        Int128 it => it < 0,
        Interval it => it.Months < 0 || it.Days < 0 || it.Microseconds < 0,
        _ => true,
    };

    private static BoundFrameUnit Unit(FrameUnit unit) => unit switch
    {
        FrameUnit.Rows => BoundFrameUnit.Rows,
        FrameUnit.Range => BoundFrameUnit.Range,
        FrameUnit.Groups => BoundFrameUnit.Groups,
        _ => throw new UnreachableException($"No rule for {unit}."),
    };

    private static BoundFrameBoundKind Kind(FrameBoundKind kind) => kind switch
    {
        FrameBoundKind.UnboundedPreceding => BoundFrameBoundKind.UnboundedPreceding,
        FrameBoundKind.Preceding => BoundFrameBoundKind.Preceding,
        FrameBoundKind.CurrentRow => BoundFrameBoundKind.CurrentRow,
        FrameBoundKind.Following => BoundFrameBoundKind.Following,
        FrameBoundKind.UnboundedFollowing => BoundFrameBoundKind.UnboundedFollowing,
        _ => throw new UnreachableException($"No rule for {kind}."),
    };

    private static BoundFrameExclusion Exclusion(FrameExclusion exclusion) => exclusion switch
    {
        FrameExclusion.NoOthers => BoundFrameExclusion.NoOthers,
        FrameExclusion.CurrentRow => BoundFrameExclusion.CurrentRow,
        FrameExclusion.Group => BoundFrameExclusion.Group,
        FrameExclusion.Ties => BoundFrameExclusion.Ties,
        _ => throw new UnreachableException($"No rule for {exclusion}."),
    };
}
