using System.Numerics;
using Ctas.Data;

namespace Ctas.Tables.Keys;

/// <summary>Finds rows by the hash of their key: about six bytes a row. One writer, many readers that never wait.</summary>
/// <remarks>
/// <para>
/// The first bits of a hash choose a part, each an open-addressing table that grows alone: growth never copies the
/// index, and a part that has become large is split in two (extendible hashing, Fagin et al. 1979). Within a part one
/// comparison finds a tag of eight bits among the twelve slots of a cache line (as in F14 and Swiss tables).
/// </para>
/// <para>
/// Slots are changed in place: the row first, then the tag; a slot that is re-pointed changes at once. Readers hold the
/// list of parts that was published to them; a part that is made anew shows in later versions only.
/// </para>
/// </remarks>
internal sealed class TagIndex
{
    private const int MaxGroups = 1024;
    private const int MaxDepth = 20;

    // As full as a part of finished keys is made, and one that goes on growing.
    private const double TightFill = 0.86;
    private const double LooseFill = 0.58;

    private byte[][] _places;
    private bool _isShared;

    /// <summary>Makes an empty index.</summary>
    public TagIndex() => _places = [TagPart.Create(groups: 1, depth: 0)];

    private TagIndex(byte[][] places) => _places = places;

    /// <summary>Bytes the index keeps alive.</summary>
    public long SizeInBytes { get; private set; } = TagPart.GroupBytes * 3;

    /// <summary>The parts as the writer sees them.</summary>
    public TagDirectory Current => new(_places);

    /// <summary>The parts for a version; the writer does not change the list any more.</summary>
    public TagDirectory Publish()
    {
        _isShared = true;
        return new TagDirectory(_places);
    }

    /// <summary>Takes up the index of a published version.</summary>
    public static TagIndex Continue(TagDirectory published, long sizeInBytes) =>
        new(published.Places.ToArray()) { SizeInBytes = sizeInBytes };

    /// <summary>A copy of the index of a published version, which stays as it is.</summary>
    public static TagIndex Copy(TagDirectory published, long sizeInBytes) =>
        new TagIndex(published.Places.ToArray()) { SizeInBytes = sizeInBytes }.Renumber(row => row);

    /// <summary>An index of given keys, as full as it may be.</summary>
    /// <param name="hashes">The short hash of each key (see <see cref="KeyIndex.Shorten"/>).</param>
    /// <param name="rows">The row of each key; empty when the rows are 0, 1, 2 …</param>
    /// <param name="maxThreads">Threads that may build it.</param>
    public static TagIndex Of(ReadOnlyMemory<uint> hashes, ReadOnlyMemory<int> rows, int maxThreads = 1)
    {
        const int rowsOfPart = MaxGroups * 6;
        int depth = BitOperations.Log2((uint)Math.Max(1, hashes.Length / rowsOfPart));
        var index = new TagIndex(new TagIndexBuild(hashes, rows, depth).Run(count => GroupsFor(count, TightFill), maxThreads));
        index.SizeInBytes = index._places.Sum(BytesOf);
        return index;
    }

    /// <summary>The index of all keys that a load has found, as full as it may be: one part for each of theirs.</summary>
    public static TagIndex Of(KeyIndex keys, int maxThreads = 1)
    {
        IReadOnlyList<KeyIndexPart> found = keys.Parts;
        byte[][] parts = new byte[found.Count][];
        void Make(int part) =>
            parts[part] = TagPart.Of(found[part], GroupsFor(found[part].Count, TightFill));
        if (Shares.Count(keys.Count, maxThreads) > 1)
        {
            Parallel.For(0, parts.Length, new ParallelOptions { MaxDegreeOfParallelism = maxThreads }, Make);
        }
        else
        {
            for (int part = 0; part < parts.Length; part++) { Make(part); }
        }

        return Of(parts);
    }

    /// <summary>The index of parts as <see cref="TagDirectory.Parts"/> gives them.</summary>
    /// <exception cref="InvalidDataException">The parts are not those of one index.</exception>
    public static TagIndex Of(IReadOnlyList<byte[]> parts)
    {
        int depth = parts.Count == 0 ? 0 : parts.Max(TagPart.Depth);
        bool isRight = depth is >= 0 and <= MaxDepth && parts.All(part => TagPart.Depth(part) >= 0)
            && parts.Sum(part => 1L << (depth - TagPart.Depth(part))) == 1L << depth;
        if (!isRight) { throw new InvalidDataException($"{parts.Count} parts make no index."); }

        byte[][] places = [.. parts.SelectMany(part => Enumerable.Repeat(part, 1 << (depth - TagPart.Depth(part))))];
        return new TagIndex(places) { SizeInBytes = parts.Sum(BytesOf) };
    }

