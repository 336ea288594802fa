using System.Runtime.CompilerServices;
using Ctas.Data;
using Ctas.Tables.Versions;

namespace Ctas.Tables;

/// <summary>Rows as objects: one byte array each, see <see cref="RowLayout"/>. The writer's own view, or a version's.</summary>
/// <remarks>
/// A row keeps its number while it is updated: the new object takes the place of the old one, and <see cref="ReplacedRows"/>
/// keeps the old one for the versions before. The numbers of deleted rows are used again.
/// </remarks>
internal sealed class StandardRowStore : RowStore
{
    private const int ChunkBits = 12;
    private const int ChunkRows = 1 << ChunkBits;
    private const int ObjectHeaderBytes = 24;

    private readonly Schema _schema;
    private readonly long _end;
    private readonly ReplacedRows? _replaced;
    private byte[]?[][] _chunks = [];
    private long _rowBytes;

    /// <summary>Makes an empty store, the writer's view: it sees every row.</summary>
    public StandardRowStore(Schema schema, RowLayout layout, StringPool?[] pools)
    {
        _schema = schema;
        _end = long.MaxValue;
        Layout = layout;
        Pools = pools;
    }

    private StandardRowStore(StandardRowStore writer, long end, ReplacedRows? replaced)
        : this(writer._schema, writer.Layout, writer.Pools)
    {
        _chunks = writer._chunks;
        _rowBytes = writer._rowBytes;
        Count = writer.Count;
        _end = end;
        _replaced = replaced;
    }

    public RowLayout Layout { get; }

    /// <summary>The strings of each column; null for columns of other types.</summary>
    public StringPool?[] Pools { get; }

    /// <summary>Numbers given out, those of deleted rows included.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes of the rows and of the references to them.</summary>
    public long SizeInBytes => _rowBytes + ((long)_chunks.Length * ((ChunkRows * IntPtr.Size) + ObjectHeaderBytes));

    /// <summary>What was replaced from the end of this version on.</summary>
    public ReplacedRows? Replaced => _replaced;

    /// <summary>The first change that this version does not see.</summary>
    public long End => _end;

    public override int ColumnCount => _schema.Fields.Count;

    public override Schema Schema => _schema;

    /// <summary>The bytes of a row as this view sees it, null when there is none.</summary>
    public byte[]? this[int row]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            byte[]?[][] chunks = _chunks;
            int chunk = row >> ChunkBits;
            if ((uint)chunk >= (uint)chunks.Length) { return null; }

            byte[]? bytes = Volatile.Read(ref chunks[chunk][row & (ChunkRows - 1)]);
            return bytes is null || (bytes.Length > RowLayout.StampBytes && RowLayout.Stamp(bytes) < _end)
                ? bytes
                : Earlier(bytes);
        }
    }

    /// <summary>This view as a version that sees the changes before <paramref name="end"/>.</summary>
    public StandardRowStore ToVersion(long end, ReplacedRows replaced) => new(this, end, replaced);

    /// <summary>A writer's view of what a version sees.</summary>
    public StandardRowStore ToWriter() => new(this, long.MaxValue, replaced: null);

    /// <summary>What stands in the place of a row, a deleted one included.</summary>
    public byte[]? Raw(int row) => _chunks[row >> ChunkBits][row & (ChunkRows - 1)];

    /// <summary>Puts a row in the place of another.</summary>
    public void Set(int row, byte[]? bytes)
    {
        ref byte[]? place = ref _chunks[row >> ChunkBits][row & (ChunkRows - 1)];
        _rowBytes += BytesOf(bytes) - BytesOf(place);
        Volatile.Write(ref place, bytes);
    }

    /// <summary>Appends a row and returns its number.</summary>
    public int Add(byte[] row)
    {
        if (Count >> ChunkBits == _chunks.Length) { _chunks = [.. _chunks, new byte[]?[ChunkRows]]; }

        Set(Count, row);
        return Count++;
    }

    internal override DataType TypeOf(int ordinal) => _schema.Fields[ordinal].Type;

    internal override PhysicalType FormOf(int ordinal) => Layout.TypeOf(ordinal);

    internal override bool IsNull(int row, int ordinal) => Layout.IsNull(this[row]!, ordinal);

    internal override long GetInt64(int row, int ordinal) => Layout.TypeOf(ordinal) switch
    {
        PhysicalType.Int64 => RowLayout.Read<long>(this[row]!, Layout.OffsetOf(ordinal)),
        PhysicalType.Int32 => RowLayout.Read<int>(this[row]!, Layout.OffsetOf(ordinal)),
        _ => RowLayout.Read<byte>(this[row]!, Layout.OffsetOf(ordinal)),
    };

    internal override double GetDouble(int row, int ordinal) =>
        RowLayout.Read<double>(this[row]!, Layout.OffsetOf(ordinal));

    internal override Int128 GetInt128(int row, int ordinal) =>
        RowLayout.Read<Int128>(this[row]!, Layout.OffsetOf(ordinal));

    internal override Interval GetInterval(int row, int ordinal) =>
        RowLayout.Read<Interval>(this[row]!, Layout.OffsetOf(ordinal));

    internal override ReadOnlySpan<byte> GetBytes(int row, int ordinal)
    {
        byte[] bytes = this[row]!;
        return ordinal == Layout.TextKey ? Layout.KeyTextOf(bytes) : GetText(bytes, ordinal);
    }

    /// <summary>A string of a row; empty for NULL.</summary>
    public ReadOnlySpan<byte> GetText(byte[] row, int ordinal)
    {
        if (Layout.IsNull(row, ordinal)) { return default; }

        int place = RowLayout.Read<int>(row, Layout.OffsetOf(ordinal));
        return place < 0 ? Layout.InlineText(row, place) : Pools[ordinal]!.GetBytes(place);
    }

    /// <summary>Bytes of a row object with so many bytes in it.</summary>
    public static long BytesOfRow(int length) => ObjectHeaderBytes + ((length + 7L) & ~7L);

    private static long BytesOf(byte[]? row) => row is null ? 0 : BytesOfRow(row.Length);

    /// <summary>What the view sees of a row that was written after its end, or deleted.</summary>
    private byte[]? Earlier(byte[] row)
    {
        byte[]? bytes = row;
        while (bytes is not null && RowLayout.Stamp(bytes) >= _end) { bytes = _replaced![RowLayout.Stamp(bytes)]; }

        return bytes is { Length: > RowLayout.StampBytes } ? bytes : null;
    }
}
