using Ctas.Binding.Functions;
using Ctas.Data;

namespace Ctas.Binding;

/// <content>ROWTIME, WINDOWSTART and WINDOWEND where ksqlDB users mean milliseconds.</content>
internal sealed partial class Binder
{
    /// <summary>
    /// Beside a whole number, and where one is wanted, the times of streams are milliseconds since 1970, as in ksqlDB;
    /// every other expression stays.
    /// </summary>
    private BoundExpression AsMilliseconds(BoundExpression time, DataType beside) =>
        beside.Kind is DataTypeKind.Int or DataTypeKind.BigInt && IsStreamTime(time)
            ? Call(FunctionCatalog.Find("UNIX_TIMESTAMP")!, "UNIX_TIMESTAMP", [time], time.Span) with { Span = time.Span }
            : time;

    private static bool IsStreamTime(BoundExpression expression) => expression switch
    {
        { Type.Kind: not DataTypeKind.Timestamp } => false,
        BoundColumn { Column.Name: var name } =>
            IsSameName(name, "ROWTIME") || IsSameName(name, WindowStart) || IsSameName(name, WindowEnd),

        // What WINDOWEND of a tumbling or hopping window stands for.
        BoundBinary { Operator: BoundOperator.Add, Left: BoundColumn start, Right: BoundConstant } =>
            IsSameName(start.Column.Name, WindowStart),
        _ => false,
    };
}
