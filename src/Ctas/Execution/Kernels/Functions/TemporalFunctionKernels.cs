using System.Diagnostics;
using Ctas.Data;

namespace Ctas.Execution.Kernels.Functions;

/// <summary>Kernels of the functions of dates and times.</summary>
internal static class TemporalFunctionKernels
{
    public static IReadOnlyDictionary<string, FunctionCompiler> All { get; } =
        new Dictionary<string, FunctionCompiler>(StringComparer.Ordinal)
        {
            ["EXTRACT"] = CompileExtract,
            ["DATE_TRUNC"] = MomentFunctions.Truncate,
            ["DATE_ADD"] = call => MomentFunctions.AddInterval(call, sign: 1),
            ["DATE_SUB"] = call => MomentFunctions.AddInterval(call, sign: -1),
            ["TIMESTAMPADD"] = call => MomentFunctions.Add(call, sign: 1),
            ["TIMESTAMPSUB"] = call => MomentFunctions.Add(call, sign: -1),
            ["DATEDIFF"] = MomentFunctions.Difference,
            ["DATE_BIN"] = call => call.Value<long>(MomentBins.Bin, RowOptions.CanFail),
            ["AGE"] = call => call.Value<Interval>(MomentFunctions.Age),
            ["MAKE_DATE"] = call => call.Value<int>(MomentFunctions.MakeDate, RowOptions.CanFail),
            ["MAKE_TIME"] = call => call.Value<long>(MomentFunctions.MakeTime, RowOptions.CanFail),
            ["MAKE_TIMESTAMP"] = call => call.Value<long>(MomentFunctions.MakeTimestamp, RowOptions.CanFail),
            ["LAST_DAY"] = call => call.Value<int>(MomentFunctions.LastDay),
            ["DAYNAME"] = call => call.Text(MomentFunctions.DayName),
            ["MONTHNAME"] = call => call.Text(MomentFunctions.MonthName),
            ["UNIX_TIMESTAMP"] = call => call.Value<long>(MomentFunctions.ToMilliseconds),
            ["UNIX_DATE"] = call => call.Value<int>(MomentFunctions.ToDays),
            ["FROM_UNIXTIME"] = call => call.Value<long>(MomentFunctions.FromMilliseconds, RowOptions.CanFail),
            ["FROM_DAYS"] = call => call.Value<int>(MomentFunctions.FromDays, RowOptions.CanFail),
            ["CONVERT_TZ"] = ZoneFunctions.Convert,
            ["TIMEZONE"] = ZoneFunctions.LocalTime,
            ["FORMAT_TIMESTAMP"] = call => PatternFunctions.Format(call, PatternNotation.Java),
            ["PARSE_TIMESTAMP"] = call => PatternFunctions.Parse(call, PatternNotation.Java),
            ["TIMESTAMPTOSTRING"] = PatternFunctions.FormatMilliseconds,
            ["DATETOSTRING"] = PatternFunctions.FormatDays,
            ["STRINGTOTIMESTAMP"] = PatternFunctions.ParseMilliseconds,
            ["TO_CHAR"] = call => call.Expression.Arguments[0].Type.IsNumeric
                ? NumberPatternFunctions.Format(call)
                : PatternFunctions.Format(call, PatternNotation.PostgreSql),
            ["TO_NUMBER"] = NumberPatternFunctions.Parse,
            ["TO_TIMESTAMP"] = call => call.Count == 1
                ? call.Value<long>(MomentFunctions.FromSeconds, RowOptions.CanFail)
                : PatternFunctions.Parse(call, PatternNotation.PostgreSql),
        };

    private static Kernel CompileExtract(FunctionCall call)
    {
        DateField field = call.ConstantText(0) is { } name && DateFields.Find(name) is { } known
            ? known
            : throw new UnreachableException("The binder lets only a constant be the field of EXTRACT.");
        Kernel operand = call.Argument(1);
        bool isFraction = call.Type.Kind == DataTypeKind.Double;
        return operand.Type.Kind switch
        {
            DataTypeKind.Interval when isFraction => new UnaryKernel<Interval, double, ExtractFractionOfInterval>(
                call.Type, operand, new(field), FailureText.Never),
            DataTypeKind.Interval => new UnaryKernel<Interval, long, ExtractOfInterval>(
                call.Type, operand, new(field), FailureText.Never),

            // A TIME is a moment of 1970-01-01.
            _ when isFraction => new UnaryKernel<long, double, ExtractFraction>(
                call.Type, operand, new(field), FailureText.Never),
            _ => new UnaryKernel<long, long, ExtractPart>(call.Type, operand, new(field), FailureText.Never),
        };
    }
}
