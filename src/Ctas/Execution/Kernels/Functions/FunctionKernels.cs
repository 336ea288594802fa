namespace Ctas.Execution.Kernels.Functions;

/// <summary>Makes the kernel of a call.</summary>
internal delegate Kernel FunctionCompiler(FunctionCall call);

/// <summary>The kernels of the scalar functions, gathered from the families, by canonical name.</summary>
internal static class FunctionKernels
{
    private static readonly Dictionary<string, FunctionCompiler> ByName = new(
        new[]
        {
            TextFunctionKernels.All,
            MathFunctionKernels.All,
            TemporalFunctionKernels.All,
            NullFunctionKernels.All,
            BytesFunctionKernels.All,
            DigestFunctionKernels.All,
            UrlFunctionKernels.All,
            JsonFunctionKernels.All,
            NestedFunctionKernels.All,
        }.SelectMany(family => family),
        StringComparer.Ordinal);

    /// <summary>The names that can be executed.</summary>
    public static IEnumerable<string> Names => ByName.Keys;

    /// <summary>What compiles calls of a function; null when there is none of that name.</summary>
    public static FunctionCompiler? Find(string name) => ByName.GetValueOrDefault(name);
}
