using System.Runtime.CompilerServices;

namespace Ctas.Execution.Incremental;

/// <summary>The memory of many <see cref="PlaceList"/>s: blocks of 4, 8, 16 … entries. Single-threaded.</summary>
/// <remarks>
/// An entry holds a place + 1, or 0 where a place was removed; what is left moves together when a block is full. Where a
/// place lies is looked for, in a block of up to 16 entries within one cache line; of one that lies in a large block, whose
/// index changes seldom, whoever owns the lists knows it. So no other row is looked at when one comes or goes.
/// <code>
/// a block of 8:   entries in use (6) | place | 0 | place | place | place | – | –
/// </code>
/// </remarks>
/// <param name="moved">Told the index of a place in a large block whenever that changes.</param>
internal sealed class PlaceLists(PlaceMoved moved)
{
    private const int MinPieceWords = 8;
    private const int MaxPieceWords = 512;

    // Entries of the smallest block that is large.
    private const int LargeEntries = 128;

    // By size of the blocks: free ones, each of which leads to the next, and the rest of a piece of memory.
    private readonly nint[] _free = new nint[PlaceList.MaxSizes];
    private readonly nint[] _pieces = new nint[PlaceList.MaxSizes];
    private readonly int[] _pieceBlocks = new int[PlaceList.MaxSizes];
    private readonly WordSlabs _memory = new();

    /// <summary>Bytes held.</summary>
    public long SizeInBytes => _memory.SizeInBytes;

    /// <summary>Adds a place at the end of a list.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(ref PlaceList list, int place)
    {
        if (!list.IsBlock && list.Count < 2)
        {
            list.Own[list.Count++] = place + 1;
            return;
        }

        if (!list.IsBlock || list.Entries[0] == list.Entries.Length) { MakeRoom(ref list); }

        Span<int> entries = list.Entries;
        int index = entries[0]++;
        entries[index] = place + 1;
        list.Count++;
        if (entries.Length >= LargeEntries) { moved(place, index); }
    }

    /// <summary>Removes a place from a list.</summary>
    /// <param name="list">The list.</param>
    /// <param name="place">The place.</param>
    /// <param name="index">Its index, should it lie in a large block.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Remove(ref PlaceList list, int place, int index)
    {
        list.Count--;
        if (!list.IsBlock)
        {
            Span<int> own = list.Own;
            if (own[0] == place + 1) { own[0] = own[1]; }

            own[1] = 0;
            return;
        }

        Span<int> entries = list.Entries;
        int removed = entries.Length >= LargeEntries ? index : 1 + entries[1..].IndexOf(place + 1);
        entries[removed] = 0;
        if (removed == entries[0] - 1) { entries[0]--; }

        if (list.Count == 0) { Clear(ref list); }
        else if (entries.Length >= LargeEntries && list.Count < entries.Length / 8) { Move(ref list, list.Size - 2); }
    }

    private void Clear(ref PlaceList list)
    {
        GiveBack(list);
        list = default;
    }

    /// <summary>Moves what is left in a block together, or into a larger one when there is little room.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    private void MakeRoom(ref PlaceList list)
    {
        if (!list.IsBlock)
        {
            PlaceList block = Take(size: 0, list.Count);
            block.Entries[0] = 1 + list.Count;
            list.Own.CopyTo(block.Entries[1..]);
            list = block;
            return;
        }

        int length = list.Entries.Length;
        int mostLeft = length < LargeEntries ? length - 2 : length * 3 / 4;
        Move(ref list, list.Count <= mostLeft ? list.Size : list.Size + 1);
    }

    /// <summary>Moves places together, into a block of a size.</summary>
    private void Move(ref PlaceList list, int size)
    {
        PlaceList target = size == list.Size ? list : Take(size, list.Count);
        Span<int> from = list.Entries;
        Span<int> to = target.Entries;
        int used = 1;
        for (int index = 1; index < from[0]; index++)
        {
            if (from[index] == 0) { continue; }

            to[used] = from[index];
            if (to.Length >= LargeEntries) { moved(to[used] - 1, used); }

            used++;
        }

        if (size != list.Size) { GiveBack(list); }

        to[0] = used;
        list = target;
    }

    private PlaceList Take(int size, int count)
    {
        nint block = _free[size];
        if (block != 0) { _free[size] = (nint)WordSlabs.At(block, 0); }
        else { block = Cut(size); }

        return new PlaceList(block, size, count);
    }

    private nint Cut(int size)
    {
        int words = 2 << size;
        if (_pieceBlocks[size] == 0)
        {
            // Few lists shall not hold much memory idle.
            int piece = (int)Math.Clamp(SizeInBytes / (8 * sizeof(ulong)), MinPieceWords, MaxPieceWords) & -MinPieceWords;
            _pieceBlocks[size] = Math.Max(1, piece / words);
            _pieces[size] = _memory.Add(_pieceBlocks[size] * words);
        }

        nint block = _pieces[size];
        _pieces[size] += words * sizeof(ulong);
        _pieceBlocks[size]--;
        return block;
    }

    private void GiveBack(in PlaceList list)
    {
        WordSlabs.At(list.Block, 0) = (ulong)_free[list.Size];
        _free[list.Size] = list.Block;
    }
}

/// <summary>Told of a place of a large block.</summary>
/// <param name="place">The place.</param>
/// <param name="index">Its index from now on.</param>
internal delegate void PlaceMoved(int place, int index);
