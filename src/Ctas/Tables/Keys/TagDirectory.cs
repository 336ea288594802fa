using System.Numerics;
using System.Runtime.CompilerServices;

namespace Ctas.Tables.Keys;

/// <summary>The parts of a <see cref="TagIndex"/> as one version holds them; 2ⁿ places by the first n bits of a hash.</summary>
/// <remarks>The list is immutable. The writer goes on in the parts themselves, see <see cref="TagProbe"/>.</remarks>
internal readonly struct TagDirectory
{
    private readonly byte[][] _parts;
    private readonly int _shift;

    public TagDirectory(byte[][] parts)
    {
        _parts = parts;
        _shift = 32 - BitOperations.Log2((uint)parts.Length);
    }

    /// <summary>The different parts, in the order of their hashes.</summary>
    public IEnumerable<byte[]> Parts
    {
        get
        {
            byte[]? last = null;
            foreach (byte[] part in _parts)
            {
                if (!ReferenceEquals(part, last)) { yield return part; }

                last = part;
            }
        }
    }

    /// <summary>The places.</summary>
    public ReadOnlySpan<byte[]> Places => _parts;

    /// <summary>Walks the rows whose keys may have this hash.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TagProbe Probe(uint hash) => new(_parts[(int)((ulong)hash >> _shift)], hash);

    /// <summary>The place of a hash.</summary>
    public int PlaceOf(uint hash) => (int)((ulong)hash >> _shift);
}
