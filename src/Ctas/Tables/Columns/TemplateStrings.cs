using System.Buffers;
using System.Runtime.CompilerServices;
using Ctas.Data;

namespace Ctas.Tables.Columns;

/// <summary>Texts that differ in numbers only, as those numbers; a few that do not fit are kept apart. Immutable.</summary>
[SkipLocalsInit] // A point read writes the text onto the stack.
internal sealed class TemplateStrings : EncodedStrings
{
    private readonly StringTemplate _template;
    private readonly EncodedIntegers[] _numbers;

    // The rows that do not fit, ascending, and their texts.
    private readonly ushort[] _rows;
    private readonly ArenaStrings? _others;
    private (long Min, long Max)[]? _bounds;

    private TemplateStrings(
        DataType type, StringTemplate template, TemplateRows rows, NullRows? nulls)
        : base(type, rows.Count, nulls)
    {
        _template = template;
        _numbers = rows.Numbers;
        _rows = rows.OtherRows;
        _others = rows.Others;
    }

    public override long SizeInBytes =>
        88 + _numbers.Sum(numbers => numbers.SizeInBytes + 8) + StringBytes + ArraySize.Of(_rows) + NullBytes;

    public override long StringBytes => _template.SizeInBytes + (_others?.SizeInBytes ?? 0);

    public override string Form =>
        $"{_template}: {string.Join(", ", _numbers.Select(numbers => numbers.Form))}" + (_rows.Length > 0 ? ", others" : "");

    /// <summary>What the texts have in common.</summary>
    public StringTemplate Template => _template;

    /// <summary>The numbers of each field; anything for NULL rows and those in <see cref="OtherRows"/>.</summary>
    public EncodedIntegers[] Numbers => _numbers;

    /// <summary>The rows whose texts do not fit, ascending.</summary>
    public ReadOnlySpan<ushort> OtherRows => _rows;

    /// <summary>Bounds, both inclusive, of the numbers of each field.</summary>
    public ReadOnlySpan<(long Min, long Max)> Bounds => _bounds ??= [.. _numbers.Select(numbers => numbers.Bounds())];

    /// <summary>True when all texts that fit are those of the same numbers in a merged template.</summary>
    public bool KeepsTextIn(StringTemplate merged)
    {
        for (int field = 0; field < _numbers.Length; field++)
        {
            if (!_template.KeepsTextOf(merged, field, Bounds[field].Min)) { return false; }
        }

        return true;
    }

    /// <summary>Encodes rows; null when they have no template or too many rows do not fit it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static TemplateStrings? Of(DataType type, StringRows rows, NullRows? nulls)
    {
        const int samples = 256;
        if (TemplateInference.Of(rows.Sample(samples)) is not { } template) { return null; }

        int fields = template.Fields.Length;
        long[] numbers = ArrayPool<long>.Shared.Rent((fields * rows.Count) + 1);
        Span<long> parsed = stackalloc long[fields + 1];
        parsed.Clear();
        var others = new List<ushort>();
        int maxOthers = rows.Count / 32;
        for (int row = 0; row < rows.Count && others.Count <= maxOthers; row++)
        {
            // NULL rows and those that do not fit repeat the numbers before them, which costs nothing.
            if (!rows.IsNull(row) && !template.TryParse(rows[row], parsed))
            {
                others.Add((ushort)row);
                for (int field = 0; field < fields; field++) { parsed[field] = row == 0 ? 0 : numbers[(field * rows.Count) + row - 1]; }
            }

            for (int field = 0; field < fields; field++) { numbers[(field * rows.Count) + row] = parsed[field]; }
        }

        TemplateStrings? encoded = others.Count > maxOthers
            ? null
            : new TemplateStrings(type, template, Encode(type, rows, numbers.AsSpan(0, fields * rows.Count), others), nulls);
        ArrayPool<long>.Shared.Return(numbers);
        return encoded;
    }

