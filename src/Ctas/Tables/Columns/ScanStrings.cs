using System.Buffers;
using Ctas.Data;

namespace Ctas.Tables.Columns;

/// <summary>How the strings of one column of a compact table are told to operators: as codes of one pool. Immutable.</summary>
/// <remarks>
/// <code>
/// segments share a pool ──────────────────► its codes
/// templates, numbers close together ──────► the numbers, as codes of <see cref="NumberedText"/>
/// anything else ──────────────────────────► row numbers, as codes of <see cref="RowText"/>
/// </code>
/// In none of the three is a string made; that is left to whoever reads it.
/// </remarks>
internal abstract class ScanStrings
{
    // As many codes for each row are still worth arrays by code.
    private const int MaxCodesPerRow = 4;
    private const int FewCodes = 1 << 16;

    private readonly EncodedColumn[] _segments;

    private protected ScanStrings(EncodedColumn[] segments, StringPool pool)
    {
        _segments = segments;
        Pool = pool;
    }

    /// <summary>Where the codes point.</summary>
    public StringPool Pool { get; }

    /// <summary>The strings of a segment; their codes are decoded when they are read.</summary>
    public StringColumn Read(int segment)
    {
        EncodedColumn column = _segments[segment];
        Bitmap? validity = column.Nulls?.ToBitmap(0, column.Count);
        return new StringColumn(column.Type, new SegmentCodes(this, segment, validity), column.Count, Pool, validity);
    }

    /// <summary>Writes the codes of all rows of a segment; those of NULL rows mean nothing.</summary>
    private protected abstract void CopyCodes(int segment, Span<int> codes);

    /// <summary>What suits a column.</summary>
    /// <param name="segments">The column in each segment.</param>
    /// <param name="areDistinct">
    /// True when no row is NULL and no two are equal, and all segments but the last are full.
    /// </param>
    public static ScanStrings Of(EncodedColumn[] segments, bool areDistinct)
    {
        StringPool? pool = segments.Length == 0 ? new StringPool(isInterned: true) : segments[0].Pool;
        return pool is not null && Array.TrueForAll(segments, segment => ReferenceEquals(segment.Pool, pool))
            ? new PooledScan(segments, pool)
            : (ScanStrings?)NumberedScan.Of(segments) ?? new RowScan(segments, areDistinct);
    }

    /// <summary>The codes of one segment.</summary>
    private sealed class SegmentCodes(ScanStrings strings, int segment, Bitmap? validity) : DeferredValues<int>
    {
        private protected override FixedColumn<int> Decode()
        {
            int count = strings._segments[segment].Count;
            int[] codes = ColumnMemory.Lent.Allocate<int>(count);
            strings.CopyCodes(segment, codes.AsSpan(0, count));
            for (int row = 0; validity is not null && row < count; row++)
            {
                if (!validity[row]) { codes[row] = -1; }
            }

            return ColumnMemory.Lent.Column(DataType.Int, codes, count);
        }
    }

    /// <summary>Codes of the pool of the table.</summary>
    private sealed class PooledScan(EncodedColumn[] segments, StringPool pool) : ScanStrings(segments, pool)
    {
        private protected override void CopyCodes(int segment, Span<int> codes)
        {
            if (_segments[segment] is CodedStrings coded) { coded.Codes.CopyTo(0, codes); }
            else { ((StringColumn)_segments[segment].Decode(Pool, 0, codes.Length)).Codes.CopyTo(codes); }
        }
    }

    /// <summary>Row numbers.</summary>
    private sealed class RowScan(EncodedColumn[] segments, bool areDistinct)
        : ScanStrings(segments, new StringPool(new RowText(segments, areDistinct)))
    {
        private protected override void CopyCodes(int segment, Span<int> codes)
        {
            int first = segment << CompactSegment.RowBits;
            for (int row = 0; row < codes.Length; row++) { codes[row] = first + row; }
        }
    }

    /// <summary>Numbers of a template; strings that do not fit it, and those of the table's pool, are looked up once.</summary>
    private sealed class NumberedScan : ScanStrings
    {
        private readonly NumberRange _range;

