using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Ctas.Data;

/// <summary>Asks for memory before it is needed, so that the waits for many rows overlap.</summary>
internal static class CacheLines
{
    /// <summary>Bytes of a line, on the processors there are.</summary>
    public const int Bytes = 64;

    /// <summary>Rows that are asked for at a time: what they need stays in the nearest caches until it is used.</summary>
    public const int BlockRows = 128;

    /// <summary>Asks for the line that holds an element; nothing happens where the processor cannot be asked.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Prefetch<T>(ref readonly T element)
    {
        // A hint: it does no harm when the garbage collector has moved the element meanwhile.
        if (Sse.IsSupported) { Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.AsRef(in element))); }
    }
}
