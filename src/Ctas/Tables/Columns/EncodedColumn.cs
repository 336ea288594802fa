using System.Buffers;
using System.Diagnostics;
using Ctas.Data;

namespace Ctas.Tables.Columns;

/// <summary>One column of one segment of a compact table. Immutable once sealed, so safe for many readers.</summary>
/// <remarks>
/// Point reads go to the encoded value and allocate nothing, except <see cref="GetBytes"/> of an encoding that does
/// not hold the bytes as they are; a scan decodes many rows at once. A sealed column is a small header and flat arrays:
/// <see cref="Write"/> puts them down as they lie in memory and <see cref="Read"/> takes them up without encoding again.
/// </remarks>
internal abstract class EncodedColumn
{
    private protected EncodedColumn(DataType type, int count, NullRows? nulls)
    {
        Type = type;
        Count = count;
        Nulls = nulls;
    }

    /// <summary>The SQL type.</summary>
    public DataType Type { get; }

    /// <summary>Number of rows.</summary>
    public int Count { get; private protected set; }

    /// <summary>The NULL rows of a sealed column; null when there are none.</summary>
    public NullRows? Nulls { get; }

    /// <summary>Bytes kept alive, object headers included, without the table's string pools.</summary>
    public abstract long SizeInBytes { get; }

    /// <summary>The part of <see cref="SizeInBytes"/> that is text: arenas and symbol tables of this segment.</summary>
    public virtual long StringBytes => 0;

    /// <summary>The part of <see cref="SizeInBytes"/> that tells NULLs.</summary>
    public virtual long NullBytes => Nulls?.SizeInBytes ?? 0;

    /// <summary>The encoding in words, as EXPLAIN and tests tell it.</summary>
    public abstract string Form { get; }

    /// <summary>True when the row is NULL; all other reads of it are then without meaning.</summary>
    public virtual bool IsNull(int row) => Nulls is not null && Nulls[row];

    /// <summary>A number of an integer type.</summary>
    public virtual long GetInt64(int row) => throw WrongType();

    /// <summary>A DOUBLE.</summary>
    public virtual double GetDouble(int row) => throw WrongType();

    /// <summary>An unscaled DECIMAL.</summary>
    public virtual Int128 GetInt128(int row) => throw WrongType();

    /// <summary>An INTERVAL.</summary>
    public virtual Interval GetInterval(int row) => throw WrongType();

    /// <summary>The number of bytes of a byte string.</summary>
    public virtual int GetByteCount(int row) => throw WrongType();

    /// <summary>Copies a byte string; allocates nothing.</summary>
    /// <returns>The bytes written; −1, and nothing written, when they do not fit.</returns>
    public virtual int CopyBytes(int row, Span<byte> destination) => throw WrongType();

    /// <summary>True when the byte string of the row is <paramref name="value"/>; allocates nothing.</summary>
    public virtual bool BytesEqual(int row, ReadOnlySpan<byte> value) => throw WrongType();

    /// <summary>The hash that <see cref="Hashing.Bytes"/> gives of the byte string; allocates nothing.</summary>
    public virtual ulong HashBytes(int row) => throw WrongType();

    /// <summary>A byte string: that of the table where it lies there as it is, else a new array.</summary>
    public virtual ReadOnlySpan<byte> GetBytes(int row) => throw WrongType();

    /// <summary>True when <see cref="GetBytes"/> copies nothing.</summary>
    public virtual bool HasBytesInPlace => false;

    /// <summary>The byte strings of rows [start, start + count); those of NULL rows mean nothing.</summary>
    public virtual TextBlock DecodeText(int start, int count) => throw WrongType();

    /// <summary>Where decoded strings can go without being copied; null when there is no such pool.</summary>
    public virtual StringPool? Pool => null;

    /// <summary>Rows [start, start + count) as operators take them.</summary>
    /// <param name="pool">
    /// Where the strings go: <see cref="Pool"/>, which costs nothing, or another that they are added to; null when the
    /// column holds no strings.
    /// </param>
    /// <param name="start">The first row.</param>
    /// <param name="count">Number of rows.</param>
    /// <param name="isLent">True when fixed-width values may lie in pooled memory, which the column then can give back.</param>
    public abstract Column Decode(StringPool? pool, int start, int count, bool isLent = false);