    /// <summary>Encodes strings whose numbers are known already; null when some of them do not fit a template.</summary>
    /// <param name="type">The SQL type.</param>
    /// <param name="text">The strings.</param>
    /// <param name="codes">A code a row, −1 for NULL.</param>
    /// <param name="nulls">Null when no row is NULL.</param>
    public static TemplateStrings? Of(DataType type, ColumnText text, ReadOnlySpan<int> codes, NullRows? nulls)
    {
        if (text.Template is not { } template) { return null; }

        int fields = template.Fields.Length;
        long[] numbers = ArrayPool<long>.Shared.Rent((fields * codes.Length) + 1);
        TemplateStrings? encoded = null;
        if (text.TryReadNumbers(codes, numbers.AsSpan(0, fields * codes.Length)))
        {
            var fitting = new EncodedIntegers[fields];
            for (int field = 0; field < fields; field++)
            {
                fitting[field] = EncodedIntegers.Encode(numbers.AsSpan(field * codes.Length, codes.Length));
            }

            encoded = new TemplateStrings(type, template, new TemplateRows(codes.Length, fitting, [], null), nulls);
        }

        ArrayPool<long>.Shared.Return(numbers);
        return encoded;
    }

    public override int GetByteCount(int row)
    {
        Span<byte> text = stackalloc byte[StringTemplate.MaxTextLength];
        int other = OtherOf(row);
        return other >= 0 ? _others!.GetByteCount(other) : Write(row, text);
    }

    public override int CopyBytes(int row, Span<byte> destination)
    {
        int other = OtherOf(row);
        if (other >= 0) { return _others!.CopyBytes(other, destination); }

        if (destination.Length >= _template.MaxLength) { return Write(row, destination); }

        Span<byte> text = stackalloc byte[StringTemplate.MaxTextLength];
        int length = Write(row, text);
        return text[..length].TryCopyTo(destination) ? length : -1;
    }

    public override bool BytesEqual(int row, ReadOnlySpan<byte> value)
    {
        int other = OtherOf(row);
        if (other >= 0) { return _others!.BytesEqual(other, value); }

        // The numbers of a text are never those of another: to take them out of the value need not wait for the row's.
        Span<long> numbers = stackalloc long[_numbers.Length];
        return _template.TryParse(value, numbers) && HasNumbers(row, numbers);
    }

    public override ulong HashBytes(int row)
    {
        int other = OtherOf(row);
        if (other >= 0) { return _others!.HashBytes(other); }

        Span<byte> text = stackalloc byte[StringTemplate.MaxTextLength];
        return Hashing.Bytes(text[..Write(row, text)]);
    }

    public override Column Decode(StringPool? pool, int start, int count, bool isLent = false)
    {
        int fields = _numbers.Length;
        long[] numbers = ArrayPool<long>.Shared.Rent((fields * count) + 1);
        for (int field = 0; field < fields; field++) { _numbers[field].CopyTo(start, numbers.AsSpan(field * count, count)); }

        Bitmap? validity = Nulls?.ToBitmap(start, count);
        int[] codes = GC.AllocateUninitializedArray<int>(count);
        Span<long> one = stackalloc long[fields + 1];
        for (int row = 0; row < count; row++)
        {
            if (validity is not null && !validity[row])
            {
                codes[row] = -1;
                continue;
            }

            int other = OtherOf(start + row);
            if (other >= 0)
            {
                codes[row] = pool!.Add(_others!.GetBytes(other));
                continue;
            }

            for (int field = 0; field < fields; field++) { one[field] = numbers[(field * count) + row]; }

            codes[row] = pool!.Advance(_template.Write(one, pool.GetSpan(_template.MaxLength)));
        }

        ArrayPool<long>.Shared.Return(numbers);
        return new StringColumn(Type, codes, count, pool!, validity);
    }

    public override TextBlock DecodeText(int start, int count)
    {
        int fields = _numbers.Length;
        long[] numbers = ArrayPool<long>.Shared.Rent((fields * count) + 1);
        for (int field = 0; field < fields; field++) { _numbers[field].CopyTo(start, numbers.AsSpan(field * count, count)); }

        Span<long> one = stackalloc long[fields + 1];
        var block = new TextBlockWriter(count);
        for (int row = 0; row < count; row++)
        {
            int other = OtherOf(start + row);
            if (other >= 0)
            {
                ReadOnlySpan<byte> text = _others!.GetBytes(other);
                text.CopyTo(block.GetSpan(text.Length));
                block.Advance(text.Length);
                continue;
            }

            for (int field = 0; field < fields; field++) { one[field] = numbers[(field * count) + row]; }

            block.Advance(_template.Write(one, block.GetSpan(_template.MaxLength)));
        }

        ArrayPool<long>.Shared.Return(numbers);
        return block.Finish();
    }

