namespace Ctas.Data;

/// <summary>Values of a column that are decoded when somebody first reads them. Safe for many readers.</summary>
/// <remarks>
/// So threads that share the rows of a scan also share decoding them, and what only passes through is never decoded.
/// Whoever knows that nobody reads them any more may give their memory back; then they are decoded again on demand. Values
/// that a table keeps have readers of whom nobody knows, and stay.
/// </remarks>
/// <typeparam name="T">The physical type, see <see cref="Column"/>.</typeparam>
internal abstract class DeferredValues<T>
    where T : unmanaged
{
    private FixedColumn<T>? _decoded;
    private volatile bool _isKept;

    /// <summary>The values, from the first on; NULL rows hold <c>default</c>.</summary>
    public FixedColumn<T> Decoded => Volatile.Read(ref _decoded) ?? Keep(Decode());

    /// <summary>From now on nothing is given back. Called before others can read the values.</summary>
    public void Keep() => _isKept = true;

    /// <summary>Gives pooled memory of the values back: nobody reads what was read of them any more.</summary>
    /// <returns>False when they are kept.</returns>
    public bool TryGiveBack()
    {
        if (_isKept) { return false; }

        Interlocked.Exchange(ref _decoded, null)?.GiveBack();
        return true;
    }

    /// <summary>Makes the values.</summary>
    private protected abstract FixedColumn<T> Decode();

    // Two readers may both make them; either will do.
    private FixedColumn<T> Keep(FixedColumn<T> decoded)
    {
        Volatile.Write(ref _decoded, decoded);
        return decoded;
    }
}