    /// <summary>Adds a row whose key is not in the index.</summary>
    public void Add(uint hash, int row, IIndexedRows rows)
    {
        int place = Current.PlaceOf(hash);
        if (TagPart.IsFull(_places[place]))
        {
            Remake(hash, rows);
            place = Current.PlaceOf(hash);
        }

        TagPart.Add(_places[place], hash, row);
    }

    /// <summary>An index with the same slots, whose rows have other numbers; those of dead rows may be any that no row has.</summary>
    public TagIndex Renumber(Func<int, int> numberOf)
    {
        var renumbered = new TagIndex([.. _places]) { SizeInBytes = SizeInBytes };
        for (int place = 0; place < _places.Length; place++)
        {
            bool isSame = place > 0 && ReferenceEquals(_places[place], _places[place - 1]);
            renumbered._places[place] = isSame
                ? renumbered._places[place - 1]
                : TagPart.Renumber(_places[place], numberOf);
        }

        return renumbered;
    }

    /// <summary>Makes a part anew: without dead rows, larger when there are few of them, in two when it was large.</summary>
    private void Remake(uint hashInside, IIndexedRows rows)
    {
        byte[] old = _places[Current.PlaceOf(hashInside)];
        int depth = TagPart.Depth(old);
        uint prefix = Prefix(hashInside, depth);
        List<(uint Hash, int Row)> live = LiveKeys(old, rows);
        live.RemoveAll(key => Prefix(key.Hash, depth) != prefix);
        SizeInBytes -= BytesOf(old);
        if (_isShared)
        {
            _places = [.. _places];
            _isShared = false;
        }

        // Keys of equal hashes cannot be told apart by more bits.
        int inFirstHalf = live.Count(key => Prefix(key.Hash, depth + 1) == prefix << 1);
        bool isSplit = GroupsFor(live.Count, LooseFill) > MaxGroups && depth < MaxDepth
            && Math.Min(inFirstHalf, live.Count - inFirstHalf) > live.Count / 8;
        if (!isSplit)
        {
            Place(Make(live, depth), prefix);
            return;
        }

        if (1 << depth == _places.Length) { Double(); }

        for (uint half = prefix << 1; half <= (prefix << 1) + 1; half++)
        {
            Place(Make(live.FindAll(key => Prefix(key.Hash, depth + 1) == half), depth + 1), half);
        }
    }

    private static List<(uint Hash, int Row)> LiveKeys(byte[] part, IIndexedRows rows)
    {
        var live = new List<(uint Hash, int Row)>(TagPart.Used(part));
        for (int slot = 0, slots = TagPart.Slots(part); slot < slots; slot++)
        {
            if (TagPart.TryGetRow(part, slot, out int row) && rows.TryHash(row, out uint hash)) { live.Add((hash, row)); }
        }

        return live;
    }

    private static byte[] Make(List<(uint Hash, int Row)> keys, int depth)
    {
        byte[] part = TagPart.Create(GroupsFor(Math.Max(keys.Count, 4), LooseFill), depth);
        foreach ((uint hash, int row) in keys)
        {
            // The number of a deleted row that was used again stands in two slots.
            if (!TagPart.Contains(part, hash, row)) { TagPart.Add(part, hash, row); }
        }

        return part;
    }

    /// <summary>Puts a part into all places whose numbers begin with its bits.</summary>
    private void Place(byte[] part, uint prefix)
    {
        int count = _places.Length >> TagPart.Depth(part);
        Array.Fill(_places, part, (int)prefix * count, count);
        SizeInBytes += BytesOf(part);
    }

    private void Double()
    {
        byte[][] doubled = new byte[_places.Length * 2][];
        for (int place = 0; place < doubled.Length; place++) { doubled[place] = _places[place / 2]; }

        _places = doubled;
    }

    private static uint Prefix(uint hash, int depth) => (uint)((ulong)hash >> (32 - depth));

    private static int GroupsFor(int count, double fill) =>
        Math.Max(1, (int)Math.Ceiling(count / (TagPart.GroupSlots * fill)));

    private static long BytesOf(byte[] part) => part.Length + 32;
}