    /// <summary>Writes a sealed column down: its form, its NULLs, and what the form needs.</summary>
    /// <exception cref="InvalidOperationException">The column is not sealed.</exception>
    public abstract void Write(ISegmentWriter writer);

    /// <summary>Reads a column that was written.</summary>
    /// <param name="type">The SQL type it had.</param>
    /// <param name="count">The rows it had.</param>
    /// <param name="pool">The table's strings of the column; null when the column holds no strings.</param>
    /// <param name="reader">Stands where the column begins.</param>
    /// <exception cref="InvalidDataException">What is there is no column of that type.</exception>
    public static EncodedColumn Read(DataType type, int count, StringPool? pool, ISegmentReader reader)
    {
        long encoding = reader.ReadInt64();
        NullRows? nulls = NullRows.Read(reader, count);
        return ((ColumnEncoding)encoding, PhysicalTypes.Of(type)) switch
        {
            (ColumnEncoding.Integers, not (PhysicalType.Double or PhysicalType.Interval or PhysicalType.Bytes)) =>
                new IntegerColumn(type, EncodedIntegers.Read(reader, count), nulls),
            (ColumnEncoding.Plain, PhysicalType.Double) => PlainColumn<double>.Read(type, count, nulls, reader),
            (ColumnEncoding.Plain, PhysicalType.Int128) => PlainColumn<Int128>.Read(type, count, nulls, reader),
            (ColumnEncoding.Scaled, PhysicalType.Double) => ScaledColumn.Read(type, count, nulls, reader),
            (ColumnEncoding.Split, PhysicalType.Double) => SplitColumn.Read(type, count, nulls, reader),
            (ColumnEncoding.Intervals, PhysicalType.Interval) => IntervalColumn.Read(type, count, nulls, reader),
            (ColumnEncoding.Codes, PhysicalType.Bytes) when pool is not null =>
                CodedStrings.Read(type, count, nulls, pool, reader),
            (ColumnEncoding.Arena, PhysicalType.Bytes) => ArenaStrings.Read(type, count, nulls, reader),
            (ColumnEncoding.Template, PhysicalType.Bytes) => TemplateStrings.Read(type, count, nulls, reader),
            _ => throw new InvalidDataException($"A column of type {type} is never stored in form {encoding}."),
        };
    }

    /// <summary>Where to decode values to: at least so many.</summary>
    private protected static T[] ArrayFor<T>(int count, bool isLent) =>
        isLent ? ArrayPool<T>.Shared.Rent(count) : GC.AllocateUninitializedArray<T>(count);

    /// <summary>Decoded values with their NULLs, which hold <c>default</c>.</summary>
    private protected FixedColumn<T> Decoded<T>(T[] values, int start, int count, bool isLent)
        where T : unmanaged
    {
        Bitmap? validity = Nulls?.ToBitmap(start, count);
        for (int row = 0; validity is not null && row < count; row++)
        {
            if (!validity[row]) { values[row] = default; }
        }

        return new FixedColumn<T>(Type, values, count, validity) { IsLent = isLent };
    }

    private protected void WriteHead(ISegmentWriter writer, ColumnEncoding encoding)
    {
        writer.Write((long)encoding);
        NullRows.Write(Nulls, writer);
    }

    private InvalidCastException WrongType() => new($"A column of type {Type} cannot be read in that form.");
}

/// <summary>A sealed column of byte strings: what all its forms share.</summary>
internal abstract class EncodedStrings : EncodedColumn
{
    private protected EncodedStrings(DataType type, int count, NullRows? nulls)
        : base(type, count, nulls)
    {
    }

    public override ReadOnlySpan<byte> GetBytes(int row)
    {
        byte[] bytes = new byte[GetByteCount(row)];
        int written = CopyBytes(row, bytes);
        Debug.Assert(written == bytes.Length, "The count was wrong.");
        return bytes;
    }

    public override TextBlock DecodeText(int start, int count)
    {
        var block = new TextBlockWriter(count);
        for (int row = start; row < start + count; row++)
        {
            int length = GetByteCount(row);
            block.Advance(CopyBytes(row, block.GetSpan(length)[..length]));
        }

        return block.Finish();
    }
}
