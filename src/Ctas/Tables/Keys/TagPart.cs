using System.Buffers;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Ctas.Data;

namespace Ctas.Tables.Keys;

/// <summary>One part of a <see cref="TagIndex"/>: an open-addressing table in one array on cache lines.</summary>
/// <remarks>
/// <code>
/// | line 0: groups, used slots, depth | group 0 | group 1 | …
/// group = one line of 64 bytes: 12 tags (0 is free) | overflow mark, 3 bytes unused | 12 row numbers
/// </code>
/// A key whose group is full goes to the next one with room, and marks every group that it passes: a search ends at the
/// first group without a mark. Slots are never given back: a part with too many slots of dead rows is made anew.
/// The array lies on the pinned heap, so its first cache line stays where it is.
/// </remarks>
internal static unsafe class TagPart
{
    /// <summary>Slots of a group.</summary>
    public const int GroupSlots = 12;

    /// <summary>Bytes of a group.</summary>
    public const int GroupBytes = 64;

    /// <summary>The bits of a comparison that stand for slots.</summary>
    public const uint SlotMask = (1u << GroupSlots) - 1;

    /// <summary>Where the overflow mark of a group lies.</summary>
    public const int OverflowMark = GroupSlots;

    private const int RowsOffset = 16;
    private const int UsedOffset = sizeof(int);
    private const int DepthOffset = 2 * sizeof(int);

    /// <summary>Makes an empty part.</summary>
    /// <param name="groups">Number of groups, at least one.</param>
    /// <param name="depth">Leading bits that all its hashes share.</param>
    public static byte[] Create(int groups, int depth)
    {
        byte[] part = GC.AllocateArray<byte>((groups + 2) * GroupBytes, pinned: true);
        Unsafe.As<byte, int>(ref Start(part)) = groups;
        Unsafe.As<byte, int>(ref Unsafe.Add(ref Start(part), DepthOffset)) = depth;
        return part;
    }

    /// <summary>Line 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ref byte Start(byte[] part)
    {
        ref byte data = ref MemoryMarshal.GetArrayDataReference(part);
        return ref Unsafe.Add(ref data, (nint)(-(nint)Unsafe.AsPointer(ref data) & (GroupBytes - 1)));
    }

    /// <summary>What makes up a part, wherever its array lies: line 0 and the groups.</summary>
    public static ReadOnlySpan<byte> Bytes(byte[] part) =>
        MemoryMarshal.CreateReadOnlySpan(ref Start(part), (Groups(part) + 1) * GroupBytes);

    /// <summary>A part of the bytes that <see cref="Bytes"/> gave; every search in it ends, at rows below a number.</summary>
    /// <exception cref="InvalidDataException">The bytes are no such part.</exception>
    public static byte[] Of(ReadOnlySpan<byte> bytes, int rows)
    {
        int groups = (bytes.Length / GroupBytes) - 1;
        bool isWhole = groups > 0 && bytes.Length % GroupBytes == 0 && MemoryMarshal.Read<int>(bytes) == groups;
        if (!isWhole) { throw new InvalidDataException($"{bytes.Length} bytes are no part of an index."); }

        byte[] part = Create(groups, MemoryMarshal.Read<int>(bytes[DepthOffset..]));
        bytes.CopyTo(MemoryMarshal.CreateSpan(ref Start(part), bytes.Length));
        int used = 0;
        for (uint group = 0; group < (uint)groups; group++) { used += Checked(ref Group(ref Start(part), group), rows); }

        // A search ends at a group without a mark, and one with a free slot has none.
        return used == Used(part) && used < groups * GroupSlots
            ? part
            : throw new InvalidDataException($"A part of an index has {used} rows instead of {Used(part)}.");
    }

    /// <summary>A part with the keys that a load has found.</summary>
    /// <param name="keys">The keys.</param>
    /// <param name="groups">Number of groups; they have room.</param>
    public static byte[] Of(KeyIndexPart keys, int groups)
    {
        ulong[] contents = ArrayPool<ulong>.Shared.Rent(keys.Count);
        keys.CopyTo(contents);

        // There, rows are counted from one.
        for (int key = 0; key < keys.Count; key++) { contents[key]--; }

        byte[] part = Create(groups, keys.Depth);
        Fill(part, contents.AsSpan(0, keys.Count));
        ArrayPool<ulong>.Shared.Return(contents);
        return part;
    }

    // Gives the slots that are taken.
    private static int Checked(ref byte group, int rows)
    {
        uint free = Vector128.Equals(Vector128.LoadUnsafe(ref group), Vector128<byte>.Zero).ExtractMostSignificantBits() & SlotMask;
        bool isRight = free == 0 || Unsafe.Add(ref group, OverflowMark) == 0;
        for (uint taken = ~free & SlotMask; taken != 0; taken &= taken - 1)
        {
            isRight &= (uint)Row(ref group, BitOperations.TrailingZeroCount(taken)) < (uint)rows;
        }

        return isRight
            ? GroupSlots - BitOperations.PopCount(free)
            : throw new InvalidDataException("A part of an index leads to rows that are not there.");
    }

