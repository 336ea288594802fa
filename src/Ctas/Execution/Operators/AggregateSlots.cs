using Ctas.Data;
using Ctas.Execution.State;
using Ctas.Planning;

namespace Ctas.Execution.Operators;

/// <summary>Makes the slots of a plan's aggregates. What is evaluated for them is added to a list of expressions.</summary>
internal static class AggregateSlots
{
    /// <summary>The slots; aggregates that are added up share one.</summary>
    public static AggregateSlot[] Of(LogicalAggregate plan, List<ScalarExpression> expressions)
    {
        Schema input = plan.Input.Schema;
        int[] calls = [.. Enumerable.Range(0, plan.Aggregates.Count)];
        int[] totals = Array.FindAll(calls, call => IsTotal(plan.Aggregates[call]));
        var slots = new List<AggregateSlot>();
        if (totals.Length > 0) { slots.Add(Totals(plan, totals, expressions)); }

        slots.AddRange(calls.Except(totals).Select(call => Of(plan.Aggregates[call], call, input, expressions)));
        return [.. slots];
    }

    private static bool IsTotal(AggregateCall call) =>
        !call.IsDistinct && TotalsAccumulator.CanTake(call) && (call.Filter is null || call.Arguments.Count > 0);

    private static AggregateSlot Totals(LogicalAggregate plan, int[] calls, List<ScalarExpression> expressions)
    {
        var ordinals = new List<int>();
        var members = new TotalCall[calls.Length];
        for (int member = 0; member < members.Length; member++)
        {
            AggregateCall call = plan.Aggregates[calls[member]];
            int argument = -1;
            if (call.Arguments is [var value])
            {
                int ordinal = Add(expressions, Filtered(value, call.Filter));
                argument = Add(ordinals, ordinal);
            }

            members[member] = new TotalCall(call, ExpressionSql.Render(call, plan.Input.Schema), argument);
        }

        DataType[] types = [.. ordinals.Select(ordinal => expressions[ordinal].Type)];
        return new AggregateSlot(new TotalsAccumulator(members, types), calls, [.. ordinals]);
    }

    private static AggregateSlot Of(AggregateCall call, int number, Schema input, List<ScalarExpression> expressions)
    {
        Accumulator state = AccumulatorFactory.Create(call, input);
        bool isSelected = call.Filter is not null && (state.TakesNulls || call.Arguments.Count == 0);
        int filter = isSelected ? Add(expressions, call.Filter!) : -1;
        IEnumerable<ScalarExpression> inputs =
            AccumulatorFactory.Inputs(call).Select(argument => Filtered(argument, call.Filter));
        return new AggregateSlot(state, [number], [.. inputs.Select(argument => Add(expressions, argument))], filter);
    }

    // Where NULLs are left out, a filter is an argument that is NULL where the filter is not TRUE. Either way the
    // arguments are not evaluated there.
    private static ScalarExpression Filtered(ScalarExpression argument, ScalarExpression? filter) => filter is null
        ? argument
        : new CaseExpression([new CaseBranch(filter, argument)], Else: null, argument.Type);

    private static int Add<T>(List<T> items, T item)
    {
        int known = items.IndexOf(item);
        if (known >= 0) { return known; }

        items.Add(item);
        return items.Count - 1;
    }
}
