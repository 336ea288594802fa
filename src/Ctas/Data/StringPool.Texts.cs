using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text.Unicode;

namespace Ctas.Data;

public sealed partial class StringPool
{
    /// <summary>Bytes that can be read behind a padded text.</summary>
    internal const int TextPadding = 32;

    /// <summary>As <see cref="AddText"/> in a pool that is not interned: copies a text and looks whether it is ASCII at once.</summary>
    /// <param name="value">The text; <see cref="TextPadding"/> bytes of any kind can be read behind it.</param>
    /// <returns>The code; −1 when it is not UTF-8.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    internal int AppendPadded(ReadOnlySpan<byte> value)
    {
        int length = value.Length, offset = _openOffset;
        if (length + TextPadding > _openEnd - offset || length > ChunkBytes / 4) { return AddText(value); }

        ref byte source = ref MemoryMarshal.GetReference(value);
        ref byte target = ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(_chunks[_openChunk]), offset);
        Vector256<byte> all = Vector256<byte>.Zero, bytes;
        int at = 0;
        for (; length - at >= Vector256<byte>.Count; at += Vector256<byte>.Count)
        {
            bytes = Vector256.LoadUnsafe(ref source, (nuint)at);
            bytes.StoreUnsafe(ref target, (nuint)at);
            all |= bytes;
        }

        bytes = Vector256.LoadUnsafe(ref source, (nuint)at);
        bytes.StoreUnsafe(ref target, (nuint)at);
        // Anything else is checked before it counts.
        uint others = all.ExtractMostSignificantBits() | (bytes.ExtractMostSignificantBits() & ((1u << (length - at)) - 1));
        if (others != 0 && !Utf8.IsValid(value)) { return -1; }

        _openOffset = offset + length;
        return AddEntry(Entry(_openChunk, offset, length));
    }
}