    /// <summary>Number of groups.</summary>
    public static int Groups(byte[] part) => Unsafe.As<byte, int>(ref Start(part));

    /// <summary>Slots taken.</summary>
    public static ref int Used(byte[] part) => ref Unsafe.As<byte, int>(ref Unsafe.Add(ref Start(part), UsedOffset));

    /// <summary>Leading bits that all its hashes share.</summary>
    public static int Depth(byte[] part) => Unsafe.As<byte, int>(ref Unsafe.Add(ref Start(part), DepthOffset));

    /// <summary>A group by number.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ref byte Group(ref byte start, uint group) =>
        ref Unsafe.Add(ref start, (nint)(group + 1) * GroupBytes);

    /// <summary>The group in which the search for a hash begins.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Home(uint hash, uint groups) =>
        // The leading bits are the same in the whole part: the product mixes the others into the leading ones.
        (uint)(((ulong)(hash * 0x9E3779B1u) * groups) >> 32);

    /// <summary>The tag of a hash; never 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static byte Tag(uint hash) => (byte)((byte)hash == 0 ? 1 : hash);

    /// <summary>The row number in a slot.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ref int Row(ref byte group, int slot) =>
        ref Unsafe.As<byte, int>(ref Unsafe.Add(ref group, RowsOffset + (slot * sizeof(int))));

    /// <summary>True when another row should not be added before the part is made anew.</summary>
    public static bool IsFull(byte[] part) => Used(part) * 8L >= Groups(part) * (GroupSlots * 7L);

    /// <summary>Takes the first free slot at or after the home of a hash.</summary>
    public static void Add(byte[] part, uint hash, int row)
    {
        ref byte start = ref Start(part);
        uint groups = (uint)Unsafe.As<byte, int>(ref start);
        for (uint group = Home(hash, groups); ; group = group + 1 == groups ? 0 : group + 1)
        {
            ref byte tags = ref Group(ref start, group);
            if (TryFindFree(ref tags, out int slot))
            {
                // A reader that sees the tag sees the row.
                Row(ref tags, slot) = row;
                Volatile.Write(ref Unsafe.Add(ref tags, slot), Tag(hash));
                Used(part)++;
                return;
            }

            Volatile.Write(ref Unsafe.Add(ref tags, OverflowMark), 1);
        }
    }

    /// <summary>A key as <see cref="Fill"/> takes it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Key(uint hash, int row) => (ulong)hash << 32 | (uint)row;

    /// <summary>Adds keys to an empty part that no reader has yet, and that has room for them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Fill(byte[] part, ReadOnlySpan<ulong> keys)
    {
        ref byte start = ref Start(part);
        uint groups = (uint)Unsafe.As<byte, int>(ref start);
        foreach (ulong key in keys)
        {
            uint hash = (uint)(key >> 32), group = Home(hash, groups);
            ref byte tags = ref Group(ref start, group);
            int slot;
            while (!TryFindFree(ref tags, out slot))
            {
                Unsafe.Add(ref tags, OverflowMark) = 1;
                group = group + 1 == groups ? 0 : group + 1;
                tags = ref Group(ref start, group);
            }

            Row(ref tags, slot) = (int)key;
            Unsafe.Add(ref tags, slot) = Tag(hash);
        }

        Used(part) = keys.Length;
    }

    /// <summary>Number of slots, free ones included.</summary>
    public static int Slots(byte[] part) => Groups(part) * GroupSlots;

    /// <summary>The row number in a slot by number; false when the slot is free.</summary>
    public static bool TryGetRow(byte[] part, int slot, out int row)
    {
        ref byte group = ref Group(ref Start(part), (uint)(slot / GroupSlots));
        row = Row(ref group, slot % GroupSlots);
        return Unsafe.Add(ref group, slot % GroupSlots) != 0;
    }

    /// <summary>True when a row stands in a slot of its hash.</summary>
    public static bool Contains(byte[] part, uint hash, int row)
    {
        for (var probe = new TagProbe(part, hash); probe.MoveNext();)
        {
            if (probe.Row == row) { return true; }
        }

        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryFindFree(ref byte group, out int slot)
    {
        uint free = Vector128.Equals(Vector128.LoadUnsafe(ref group), Vector128<byte>.Zero).ExtractMostSignificantBits() & SlotMask;
        slot = BitOperations.TrailingZeroCount(free);
        return free != 0;
    }

    /// <summary>A part with the same slots and other row numbers.</summary>
    public static byte[] Renumber(byte[] part, Func<int, int> numberOf)
    {
        byte[] renumbered = Create(Groups(part), Depth(part));
        Used(renumbered) = Used(part);
        for (uint number = 0; number < (uint)Groups(part); number++)
        {
            ref byte from = ref Group(ref Start(part), number);
            ref byte to = ref Group(ref Start(renumbered), number);
            Unsafe.Add(ref to, OverflowMark) = Unsafe.Add(ref from, OverflowMark);
            for (int slot = 0; slot < GroupSlots; slot++)
            {
                Unsafe.Add(ref to, slot) = Unsafe.Add(ref from, slot);
                Row(ref to, slot) = numberOf(Row(ref from, slot));
            }
        }

        return renumbered;
    }
}
