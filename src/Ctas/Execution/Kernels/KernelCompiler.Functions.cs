using System.Diagnostics;
using Ctas.Data;
using Ctas.Execution.Kernels.Functions;
using Ctas.Planning;

namespace Ctas.Execution.Kernels;

internal sealed partial class KernelCompiler
{
    private Kernel CompileFunction(FunctionExpression call)
    {
        var function = new FunctionCall(call, this);
        if (call.Host is { } host) { return new HostFunctionKernel(function, host, function.Arguments()); }

        FunctionCompiler compile = FunctionKernels.Find(call.Function)
            ?? throw new UnreachableException($"No kernel for the function {call.Function}.");
        return compile(function);
    }

    private static TextKernel<ConcatFunction> CompileConcat(Kernel[] arguments, DataType type, bool ignoresNull) =>
        new(type, arguments, new ConcatFunction(ignoresNull));
}
