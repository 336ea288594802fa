using System.Diagnostics;
using System.Text;
using Ctas.Data;
using Ctas.Execution.Kernels;
using Ctas.Planning;

namespace Ctas.Execution.State;

/// <summary>Makes the state that suits an aggregate and its argument's type.</summary>
internal static class AccumulatorFactory
{
    /// <summary>The accumulator of a call, which takes the columns of <see cref="Inputs"/>.</summary>
    public static Accumulator Create(AggregateCall call, Schema input)
    {
        DataType[] types = [.. call.Arguments.Select(argument => argument.Type)];
        Accumulator accumulator = CreatePlain(call, types, input);
        if (call.IsDistinct) { accumulator = new DistinctAccumulator(types, accumulator); }

        return call.OrderBy.Count == 0
            ? accumulator
            : new OrderedAccumulator([.. Inputs(call).Select(column => column.Type)], call.OrderBy, accumulator);
    }

    /// <summary>What is evaluated for a call: its arguments, then what its rows are ordered by.</summary>
    public static IEnumerable<ScalarExpression> Inputs(AggregateCall call) =>
        call.Arguments.Concat(call.OrderBy.Select(key => key.Expression));

    private static Accumulator CreatePlain(AggregateCall call, DataType[] types, Schema input)
    {
        if (call.Host is { } host) { return new HostAccumulator(call.Type, host, ExpressionSql.Render(call, input)); }

        if (TotalsAccumulator.CanTake(call)) { return new TotalsAccumulator(call, ExpressionSql.Render(call, input)); }

        switch (call.Function)
        {
            case "COUNT_IF": return new CountIfAccumulator(call.Type);
            case "SUM": return new IntervalSumAccumulator(call.Type, ExpressionSql.Render(call, input));
            case "AVG": return new IntervalAverageAccumulator(call.Type);
            case "MIN" or "MAX": return CreateExtreme(call, call.Arguments[0]);
            case "APPROX_COUNT_DISTINCT": return new ApproximateCountAccumulator(call.Type);
            case "FIRST": return new PickAccumulator(call.Type, isLast: false, takesNulls: true);
            case "LAST": return new PickAccumulator(call.Type, isLast: true, takesNulls: true);
            case "ANY_VALUE": return new PickAccumulator(call.Type, isLast: false, takesNulls: false);
            case "EARLIEST_BY_OFFSET": return CreateEnds(call, isLast: false);
            case "LATEST_BY_OFFSET": return CreateEnds(call, isLast: true);
            case "ARG_MIN" or "ARG_MAX": return new BestRowAccumulator(call.Type, types[1], call.Function == "ARG_MIN");
            case "MODE": return new ModeAccumulator(call.Type);
            case "HISTOGRAM": return new HistogramAccumulator(call.Type);
            case "ARRAY_AGG": return new ListAccumulator(call.Type);
            case "TOPK": return new TopAccumulator(call.Type, types, Option<int>(call, 0));
            case "STRING_AGG":
                string separator = call.Options.Count == 0 ? "," : (string)call.Options[0].Value!;
                return new JoinedTextAccumulator(call.Type, Encoding.UTF8.GetBytes(separator));
            case "MEDIAN": return new ContinuousQuantileAccumulator(call.Type, 0.5);
            case "PERCENTILE_CONT": return new ContinuousQuantileAccumulator(call.Type, Option<double>(call, 0));
            case "PERCENTILE_DISC" or "PERCENTILE_DISC_DESC":
                bool isDescending = call.Function != "PERCENTILE_DISC";
                return new DiscreteQuantileAccumulator(call.Type, Option<double>(call, 0), isDescending);
            case "VAR_SAMP" or "VAR_POP" or "STDDEV_SAMP" or "STDDEV_POP":
                bool isSample = call.Function.EndsWith("SAMP", StringComparison.Ordinal);
                return new VarianceAccumulator(call.Type, isSample, call.Function[0] == 'S');
            default: return CreateFold(call, types) ?? new RegressionAccumulator(call.Type, RegressionOf(call));
        }
    }

    private static Accumulator? CreateFold(AggregateCall call, DataType[] types)
    {
        bool isInt = types[0].Kind == DataTypeKind.Int;
        return call.Function switch
        {
            "BOOL_AND" => new FoldAccumulator<bool, AndFold>(call.Type),
            "BOOL_OR" => new FoldAccumulator<bool, OrFold>(call.Type),
            "BIT_AND" when isInt => new FoldAccumulator<int, BitAndFold<int>>(call.Type),
            "BIT_AND" => new FoldAccumulator<long, BitAndFold<long>>(call.Type),
            "BIT_OR" when isInt => new FoldAccumulator<int, BitOrFold<int>>(call.Type),
            "BIT_OR" => new FoldAccumulator<long, BitOrFold<long>>(call.Type),
            "BIT_XOR" when isInt => new FoldAccumulator<int, BitXorFold<int>>(call.Type),
            "BIT_XOR" => new FoldAccumulator<long, BitXorFold<long>>(call.Type),
            "PRODUCT" => new FoldAccumulator<double, ProductFold>(call.Type),
            _ => null,
        };
    }

    private static Func<PairMoments, double?> RegressionOf(AggregateCall call) => call.Function switch
    {
        "COVAR_POP" => Regression.CovarPop,
        "COVAR_SAMP" => Regression.CovarSamp,
        "CORR" => Regression.Corr,
        "REGR_SLOPE" => Regression.Slope,
        "REGR_INTERCEPT" => Regression.Intercept,
        "REGR_R2" => Regression.R2,
        "REGR_COUNT" => moments => moments.Count,
        "REGR_AVGX" => Regression.AverageX,
        "REGR_AVGY" => Regression.AverageY,
        "REGR_SXX" => Regression.SquaresX,
        "REGR_SYY" => Regression.SquaresY,
        "REGR_SXY" => Regression.Products,
        _ => throw new UnreachableException($"No accumulator for {call.Function}."),
    };

    // (x), (x, ignoreNulls), (x, n) and (x, n, ignoreNulls).
    private static Accumulator CreateEnds(AggregateCall call, bool isLast)
    {
        bool takesNulls = call.Options.Any(option => option.Value is false);
        return call.Options is [{ Value: int count }, ..]
            ? new EndsAccumulator(call.Type, count, isLast, takesNulls)
            : new PickAccumulator(call.Type, isLast, takesNulls);
    }

    private static T Option<T>(AggregateCall call, int ordinal) => (T)call.Options[ordinal].Value!;

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
            DataTypeKind.Decimal when ShortDecimals.Holds(argument.Type) =>
                new ExtremeAccumulator<Int128, ShortDecimalOrder>(call.Type, isMin),
            DataTypeKind.Decimal => new ExtremeAccumulator<Int128, NumberOrder<Int128>>(call.Type, isMin),
            DataTypeKind.Interval => new ExtremeAccumulator<Interval, IntervalOrder>(call.Type, isMin),
            _ => new StringExtremeAccumulator(call.Type, isMin),
        };
    }
}
