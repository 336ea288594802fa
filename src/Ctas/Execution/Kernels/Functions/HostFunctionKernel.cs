using Ctas.Data;
using Ctas.Data.Host;

namespace Ctas.Execution.Kernels.Functions;

/// <summary>Calls a function of the host application; what it throws is an error of the row.</summary>
internal sealed class HostFunctionKernel(FunctionCall call, HostFunction function, Kernel[] arguments)
    : Kernel(call.Type, canFail: true)
{
    public override Column Evaluate(Batch input, RowErrors errors)
    {
        var columns = new Column[arguments.Length];
        for (int i = 0; i < columns.Length; i++) { columns[i] = arguments[i].Evaluate(input, errors); }

        return function.Invoke(columns, input.RowCount, (row, error) => errors.Report(
            row, call.Failure($"function \"{function.Name}\" failed: {error.Message}").For(row, columns)));
    }
}
