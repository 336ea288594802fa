using System.Diagnostics;
using Ctas.Data;
using Ctas.Execution.Kernels;
using Ctas.Planning;

namespace Ctas.Execution.State;

/// <summary>Makes the state that suits an aggregate and its argument's type.</summary>
internal static class AccumulatorFactory
{
    public static Accumulator Create(AggregateCall call, Schema input)
    {
        Accumulator plain = CreatePlain(call, input);
        return call.IsDistinct
            ? new DistinctAccumulator([.. call.Arguments.Select(argument => argument.Type)], plain)
            : plain;
    }

    private static Accumulator CreatePlain(AggregateCall call, Schema input)
    {
        switch (call.Function)
        {
            case "COUNT": return new CountAccumulator(call.Type);
            case "SUM": return CreateSum(call, call.Arguments[0], input);
            case "AVG": return CreateAverage(call, call.Arguments[0]);
            case "MIN" or "MAX": return CreateExtreme(call, call.Arguments[0]);
            default: throw new UnreachableException($"No accumulator for {call.Function}.");
        }
    }

    private static Accumulator CreateAverage(AggregateCall call, ScalarExpression argument) =>
        argument.Type.Kind switch
        {
            DataTypeKind.Int => new AverageAccumulator<int>(call.Type, 0),
            DataTypeKind.BigInt => new AverageAccumulator<long>(call.Type, 0),
            DataTypeKind.Double => new AverageAccumulator<double>(call.Type, 0),
            DataTypeKind.Decimal => new AverageAccumulator<Int128>(call.Type, argument.Type.Scale),
            _ => throw NoAggregate(call, argument),
        };

    private static Accumulator CreateSum(AggregateCall call, ScalarExpression argument, Schema input)
    {
        string text = ExpressionSql.Render(call, input);
        return argument.Type.Kind switch
        {
            DataTypeKind.Int => new SumAccumulator<int, long, IntSummation>(call.Type, text),
            DataTypeKind.BigInt => new SumAccumulator<long, long, BigIntSummation>(call.Type, text),
            DataTypeKind.Double => new SumAccumulator<double, double, DoubleSummation>(call.Type, text),
            DataTypeKind.Decimal => new SumAccumulator<Int128, Int128, DecimalSummation>(call.Type, text),
            _ => throw NoAggregate(call, argument),
        };
    }

    private static Accumulator CreateExtreme(AggregateCall call, ScalarExpression argument)
    {
        bool isMin = call.Function == "MIN";
        return argument.Type.Kind switch
        {
            DataTypeKind.Boolean => new ExtremeAccumulator<bool, BooleanOrder>(call.Type, isMin),
            DataTypeKind.Int or DataTypeKind.Date => new ExtremeAccumulator<int, NumberOrder<int>>(call.Type, isMin),
            DataTypeKind.BigInt or DataTypeKind.Time or DataTypeKind.Timestamp =>
                new ExtremeAccumulator<long, NumberOrder<long>>(call.Type, isMin),
            DataTypeKind.Double => new ExtremeAccumulator<double, DoubleOrder>(call.Type, isMin),
            DataTypeKind.Decimal => new ExtremeAccumulator<Int128, NumberOrder<Int128>>(call.Type, isMin),
            DataTypeKind.Interval => new ExtremeAccumulator<Interval, IntervalOrder>(call.Type, isMin),
            _ => new StringExtremeAccumulator(call.Type, isMin),
        };
    }

    private static UnreachableException NoAggregate(AggregateCall call, ScalarExpression argument) =>
        new($"The binder let {call.Function} of {argument.Type} pass.");
}
