using System.Runtime.CompilerServices;

namespace Ctas.Data;

/// <summary>How a loop over the rows of a batch is compiled.</summary>
/// <remarks>
/// Fully at once, and on its own: inlined into a long caller it would share registers with everything there, which
/// costs more than a call for every batch.
/// </remarks>
internal static class HotLoop
{
    /// <summary>For <see cref="MethodImplAttribute"/>.</summary>
    public const MethodImplOptions Options = MethodImplOptions.AggressiveOptimization | MethodImplOptions.NoInlining;
}
