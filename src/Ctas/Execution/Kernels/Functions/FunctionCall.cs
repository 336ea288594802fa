using System.Diagnostics;
using Ctas.Data;
using Ctas.Planning;

namespace Ctas.Execution.Kernels.Functions;

/// <summary>A call of a scalar function that is being compiled.</summary>
/// <param name="expression">The call; its arguments have the types of the function's signature.</param>
/// <param name="compiler">Compiles the arguments.</param>
internal sealed class FunctionCall(FunctionExpression expression, KernelCompiler compiler)
{
    /// <summary>The call itself, for errors.</summary>
    public FunctionExpression Expression => expression;

    /// <summary>Type of the result.</summary>
    public DataType Type => expression.Type;

    /// <summary>Number of arguments.</summary>
    public int Count => expression.Arguments.Count;

    /// <summary>Compiles all.</summary>
    public KernelCompiler Compiler => compiler;

    /// <summary>The kernel of an argument.</summary>
    public Kernel Argument(int ordinal) => compiler.Compile(expression.Arguments[ordinal]);

    /// <summary>The kernel of an argument; an untyped NULL gets the type.</summary>
    public Kernel Argument(int ordinal, DataType type) => compiler.CompileAs(expression.Arguments[ordinal], type);

    /// <summary>The kernels of all arguments, of the given types, of which the last one repeats.</summary>
    public Kernel[] Arguments(params ReadOnlySpan<DataType> types)
    {
        var kernels = new Kernel[Count];
        for (int i = 0; i < kernels.Length; i++)
        {
            kernels[i] = types.IsEmpty ? Argument(i) : Argument(i, types[Math.Min(i, types.Length - 1)]);
        }

        return kernels;
    }

    /// <summary>The kernels of all arguments as branches, evaluated only for the rows that need them.</summary>
    public Branch[] Branches(DataType type) =>
        [.. expression.Arguments.Select(argument => compiler.CompileBranch(argument, type))];

    /// <summary>A text argument that is a constant; null when it is NULL, missing or not constant.</summary>
    public string? ConstantText(int ordinal) =>
        ordinal < Count && expression.Arguments[ordinal] is ConstantExpression { Value: string text } ? text : null;

    /// <summary>An expression over the arguments as columns, which are evaluated once.</summary>
    public Kernel Let(Kernel[] arguments, ScalarExpression body) => compiler.CompileLet(arguments, body);

    /// <summary>The lambda that is an argument.</summary>
    public LambdaBody Lambda(int ordinal) => compiler.CompileLambda((LambdaExpression)expression.Arguments[ordinal]);

    /// <summary>A function of VARCHAR, BYTES or nested result, row by row.</summary>
    public Kernel Text(TextOfRow function, RowOptions options = RowOptions.None) =>
        new RowTextKernel(this, Arguments(), function, options);

    /// <summary>A function of fixed-width result, row by row.</summary>
    public Kernel Value<T>(ValueOfRow<T> function, RowOptions options = RowOptions.None)
        where T : unmanaged => new RowValueKernel<T>(this, Arguments(), function, options);

    /// <summary>Words for rows that fail.</summary>
    public FailureText Failure(string reason) => new(expression, reason);

    /// <summary>For a type that the signature does not let pass.</summary>
    public UnreachableException NoKernel(Kernel operand) =>
        new($"The binder let {expression.Function} of {operand.Type} pass.");
}