        // Our code of each string of the table's pool, where some segments hold codes of that.
        private readonly int[] _pooled;

        // Our codes of the strings that do not fit, segment by segment.
        private readonly int[][] _others;

        private NumberedScan(EncodedColumn[] segments, NumberRange range, StringPool pool, int[] pooled, int[][] others)
            : base(segments, pool)
        {
            _range = range;
            _pooled = pooled;
            _others = others;
        }

        private delegate int TextCoder(ReadOnlySpan<byte> value);

        /// <summary>Null when the column has no template, or numbers too far apart.</summary>
        public static NumberedScan? Of(EncodedColumn[] segments)
        {
            if (Array.Exists(segments, segment => segment is not (TemplateStrings or CodedStrings))) { return null; }

            TemplateStrings[] templates = [.. segments.OfType<TemplateStrings>()];
            if (RowText.TemplateOf(templates) is not { } template) { return null; }

            int rows = segments.Sum(segment => segment.Count);
            int maxCount = (int)Math.Min(Math.Max(FewCodes, (long)MaxCodesPerRow * rows), int.MaxValue / 2);
            if (NumberRange.Of(Bounds(templates, template), maxCount) is not { } range) { return null; }

            var others = new StringPool(isInterned: true);
            int CodeOf(ReadOnlySpan<byte> value) =>
                NumberedText.CodeOf(template, range, value) is >= 0 and int code ? code : range.Count + others.Add(value);

            int[] pooled = Translate([.. segments.OfType<CodedStrings>()], CodeOf);
            int[][] othersOf = [.. segments.Select(segment =>
            {
                if (segment is not TemplateStrings strings) { return []; }

                int[] codes = new int[strings.OtherRows.Length];
                for (int i = 0; i < codes.Length; i++) { codes[i] = CodeOf(strings.GetBytes(strings.OtherRows[i])); }

                return codes;
            })];

            var text = new NumberedText(template, range, others.Count == 0 ? null : others);
            return new NumberedScan(segments, range, new StringPool(text), pooled, othersOf);
        }

        private protected override void CopyCodes(int segment, Span<int> codes)
        {
            if (_segments[segment] is TemplateStrings template)
            {
                _range.CodesOf(template.Numbers, 0, codes);
                for (int i = 0; i < template.OtherRows.Length; i++) { codes[template.OtherRows[i]] = _others[segment][i]; }
            }
            else
            {
                ((CodedStrings)_segments[segment]).Codes.CopyTo(0, codes);

                // Without strings all rows are NULL, and codes mean nothing.
                foreach (ref int code in codes[..(_pooled.Length == 0 ? 0 : codes.Length)]) { code = _pooled[code]; }
            }
        }

        /// <summary>Our code of each string that a row of the segments has, by its code in their pool.</summary>
        private static int[] Translate(CodedStrings[] segments, TextCoder codeOf)
        {
            if (segments is not [{ Pool: { } pool }, ..]) { return []; }

            int[] pooled = new int[pool.Count];
            var isKnown = new Bitmap(pooled.Length);
            int[] codes = ArrayPool<int>.Shared.Rent(CompactSegment.MaxRows);
            foreach (CodedStrings segment in segments)
            {
                Span<int> rows = codes.AsSpan(0, segment.Count);
                segment.Codes.CopyTo(0, rows);
                foreach (int code in rows)
                {
                    // A pool without strings has rows that are NULL.
                    if (code >= pooled.Length || isKnown[code]) { continue; }

                    isKnown[code] = true;
                    pooled[code] = codeOf(pool.GetBytes(code));
                }
            }

            ArrayPool<int>.Shared.Return(codes);
            return pooled;
        }

        private static (long Min, long Max)[] Bounds(TemplateStrings[] templates, StringTemplate template)
        {
            var bounds = new (long Min, long Max)[template.Fields.Length];
            for (int field = 0; field < bounds.Length; field++)
            {
                bounds[field] = (templates.Min(strings => strings.Bounds[field].Min), templates.Max(strings => strings.Bounds[field].Max));
            }

            return bounds;
        }
    }
}
