using System.Diagnostics;
using Ctas.Data;
using Ctas.Execution.Kernels.Functions;
using Ctas.Planning;

namespace Ctas.Execution.Kernels;

internal sealed partial class KernelCompiler
{
    private Kernel CompileFunction(FunctionExpression call)
    {
        FunctionCompiler compile = FunctionKernels.Find(call.Function)
            ?? throw new UnreachableException($"No kernel for the function {call.Function}.");
        return compile(new FunctionCall(call, this));
    }

    private static TextKernel<ConcatFunction> CompileConcat(Kernel[] arguments, DataType type, bool ignoresNull) =>
        new(type, arguments, new ConcatFunction(ignoresNull));
}
