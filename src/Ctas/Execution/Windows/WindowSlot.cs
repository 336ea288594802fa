using Ctas.Data;
using Ctas.Execution.State;
using Ctas.Planning;

namespace Ctas.Execution.Windows;

/// <summary>One function of a window operator, and where its arguments are among the evaluated columns.</summary>
internal sealed class WindowSlot
{
    private readonly WindowCall _call;
    private readonly Func<Accumulator>? _create;
    private readonly int[] _arguments;
    private readonly int _filter;
    private readonly int _rangeKey;
    private readonly bool _usesFrame;
    private readonly bool _isDescending;

    private WindowSlot(WindowCall call, LogicalWindow plan, ExpressionList expressions)
    {
        _call = call;
        _rangeKey = call.Frame.RangeKey is { } key ? expressions.Add(key) : -1;
        _filter = -1;
        _isDescending = plan.OrderBy is [{ IsDescending: true }, ..];
        bool isValue = call.Function is "FIRST_VALUE" or "LAST_VALUE" or "NTH_VALUE";
        _usesFrame = call.Aggregate is null ? isValue : !IsWholePartition(call.Frame, plan);
        if (call.Aggregate is not { } aggregate)
        {
            _arguments = [.. call.Arguments.Select(expressions.Add)];
            return;
        }

        Schema input = plan.Input.Schema;
        _create = () => AccumulatorFactory.Create(aggregate, input);

        // Where NULLs are left out, a filter is an argument that is NULL where the filter is not TRUE. Either way the
        // arguments are not evaluated there.
        bool isSelected = aggregate.Filter is not null && (_create().TakesNulls || aggregate.Arguments.Count == 0);
        if (isSelected) { _filter = expressions.Add(aggregate.Filter!); }

        _arguments =
        [
            .. AccumulatorFactory.Inputs(aggregate)
                .Select(argument => aggregate.Filter is null
                    ? argument
                    : new CaseExpression([new CaseBranch(aggregate.Filter, argument)], Else: null, argument.Type))
                .Select(expressions.Add),
        ];
    }

    /// <summary>Prepares a function; its arguments are added to what is evaluated.</summary>
    public static WindowSlot Of(WindowCall call, LogicalWindow plan, ExpressionList expressions) =>
        new(call, plan, expressions);

    /// <summary>The results, a row for each row.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="values">The evaluated columns.</param>
    public FrameResult Compute(SortedRows rows, Batch values)
    {
        Column[] arguments = [.. _arguments.Select(ordinal => values[ordinal])];
        FrameBounds? frames = _usesFrame
            ? FrameBounds.Of(_call.Frame, rows, _rangeKey < 0 ? null : values[_rangeKey], _isDescending)
            : null;
        if (_call.Aggregate is { } aggregate)
        {
            var filter = _filter < 0 ? null : (FixedColumn<bool>)values[_filter];
            return new FrameAggregate(aggregate, rows, arguments, filter, frames, _create!).Compute();
        }

        bool isValue = frames is not null || _call.Function is "LAG" or "LEAD";
        Column result = isValue
            ? ValueFunctions.Compute(_call, rows, arguments, frames)
            : RankingFunctions.Compute(_call.Function, rows, arguments.Length > 0 ? arguments[0] : null);
        return new FrameResult(result, null);
    }

    private static bool IsWholePartition(WindowFrame frame, LogicalWindow plan) =>
        frame.Exclusion == FrameExclusion.NoOthers
        && frame.Start.Kind == FrameBoundKind.UnboundedPreceding
        && (frame.End.Kind == FrameBoundKind.UnboundedFollowing || (frame.IsDefault && plan.OrderBy.Count == 0));
}
