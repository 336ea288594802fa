using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Ctas.Data;

/// <summary>Codes of short strings that came lately, each found by one comparison. Single-threaded.</summary>
/// <remarks>
/// A string and its length are one vector, so that neither hashing nor comparing it depends on its length. Strings whose
/// places collide replace each other.
/// </remarks>
internal sealed class RecentStrings
{
    /// <summary>The longest string that is kept.</summary>
    public const int MaxLength = 15;

    /// <summary>Of so many different strings too few are found again to be worth looking.</summary>
    public const int MaxStrings = 1 << 14;

    private const int MinBits = 6;
    private const int MaxBits = 13;

    // Zero where there is none: the length of a key is kept plus one.
    private Vector128<byte>[] _keys = new Vector128<byte>[2];
    private int[] _codes = new int[2];
    private int _shift = 63;

    /// <summary>A string and its length as one value.</summary>
    /// <param name="text">Its first byte; sixteen can be read.</param>
    /// <param name="length">At most <see cref="MaxLength"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> KeyOf(ref byte text, int length)
    {
        Vector128<byte> isText = Vector128.LessThan(Vector128<byte>.Indices, Vector128.Create((byte)length));
        Vector128<byte> end = Vector128.CreateScalar((ulong)(length + 1) << 56).AsByte();
        return (Vector128.LoadUnsafe(ref text) & isText) | Vector128.Shuffle(end.AsUInt64(), Vector128.Create(1UL, 0)).AsByte();
    }

    /// <summary>The code of a string, −1 where it has not been kept.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public int Find(Vector128<byte> key)
    {
        int place = PlaceOf(key);
        return _keys[place] == key ? _codes[place] : -1;
    }

    /// <summary>Keeps the code of a string, one of so many.</summary>
    public void Keep(Vector128<byte> key, int code, int count)
    {
        if (count > _codes.Length / 2 && _codes.Length < 1 << MaxBits) { Grow(Math.Max(MinBits, 65 - _shift)); }

        int place = PlaceOf(key);
        _keys[place] = key;
        _codes[place] = code;
    }

    // Those that were kept will come again.
    private void Grow(int bits)
    {
        _keys = new Vector128<byte>[1 << bits];
        _codes = new int[1 << bits];
        _shift = 64 - bits;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int PlaceOf(Vector128<byte> key)
    {
        Vector128<ulong> halves = key.AsUInt64();

        // All bits of a factor reach the highest ones of the product.
        return (int)(((halves[0] * 0x9E3779B97F4A7C15) ^ (halves[1] * 0xC2B2AE3D27D4EB4F)) >> _shift);
    }
}
