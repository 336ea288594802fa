using System.Buffers;
using System.Runtime.CompilerServices;
using Ctas.Data;

namespace Ctas.Tables.Columns;

/// <summary>Byte strings behind each other in an arena of the segment, coded by symbols where that pays. Immutable.</summary>
/// <remarks>NULL rows are empty. <see cref="EncodedColumn.GetBytes"/> copies nothing unless the strings are coded.</remarks>
[SkipLocalsInit] // A hash of a short coded text is taken on the stack.
internal sealed class ArenaStrings : EncodedStrings
{
    // A place is a chunk and an offset in it; strings do not cross chunks.
    private const int OffsetBits = 30;
    private const long OffsetMask = (1L << OffsetBits) - 1;

    private readonly byte[][] _chunks;
    private readonly EncodedIntegers _starts;
    private readonly long _end;
    private readonly SymbolTable? _symbols;

    private ArenaStrings(DataType type, Arena arena, NullRows? nulls)
        : base(type, arena.Starts.Count, nulls)
    {
        _chunks = arena.Chunks;
        _starts = arena.Starts;
        _end = arena.End;
        _symbols = arena.Symbols;
    }

    public override long SizeInBytes => 80 + _starts.SizeInBytes + StringBytes + NullBytes;

    public override long StringBytes =>
        (_symbols?.SizeInBytes ?? 0) + 24 + _chunks.Sum(chunk => ArraySize.Of(chunk) + 8);

    public override string Form => (_symbols is null ? "arena, " : "symbols, ") + _starts.Form;

    public override bool HasBytesInPlace => _symbols is null;

