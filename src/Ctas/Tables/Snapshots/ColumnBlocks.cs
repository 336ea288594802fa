using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Ctas.Data;

namespace Ctas.Tables.Snapshots;

/// <summary>The values of a column in a group of rows as bytes.</summary>
/// <remarks>Layout: rows (4) · has NULLs (1) · validity, eight bytes for 64 rows, where it has · values.</remarks>
internal static class ColumnBlocks
{
    private const int PrefixBytes = 5;

    /// <summary>Appends a column; of strings, the codes given.</summary>
    public static void Write(Column column, ReadOnlySpan<int> codes, ArrayBufferWriter<byte> block)
    {
        Span<byte> prefix = block.GetSpan(PrefixBytes);
        BinaryPrimitives.WriteInt32LittleEndian(prefix, column.Length);
        prefix[4] = column.Validity is null ? (byte)0 : (byte)1;
        block.Advance(PrefixBytes);
        if (column.Validity is { } validity) { block.Write(MemoryMarshal.AsBytes(validity.Words)); }

        switch (column)
        {
            case FixedColumn<bool> values: IntegerBlocks.Write(MemoryMarshal.AsBytes(values.Values), block); break;
            case FixedColumn<int> values: IntegerBlocks.Write(values.Values, block); break;
            case FixedColumn<long> values: IntegerBlocks.Write(values.Values, block); break;
            case FixedColumn<double> values: block.Write(MemoryMarshal.AsBytes(values.Values)); break;
            case FixedColumn<Int128> values: block.Write(MemoryMarshal.AsBytes(values.Values)); break;
            case FixedColumn<Interval> values: block.Write(MemoryMarshal.AsBytes(values.Values)); break;
            case StringColumn: IntegerBlocks.Write(codes, block); break;
            default: throw new UnreachableException($"No rule for {column.GetType().Name}.");
        }
    }

    /// <summary>The column of a block.</summary>
    /// <param name="block">What <see cref="Write"/> made.</param>
    /// <param name="type">Its SQL type.</param>
    /// <param name="maxRows">Rows that it can have: a column of equal values takes no bytes for them.</param>
    /// <param name="pool">Its strings; null for a column of another type.</param>
    /// <exception cref="SnapshotFormatException">The block does not hold such a column.</exception>
    public static Column Read(ReadOnlySpan<byte> block, DataType type, long maxRows, StringPool? pool)
    {
        if (block.Length < PrefixBytes) { throw new SnapshotFormatException("a column is too short"); }

        int rows = BinaryPrimitives.ReadInt32LittleEndian(block);
        if (rows < 0 || rows > maxRows) { throw new SnapshotFormatException($"a column of {rows} rows"); }

        bool hasNulls = block[4] != 0;
        ReadOnlySpan<byte> rest = block[PrefixBytes..];
        Bitmap? validity = hasNulls ? ReadValidity(ref rest, rows) : null;
        switch (PhysicalTypes.Of(type))
        {
            case PhysicalType.Boolean:
                var booleans = new bool[rows];
                Span<byte> truths = MemoryMarshal.AsBytes(booleans.AsSpan());
                Expect(rest, IntegerBlocks.Read(rest, truths));
                if (truths.ContainsAnyExceptInRange((byte)0, (byte)1)) { throw new SnapshotFormatException("a value that is neither true nor false"); }

                return new FixedColumn<bool>(type, booleans, rows, validity);
            case PhysicalType.Int32:
                return new FixedColumn<int>(type, ReadIntegers<int>(rest, rows), rows, validity);
            case PhysicalType.Int64:
                return new FixedColumn<long>(type, ReadIntegers<long>(rest, rows), rows, validity);
            case PhysicalType.Double:
                return new FixedColumn<double>(type, ReadValues<double>(rest, rows), rows, validity);
            case PhysicalType.Int128:
                return new FixedColumn<Int128>(type, ReadValues<Int128>(rest, rows), rows, validity);
            case PhysicalType.Interval:
                return new FixedColumn<Interval>(type, ReadValues<Interval>(rest, rows), rows, validity);
            default:
                int[] codes = ReadIntegers<int>(rest, rows);
                return new StringColumn(type, codes, rows, pool!, validity);
        }
    }

    private static Bitmap ReadValidity(ref ReadOnlySpan<byte> rest, int rows)
    {
        var validity = new Bitmap(rows);
        Span<byte> words = MemoryMarshal.AsBytes(validity.Words);
        if (rest.Length < words.Length) { throw new SnapshotFormatException("a column is too short"); }

        rest[..words.Length].CopyTo(words);
        rest = rest[words.Length..];
        return validity;
    }

    private static T[] ReadIntegers<T>(ReadOnlySpan<byte> rest, int rows)
        where T : unmanaged, System.Numerics.IBinaryInteger<T>
    {
        T[] values = GC.AllocateUninitializedArray<T>(rows);
        Expect(rest, IntegerBlocks.Read(rest, values.AsSpan()));
        return values;
    }

    private static T[] ReadValues<T>(ReadOnlySpan<byte> rest, int rows)
        where T : unmanaged
    {
        Expect(rest, (long)rows * Unsafe.SizeOf<T>());
        T[] values = GC.AllocateUninitializedArray<T>(rows);
        rest.CopyTo(MemoryMarshal.AsBytes(values.AsSpan()));
        return values;
    }

    private static void Expect(ReadOnlySpan<byte> rest, long bytes)
    {
        if (rest.Length != bytes) { throw new SnapshotFormatException("a column has another length than its values"); }
    }
}
