using System.Buffers;
using Ctas.Data;

namespace Ctas.Tables.Columns;

/// <summary>Byte strings as codes of the table's pool: for strings that repeat. Immutable.</summary>
internal sealed class CodedStrings : EncodedStrings
{
    private readonly EncodedIntegers _codes;
    private readonly StringPool _pool;

    /// <summary>Takes over encoded codes.</summary>
    /// <param name="type">The SQL type.</param>
    /// <param name="codes">A code a row; anything in NULL rows.</param>
    /// <param name="pool">The table's strings of the column.</param>
    /// <param name="nulls">Null when no row is NULL.</param>
    public CodedStrings(DataType type, EncodedIntegers codes, StringPool pool, NullRows? nulls)
        : base(type, codes.Count, nulls)
    {
        _codes = codes;
        _pool = pool;
    }

    public override long SizeInBytes => 56 + _codes.SizeInBytes + NullBytes;

    public override string Form => $"codes, {_codes.Form}";

    public override StringPool? Pool => _pool;

    /// <summary>A code a row; anything in NULL rows.</summary>
    public EncodedIntegers Codes => _codes;

    public override bool HasBytesInPlace => true;

    public override int GetByteCount(int row) => GetBytes(row).Length;

    public override int CopyBytes(int row, Span<byte> destination)
    {
        ReadOnlySpan<byte> bytes = GetBytes(row);
        return bytes.TryCopyTo(destination) ? bytes.Length : -1;
    }

    public override bool BytesEqual(int row, ReadOnlySpan<byte> value) => GetBytes(row).SequenceEqual(value);

    public override ulong HashBytes(int row) => Hashing.Bytes(GetBytes(row));

    public override ReadOnlySpan<byte> GetBytes(int row) => _pool.GetBytes((int)_codes[row]);

    public override Column Decode(StringPool? pool, int start, int count, bool isLent = false)
    {
        int[] codes = GC.AllocateUninitializedArray<int>(count);
        _codes.CopyTo<int>(start, codes);
        Bitmap? validity = Nulls?.ToBitmap(start, count);
        for (int row = 0; validity is not null && row < count; row++)
        {
            if (!validity[row]) { codes[row] = -1; }
        }

        if (!ReferenceEquals(pool, _pool)) { Translate(codes, pool!); }

        return new StringColumn(Type, codes, count, pool!, validity);
    }

    public override void Write(ISegmentWriter writer)
    {
        WriteHead(writer, ColumnEncoding.Codes);
        _codes.Write(writer);
    }

    internal static CodedStrings Read(DataType type, int count, NullRows? nulls, StringPool pool, ISegmentReader reader)
    {
        // Without any string all rows are NULL, and hold 0.
        EncodedIntegers codes = EncodedIntegers.Read(reader, count);
        return codes.AreBelow(Math.Max(1, pool.Count))
            ? new CodedStrings(type, codes, pool, nulls)
            : throw new InvalidDataException("A code of no string.");
    }

    // Other segments of the table are not coded, so all go to a pool that is theirs: each string once a batch.
    private void Translate(Span<int> codes, StringPool pool)
    {
        int[] known = ArrayPool<int>.Shared.Rent(_pool.Count);
        known.AsSpan(0, _pool.Count).Clear();
        foreach (ref int code in codes)
        {
            if (code < 0) { continue; }

            ref int translated = ref known[code];
            if (translated == 0) { translated = pool.Add(_pool.GetBytes(code)) + 1; }

            code = translated - 1;
        }

        ArrayPool<int>.Shared.Return(known);
    }
}
