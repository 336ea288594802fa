using Ctas.Data;
using Ctas.Execution.Kernels;
using Ctas.Planning;

namespace Ctas.Execution.Incremental;

/// <summary>Makes the state of aggregates that rows can be taken away from.</summary>
internal static class RetractableAccumulators
{
    /// <summary>The state of a call; null for an aggregate that is computed anew from the rows of the group.</summary>
    public static RetractableAccumulator? TryCreate(AggregateCall call)
    {
        if (call.Host is not null || call.OrderBy.Count > 0) { return null; }

        DataType? argument = call.Arguments.Count == 0 ? null : call.Arguments[0].Type;
        RetractableAccumulator? plain = call.Function switch
        {
            "COUNT" => new RetractableCount(isCondition: argument is null && call.Filter is not null),
            "COUNT_IF" => new RetractableCount(isCondition: true),
            "SUM" => Sum(call, argument!),
            "AVG" => Sum(call, argument!),
            "BOOL_AND" or "BOOL_OR" => new RetractableTruth(call.Function == "BOOL_AND"),
            "MIN" or "MAX" => Extreme(argument!, call.Function == "MIN"),
            _ => null,
        };

        // Equal values make no difference to the others.
        bool countsValues = call.Function is "COUNT" or "COUNT_IF" or "SUM" or "AVG";
        return plain is not null && call.IsDistinct && countsValues
            ? new DistinctValues([.. call.Arguments.Select(value => value.Type)], plain)
            : plain;
    }

    private static RetractableAccumulator? Sum(AggregateCall call, DataType argument) => argument.Kind switch
    {
        DataTypeKind.Int => new RetractableSum<int>(call.Type, 0),
        DataTypeKind.BigInt => new RetractableSum<long>(call.Type, 0),
        DataTypeKind.Decimal => new RetractableSum<Int128>(call.Type, argument.Scale),
        DataTypeKind.Double => new RetractableDoubleSum(isAverage: call.Function == "AVG"),
        _ => null,
    };

    private static RetractableAccumulator? Extreme(DataType type, bool isMin) => type.Kind switch
    {
        DataTypeKind.Boolean => new FixedExtreme<bool, BooleanOrder>(type, isMin),
        DataTypeKind.Int or DataTypeKind.Date => new FixedExtreme<int, NumberOrder<int>>(type, isMin),
        DataTypeKind.BigInt or DataTypeKind.Time or DataTypeKind.Timestamp =>
            new FixedExtreme<long, NumberOrder<long>>(type, isMin),
        DataTypeKind.Double => new FixedExtreme<double, DoubleOrder>(type, isMin),
        DataTypeKind.Decimal => new FixedExtreme<Int128, NumberOrder<Int128>>(type, isMin),
        DataTypeKind.Interval => new FixedExtreme<Interval, IntervalOrder>(type, isMin),
        DataTypeKind.Varchar or DataTypeKind.Bytes => new StringExtreme(type, isMin),
        _ => null,
    };
}
