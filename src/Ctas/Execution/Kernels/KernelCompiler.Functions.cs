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

    /// <summary>A value evaluated once, and a body that reads it beside the columns of the row.</summary>
    private LetKernel CompileLet(LetExpression let)
    {
        var compiler = new KernelCompiler([], _constants, isInsideDictionary: true);
        Kernel body = compiler.Compile(let.Body);
        Kernel[] arguments =
        [
            .. compiler.Ordinals.Select(ordinal => ordinal == FirstParameter + let.Parameter.Id
                ? CompileAs(let.Value, let.Parameter.Type)
                : CompileColumn(new ColumnReference(ordinal, DataType.Null))),
        ];
        return new LetKernel(arguments, body);
    }

    /// <summary>The body of a lambda, which reads its parameters and, where it names them, columns of the row.</summary>
    public LambdaBody CompileLambda(LambdaExpression lambda)
    {
        var compiler = new KernelCompiler([], _constants, isInsideDictionary: true);
        Kernel body = compiler.Compile(lambda.Body);
        int[] sources = compiler.Ordinals;
        for (int i = 0; i < sources.Length; i++)
        {
            int own = lambda.Parameters.Select(parameter => parameter.Id).ToList().IndexOf(sources[i] - FirstParameter);
            sources[i] = own >= 0 ? own : -1 - CompileColumn(new ColumnReference(sources[i], DataType.Null)).Ordinal;
        }

        return new LambdaBody(body, sources);
    }

    private static TextKernel<ConcatFunction> CompileConcat(Kernel[] arguments, DataType type, bool ignoresNull) =>
        new(type, arguments, new ConcatFunction(ignoresNull));
}
