using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Ctas.Tables.Keys;

/// <summary>A walk over the rows whose keys may have a hash: those with its tag, about one wrong one in 25 lookups.</summary>
/// <remarks>
/// Safe while the writer adds and re-points slots: what it meets are rows, some of which the reader's version does not
/// have yet or no longer; whoever holds the version decides.
/// </remarks>
internal ref struct TagProbe
{
    private readonly ref byte _start;
    private readonly uint _groups;
    private readonly byte _tag;
    private ref byte _group;
    private ref int _row;
    private uint _number;
    private uint _matches;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal TagProbe(byte[] part, uint hash)
    {
        _start = ref TagPart.Start(part);
        _groups = (uint)Unsafe.As<byte, int>(ref _start);
        _number = TagPart.Home(hash, _groups);
        _tag = TagPart.Tag(hash);
        Load();
    }

    /// <summary>The candidate. As a reference, for the writer to let the key point to another row.</summary>
    public readonly ref int Row => ref _row;

    /// <summary>The candidate, read before anything that was written before it: what leads back from a row that was re-pointed.</summary>
    public readonly int Newest
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => Volatile.Read(ref _row);
    }

    /// <summary>Moves to the next candidate; false when there is none.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool MoveNext()
    {
        while (_matches == 0)
        {
            if (Unsafe.Add(ref _group, TagPart.OverflowMark) == 0) { return false; }

            _number = _number + 1 == _groups ? 0 : _number + 1;
            Load();
        }

        _row = ref TagPart.Row(ref _group, BitOperations.TrailingZeroCount(_matches));
        _matches &= _matches - 1;
        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Load()
    {
        _group = ref TagPart.Group(ref _start, _number);
        Vector128<byte> tags = Vector128.LoadUnsafe(ref _group);
        Volatile.ReadBarrier();
        _matches = Vector128.Equals(tags, Vector128.Create(_tag)).ExtractMostSignificantBits() & TagPart.SlotMask;
    }
}