    /// <summary>The numbers of some rows; false when one of them does not fit the template.</summary>
    public bool TryReadNumbers(NumberRows rows, Span<long> numbers)
    {
        const int rowMask = CompactSegment.MaxRows - 1;
        ReadOnlySpan<int> codes = rows.Codes;
        for (int row = 0; _rows.Length > 0 && row < codes.Length; row++)
        {
            if (OtherOf(codes[row] & rowMask) >= 0) { return false; }
        }

        // Few rows are read one by one, many of all that are decoded.
        const int fewer = 8;
        bool areFew = codes.Length < Count / fewer;
        long[]? decoded = areFew ? null : ArrayPool<long>.Shared.Rent(Count);
        for (int field = 0; field < _numbers.Length; field++)
        {
            EncodedIntegers encoded = _numbers[field];
            Span<long> target = numbers.Slice((field * rows.Stride) + rows.First, codes.Length);
            if (decoded is not null) { encoded.CopyTo(0, decoded.AsSpan(0, Count)); }

            for (int row = 0; row < codes.Length; row++)
            {
                int at = codes[row] & rowMask;
                target[row] = decoded is null ? encoded[at] : decoded[at];
            }
        }

        if (decoded is not null) { ArrayPool<long>.Shared.Return(decoded); }

        return true;
    }

    public override void Write(ISegmentWriter writer)
    {
        WriteHead(writer, ColumnEncoding.Template);
        _template.Write(writer);
        foreach (EncodedIntegers numbers in _numbers) { numbers.Write(writer); }

        writer.Write<ushort>(_rows);
        _others?.Write(writer);
    }

    internal static TemplateStrings Read(DataType type, int count, NullRows? nulls, ISegmentReader reader)
    {
        var template = StringTemplate.Read(reader);
        var numbers = new EncodedIntegers[template.Fields.Length];
        for (int field = 0; field < numbers.Length; field++) { numbers[field] = EncodedIntegers.Read(reader, count); }

        ushort[] rows = StoredRows.Checked(reader.ReadArray<ushort>(), count);
        var others = rows.Length == 0 ? null : EncodedColumn.Read(type, rows.Length, null, reader) as ArenaStrings
            ?? throw new InvalidDataException("Texts beside a template lie in an arena.");
        return new TemplateStrings(type, template, new TemplateRows(count, numbers, rows, others), nulls);
    }

    private static TemplateRows Encode(DataType type, StringRows rows, ReadOnlySpan<long> numbers, List<ushort> others)
    {
        var encoded = new EncodedIntegers[rows.Count == 0 ? 0 : numbers.Length / rows.Count];
        for (int field = 0; field < encoded.Length; field++)
        {
            encoded[field] = EncodedIntegers.Encode(numbers.Slice(field * rows.Count, rows.Count));
        }

        if (others.Count == 0) { return new TemplateRows(rows.Count, encoded, [], null); }

        var pool = new StringPool(isInterned: false);
        int[] codes = new int[others.Count];
        for (int i = 0; i < codes.Length; i++) { codes[i] = pool.Add(rows[others[i]]); }

        ArenaStrings arena = ArenaStrings.Of(type, new StringRows(pool, codes), null, null);
        return new TemplateRows(rows.Count, encoded, [.. others], arena);
    }

    private int OtherOf(int row) => _rows.Length == 0 ? -1 : _rows.AsSpan().BinarySearch((ushort)row);

    private bool HasNumbers(int row, ReadOnlySpan<long> numbers)
    {
        for (int field = 0; field < numbers.Length; field++)
        {
            if (_numbers[field][row] != numbers[field]) { return false; }
        }

        return true;
    }

    private int Write(int row, Span<byte> text)
    {
        Span<long> numbers = stackalloc long[_numbers.Length + 1];
        for (int field = 0; field < _numbers.Length; field++) { numbers[field] = _numbers[field][row]; }

        return _template.Write(numbers, text);
    }

    private readonly record struct TemplateRows(
        int Count, EncodedIntegers[] Numbers, ushort[] OtherRows, ArenaStrings? Others);
}
