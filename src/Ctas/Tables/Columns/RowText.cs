using Ctas.Data;

namespace Ctas.Tables.Columns;

/// <summary>The strings of a column by row number: for those that are nearly all different. Immutable.</summary>
/// <remarks>A row's code is its number in the table, so a column of codes costs nothing to make.</remarks>
internal sealed class RowText : ColumnText
{
    private readonly EncodedColumn[] _segments;
    private readonly Lazy<DistinctIndex> _index;

    /// <summary>Makes the strings of a column.</summary>
    /// <param name="segments">The column in each segment; there is at least one.</param>
    /// <param name="areDistinct">
    /// True when no row is NULL and no two are equal, and all segments but the last are full.
    /// </param>
    public RowText(EncodedColumn[] segments, bool areDistinct)
        : base(((segments.Length - 1) << CompactSegment.RowBits) + segments[^1].Count)
    {
        _segments = segments;
        AreDistinct = areDistinct;
        Template = TemplateOf(segments);
        _index = new Lazy<DistinctIndex>(() => new DistinctIndex(this));
    }

    public override bool AreDistinct { get; }

    public override bool AreShared => false;

    public override StringTemplate? Template { get; }

    /// <summary>The column in a segment.</summary>
    public EncodedColumn this[int segment] => _segments[segment];

    /// <summary>The template of all segments; null when there is none.</summary>
    public static StringTemplate? TemplateOf(ReadOnlySpan<EncodedColumn> segments)
    {
        StringTemplate? merged = null;
        foreach (EncodedColumn segment in segments)
        {
            if (segment is not TemplateStrings strings) { return null; }

            merged = merged is null ? strings.Template : merged.Merge(strings.Template);
            if (merged is null) { return null; }
        }

        foreach (EncodedColumn segment in segments)
        {
            if (!((TemplateStrings)segment).KeepsTextIn(merged!)) { return null; }
        }

        return merged;
    }

    public override ReadOnlySpan<byte> GetBytes(int code) =>
        _segments[code >> CompactSegment.RowBits] is { HasBytesInPlace: true } segment
            ? segment.GetBytes(code & (CompactSegment.MaxRows - 1))
            : base.GetBytes(code);

    public override int Find(ReadOnlySpan<byte> value) => _index.Value.Find(value);

    public override EncodedColumn? SegmentOf(ReadOnlySpan<int> codes)
    {
        if (codes.Length == 0 || codes[0] < 0 || (codes[0] & (CompactSegment.MaxRows - 1)) != 0) { return null; }

        EncodedColumn segment = _segments[codes[0] >> CompactSegment.RowBits];
        if (segment.Count != codes.Length || segment.Pool is not null) { return null; }

        for (int row = 0; row < codes.Length; row++)
        {
            if (codes[row] != codes[0] + row) { return null; }
        }

        return segment;
    }

    public override bool TryReadNumbers(ReadOnlySpan<int> codes, Span<long> numbers)
    {
        if (Template is null) { return false; }

        for (int row = 0; row < codes.Length;)
        {
            int segment = codes[row] >> CompactSegment.RowBits;
            int end = row + 1;
            while (end < codes.Length && codes[end] >> CompactSegment.RowBits == segment) { end++; }

            var rows = new NumberRows(codes[row..end], row, codes.Length);
            if (!ReadNumbers(segment, rows, numbers)) { return false; }

            row = end;
        }

        return true;
    }

    private protected override TextBlock Decode(int start, int count)
    {
        // Blocks divide segments.
        EncodedColumn segment = _segments[start >> CompactSegment.RowBits];
        int row = start & (CompactSegment.MaxRows - 1);
        return segment.DecodeText(row, Math.Min(count, segment.Count - row));
    }

    private bool ReadNumbers(int segment, NumberRows rows, Span<long> numbers)
    {
        // NULL rows repeat what was before them.
        if (segment < 0)
        {
            int fields = Template!.Fields.Length;
            for (int field = 0; field < fields; field++)
            {
                Span<long> target = numbers.Slice((field * rows.Stride) + rows.First, rows.Codes.Length);
                target.Fill(rows.First == 0 ? 0 : numbers[(field * rows.Stride) + rows.First - 1]);
            }

            return true;
        }

        return ((TemplateStrings)_segments[segment]).TryReadNumbers(rows, numbers);
    }

    /// <summary>Finds rows by their strings: open addressing, at most half full. Immutable.</summary>
    private sealed class DistinctIndex
    {
        private readonly RowText _text;

        // Upper half of the hash | row + 1; 0 is free.
        private readonly ulong[] _slots;

        public DistinctIndex(RowText text)
        {
            _text = text;
            _slots = new ulong[System.Numerics.BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, text.Count)) * 2];
            for (int row = 0; row < text.Count; row++)
            {
                ulong hash = Hashing.Bytes(text.GetBytes(row));
                int slot = (int)hash & (_slots.Length - 1);
                while (_slots[slot] != 0) { slot = (slot + 1) & (_slots.Length - 1); }

                _slots[slot] = (hash & 0xFFFFFFFF00000000UL) | (uint)(row + 1);
            }
        }

        public int Find(ReadOnlySpan<byte> value)
        {
            ulong hash = Hashing.Bytes(value);
            for (int slot = (int)hash & (_slots.Length - 1); _slots[slot] != 0; slot = (slot + 1) & (_slots.Length - 1))
            {
                int row = (int)(uint)_slots[slot] - 1;
                if (_slots[slot] >> 32 == hash >> 32 && _text.GetBytes(row).SequenceEqual(value)) { return row; }
            }

            return -1;
        }
    }
}

/// <summary>Some rows whose numbers are read.</summary>
/// <param name="codes">Their codes; the low bits are the row in the segment.</param>
/// <param name="first">Where their numbers begin among those of a field.</param>
/// <param name="stride">Numbers of each field.</param>
internal readonly ref struct NumberRows(ReadOnlySpan<int> codes, int first, int stride)
{
    /// <summary>The codes.</summary>
    public ReadOnlySpan<int> Codes { get; } = codes;

    /// <summary>Where their numbers begin among those of a field.</summary>
    public int First { get; } = first;

    /// <summary>Numbers of each field.</summary>
    public int Stride { get; } = stride;
}
