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
        };

    private static UnaryKernel<long, long, ExtractField> CompileExtract(FunctionCall call)
    {
        string field = call.ConstantText(0)
            ?? throw new UnreachableException("The binder lets only a constant be the field of EXTRACT.");
        Kernel moment = call.Argument(1, DataType.Timestamp);
        return new UnaryKernel<long, long, ExtractField>(call.Type, moment, new(field), FailureText.Never);
    }
}
