using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Ctas.Tables.Snapshots;

/// <summary>Integers as differences to the smallest, in as few whole bytes as the largest needs.</summary>
/// <remarks>Layout: the smallest (8) · width (1): 0, 1, 2, 4 or 8 · the differences.</remarks>
internal static class IntegerBlocks
{
    private const int PrefixBytes = 9;

    /// <summary>Appends the values.</summary>
    public static void Write<T>(ReadOnlySpan<T> values, ArrayBufferWriter<byte> block)
        where T : unmanaged, IBinaryInteger<T>, IMinMaxValue<T>
    {
        T min = T.MaxValue, max = T.MinValue;
        foreach (T value in values) { (min, max) = (T.Min(min, value), T.Max(max, value)); }

        if (values.IsEmpty) { (min, max) = (T.Zero, T.Zero); }

        long start = long.CreateTruncating(min);
        int width = WidthOf(unchecked((ulong)(long.CreateTruncating(max) - start)));
        Span<byte> target = block.GetSpan(PrefixBytes + (values.Length * width));
        BinaryPrimitives.WriteInt64LittleEndian(target, start);
        target[8] = (byte)width;
        Span<byte> packed = target.Slice(PrefixBytes, values.Length * width);
        switch (width)
        {
            case 0: break;
            case 1: Narrow(values, start, packed); break;
            case 2: Narrow(values, start, MemoryMarshal.Cast<byte, ushort>(packed)); break;
            case 4: Narrow(values, start, MemoryMarshal.Cast<byte, uint>(packed)); break;
            default: Narrow(values, start, MemoryMarshal.Cast<byte, ulong>(packed)); break;
        }

        block.Advance(PrefixBytes + packed.Length);
    }

    /// <summary>Fills in the values and returns the bytes they took.</summary>
    /// <exception cref="SnapshotFormatException">The block is too short.</exception>
    public static int Read<T>(ReadOnlySpan<byte> block, Span<T> values)
        where T : unmanaged, IBinaryInteger<T>
    {
        int width = block.Length < PrefixBytes ? int.MaxValue : block[8];
        if (width is not (0 or 1 or 2 or 4 or 8)) { throw new SnapshotFormatException("a column of numbers has no such width"); }

        long bytes = PrefixBytes + ((long)values.Length * width);
        if (bytes > block.Length) { throw new SnapshotFormatException("a column is too short"); }

        long start = BinaryPrimitives.ReadInt64LittleEndian(block);
        ReadOnlySpan<byte> packed = block[PrefixBytes..(int)bytes];
        switch (width)
        {
            case 0: values.Fill(T.CreateTruncating(start)); break;
            case 1: Widen(packed, start, values); break;
            case 2: Widen(MemoryMarshal.Cast<byte, ushort>(packed), start, values); break;
            case 4: Widen(MemoryMarshal.Cast<byte, uint>(packed), start, values); break;
            default: Widen(MemoryMarshal.Cast<byte, ulong>(packed), start, values); break;
        }

        return (int)bytes;
    }

    private static int WidthOf(ulong range) => range switch
    {
        0 => 0,
        <= byte.MaxValue => 1,
        <= ushort.MaxValue => 2,
        <= uint.MaxValue => 4,
        _ => 8,
    };

    private static void Narrow<T, TPacked>(ReadOnlySpan<T> values, long start, Span<TPacked> packed)
        where T : unmanaged, IBinaryInteger<T>
        where TPacked : unmanaged, IBinaryInteger<TPacked>
    {
        for (int row = 0; row < packed.Length; row++)
        {
            packed[row] = TPacked.CreateTruncating(unchecked(long.CreateTruncating(values[row]) - start));
        }
    }

    private static void Widen<TPacked, T>(ReadOnlySpan<TPacked> packed, long start, Span<T> values)
        where T : unmanaged, IBinaryInteger<T>
        where TPacked : unmanaged, IBinaryInteger<TPacked>
    {
        T first = T.CreateTruncating(start);
        for (int row = 0; row < values.Length; row++)
        {
            values[row] = unchecked(first + T.CreateTruncating(packed[row]));
        }
    }
}
