using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Ctas.Data;

namespace Ctas.Tables;

/// <summary>Rows as objects: one byte array each, see <see cref="RowLayout"/>. One writer while built.</summary>
internal sealed class StandardRowStore : RowStore
{
    private const int ChunkBits = 12;
    private const int ChunkRows = 1 << ChunkBits;
    private const int ObjectHeaderBytes = 24;

    private readonly Schema _schema;
    private byte[]?[][] _chunks = [];

    public StandardRowStore(Schema schema, RowLayout layout, StringPool?[] pools)
    {
        _schema = schema;
        Layout = layout;
        Pools = pools;
    }

    public RowLayout Layout { get; }

    /// <summary>The strings of each column; null for columns of other types.</summary>
    public StringPool?[] Pools { get; }

    /// <summary>Numbers given out, those of deleted rows included.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes of the rows and of the references to them.</summary>
    public long SizeInBytes => _rowBytes + ((long)_chunks.Length * ((ChunkRows * IntPtr.Size) + ObjectHeaderBytes));

    public override int ColumnCount => _schema.Fields.Count;

    public override Schema Schema => _schema;

    private long _rowBytes;

    /// <summary>The bytes of a row, null when it was deleted.</summary>
    public byte[]? this[int row]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _chunks[row >> ChunkBits][row & (ChunkRows - 1)];
        set
        {
            ref byte[]? place = ref _chunks[row >> ChunkBits][row & (ChunkRows - 1)];
            _rowBytes += BytesOf(value) - BytesOf(place);
            place = value;
        }
    }

    /// <summary>Appends a row and returns its number.</summary>
    public int Add(byte[] row)
    {
        if (Count >> ChunkBits == _chunks.Length)
        {
            Array.Resize(ref _chunks, _chunks.Length + 1);
            _chunks[^1] = new byte[]?[ChunkRows];
        }

        this[Count] = row;
        return Count++;
    }

    /// <summary>The text of the key of a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<byte> KeyText(byte[] row) => row.AsSpan(Layout.FixedBytes);

    /// <summary>A fixed-width value of a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Read<T>(byte[] row, int offset)
        where T : unmanaged =>
        Unsafe.ReadUnaligned<T>(ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(row), offset));

    internal override DataType TypeOf(int ordinal) => _schema.Fields[ordinal].Type;

    internal override bool IsNull(int row, int ordinal) => RowLayout.IsNull(this[row]!, ordinal);

    internal override long GetInt64(int row, int ordinal) => Layout.TypeOf(ordinal) switch
    {
        PhysicalType.Int64 => Read<long>(this[row]!, Layout.OffsetOf(ordinal)),
        PhysicalType.Int32 => Read<int>(this[row]!, Layout.OffsetOf(ordinal)),
        _ => Read<byte>(this[row]!, Layout.OffsetOf(ordinal)),
    };

    internal override double GetDouble(int row, int ordinal) => Read<double>(this[row]!, Layout.OffsetOf(ordinal));

    internal override Int128 GetInt128(int row, int ordinal) => Read<Int128>(this[row]!, Layout.OffsetOf(ordinal));

    internal override Interval GetInterval(int row, int ordinal) =>
        Read<Interval>(this[row]!, Layout.OffsetOf(ordinal));

    internal override ReadOnlySpan<byte> GetBytes(int row, int ordinal)
    {
        byte[] bytes = this[row]!;
        if (ordinal == Layout.TextKey) { return KeyText(bytes); }

        int code = Read<int>(bytes, Layout.OffsetOf(ordinal));
        return code < 0 ? default : Pools[ordinal]!.GetBytes(code);
    }

    /// <summary>Bytes of a row object with so many bytes in it.</summary>
    public static long BytesOfRow(int length) => ObjectHeaderBytes + ((length + 7L) & ~7L);

    private static long BytesOf(byte[]? row) => row is null ? 0 : BytesOfRow(row.Length);
}