    /// <summary>Lays rows out.</summary>
    /// <param name="type">The SQL type.</param>
    /// <param name="rows">The strings.</param>
    /// <param name="symbols">What to code them by; null to leave them as they are.</param>
    /// <param name="nulls">Null when no row is NULL.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static ArenaStrings Of(DataType type, StringRows rows, SymbolTable? symbols, NullRows? nulls)
    {
        var writer = new ArenaWriter(1 << OffsetBits, symbols is null ? rows.TotalBytes : rows.TotalBytes / 2);
        long[] pooled = ArrayPool<long>.Shared.Rent(rows.Count);
        Span<long> starts = pooled.AsSpan(0, rows.Count);
        if (symbols is not null) { AddCoded(writer, rows, new SymbolCoder(symbols), starts); }
        else
        {
            for (int row = 0; row < rows.Count; row++) { starts[row] = PlaceOf(writer.Add(rows[row])); }
        }

        (byte[][] chunks, int offsetAfter) = writer.Finish();
        long end = PlaceOf((Math.Max(0, chunks.Length - 1), offsetAfter));
        var arena = new Arena(chunks, EncodedIntegers.Encode(starts), end, symbols);
        ArrayPool<long>.Shared.Return(pooled);
        return new ArenaStrings(type, arena, nulls);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddCoded(ArenaWriter writer, StringRows rows, SymbolCoder coder, Span<long> starts)
    {
        for (int first = 0; first < rows.Count;)
        {
            int next = coder.Gather(rows, first);
            coder.Encode();
            for (int row = first; row < next; row++) { starts[row] = PlaceOf(writer.Add(coder.CodesOf(row - first))); }

            first = next;
        }
    }

    private static long PlaceOf((int Chunk, int Offset) place) => (long)place.Chunk << OffsetBits | (uint)place.Offset;

    public override int GetByteCount(int row)
    {
        ReadOnlySpan<byte> stored = Stored(row);
        return _symbols?.LengthOf(stored) ?? stored.Length;
    }

    public override int CopyBytes(int row, Span<byte> destination)
    {
        ReadOnlySpan<byte> stored = Stored(row);
        if (_symbols is not null) { return _symbols.Decode(stored, destination); }

        return stored.TryCopyTo(destination) ? stored.Length : -1;
    }

    public override bool BytesEqual(int row, ReadOnlySpan<byte> value)
    {
        ReadOnlySpan<byte> stored = Stored(row);
        return _symbols is null ? stored.SequenceEqual(value) : _symbols.IsEqual(stored, value);
    }

    public override ulong HashBytes(int row)
    {
        ReadOnlySpan<byte> stored = Stored(row);
        if (_symbols is null) { return Hashing.Bytes(stored); }

        const int onStack = 1024;
        int maxLength = stored.Length * SymbolTable.MaxSymbolLength;
        byte[]? rented = maxLength > onStack ? ArrayPool<byte>.Shared.Rent(maxLength) : null;
        Span<byte> text = rented ?? stackalloc byte[onStack];
        ulong hash = Hashing.Bytes(text[.._symbols.Decode(stored, text)]);
        if (rented is not null) { ArrayPool<byte>.Shared.Return(rented); }

        return hash;
    }

    public override ReadOnlySpan<byte> GetBytes(int row) => _symbols is null ? Stored(row) : base.GetBytes(row);

    public override Column Decode(StringPool? pool, int start, int count, bool isLent = false)
    {
        int[] codes = GC.AllocateUninitializedArray<int>(count);
        Bitmap? validity = Nulls?.ToBitmap(start, count);
        for (int row = 0; row < count; row++)
        {
            codes[row] = validity is not null && !validity[row] ? -1 : AddTo(pool!, start + row);
        }

        return new StringColumn(Type, codes, count, pool!, validity);
    }

    public override void Write(ISegmentWriter writer)
    {
        WriteHead(writer, ColumnEncoding.Arena);
        writer.Write(_symbols is null ? 0 : 1);
        _symbols?.Write(writer);
        writer.Write(_chunks.Length);
        foreach (byte[] chunk in _chunks) { writer.Write<byte>(chunk); }

        writer.Write(_end);
        _starts.Write(writer);
    }

    internal static ArenaStrings Read(DataType type, int count, NullRows? nulls, ISegmentReader reader)
    {
        SymbolTable? symbols = reader.ReadInt64() == 0 ? null : SymbolTable.Read(reader);
        long chunkCount = reader.ReadInt64();
        if (chunkCount is < 0 or > ushort.MaxValue) { throw new InvalidDataException($"An arena of {chunkCount} chunks."); }

        byte[][] chunks = new byte[chunkCount][];
        for (int chunk = 0; chunk < chunks.Length; chunk++) { chunks[chunk] = reader.ReadArray<byte>(); }

        long end = reader.ReadInt64();
        var arena = new Arena(chunks, EncodedIntegers.Read(reader, count), end, symbols);
        return HasRightPlaces(arena)
            ? new ArenaStrings(type, arena, nulls)
            : throw new InvalidDataException("A text lies outside of its arena.");
    }

    /// <summary>True when places ascend, and each chunk ends where its last text does.</summary>
    private static bool HasRightPlaces(Arena arena)
    {
        long last = 0;
        for (int row = 0; row <= arena.Starts.Count; row++)
        {
            long place = row < arena.Starts.Count ? arena.Starts[row] : arena.End;
            if (place < last) { return false; }

            long chunk = place >> OffsetBits;
            bool isInside = arena.Chunks.Length == 0 ? place == 0 : chunk < arena.Chunks.Length && (place & OffsetMask) <= arena.Chunks[chunk].Length;
            if (!isInside) { return false; }

            last = place;
        }

        return true;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ReadOnlySpan<byte> Stored(int row)
    {
        if (_chunks.Length == 0) { return default; }

        long start = _starts[row], end = row + 1 < Count ? _starts[row + 1] : _end;
        byte[] chunk = _chunks[(int)(start >> OffsetBits)];
        int offset = (int)(start & OffsetMask);
        int endOffset = start >> OffsetBits == end >> OffsetBits ? (int)(end & OffsetMask) : chunk.Length;
        return chunk.AsSpan(offset, endOffset - offset);
    }

    private int AddTo(StringPool pool, int row)
    {
        const int maxReserved = 1 << 18;
        ReadOnlySpan<byte> stored = Stored(row);
        if (_symbols is null) { return pool.Add(stored); }

        int maxLength = stored.Length * SymbolTable.MaxSymbolLength;
        return maxLength > maxReserved || pool.IsInterned
            ? pool.Add(GetBytes(row))
            : pool.Advance(_symbols.Decode(stored, pool.GetSpan(maxLength)));
    }

    private readonly record struct Arena(byte[][] Chunks, EncodedIntegers Starts, long End, SymbolTable? Symbols);
}
