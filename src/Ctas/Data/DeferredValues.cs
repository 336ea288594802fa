namespace Ctas.Data;

/// <summary>Values of a column that are decoded when somebody first reads them. Safe for many readers.</summary>
/// <remarks>
/// So threads that share the rows of a scan also share decoding them, and what only passes through is never decoded.
/// </remarks>
/// <typeparam name="T">The physical type, see <see cref="Column"/>.</typeparam>
internal abstract class DeferredValues<T>
    where T : unmanaged
{
    private FixedColumn<T>? _decoded;

    /// <summary>The values, from the first on; NULL rows hold <c>default</c>.</summary>
    public FixedColumn<T> Decoded => Volatile.Read(ref _decoded) ?? Keep(Decode());

    /// <summary>Makes the values.</summary>
    private protected abstract FixedColumn<T> Decode();

    // Two readers may both make them; either will do.
    private FixedColumn<T> Keep(FixedColumn<T> decoded)
    {
        Volatile.Write(ref _decoded, decoded);
        return decoded;
    }
}
