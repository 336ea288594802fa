using System.Runtime.InteropServices;
using Ctas.Data;

namespace Ctas.Tables.Columns;

/// <summary>Fixed-width values as they are, where no other form pays. Immutable.</summary>
/// <typeparam name="T"><see cref="double"/> or <see cref="Int128"/>.</typeparam>
internal sealed class PlainColumn<T> : EncodedColumn
    where T : unmanaged
{
    private readonly T[] _values;

    /// <summary>Takes over values.</summary>
    public PlainColumn(DataType type, T[] values, NullRows? nulls)
        : base(type, values.Length, nulls) => _values = values;

    public override long SizeInBytes => 48 + ArraySize.Of(_values) + NullBytes;

    public override string Form => "plain";

    public override double GetDouble(int row) => ((double[])(Array)_values)[row];

    public override Int128 GetInt128(int row) => ((Int128[])(Array)_values)[row];

    public override Column Decode(StringPool? pool, int start, int count, bool isLent = false)
    {
        T[] values = ArrayFor<T>(count, isLent);
        _values.AsSpan(start, count).CopyTo(values);
        return Decoded(values, start, count, isLent);
    }

    public override void Write(ISegmentWriter writer)
    {
        WriteHead(writer, ColumnEncoding.Plain);
        writer.Write<byte>(MemoryMarshal.AsBytes<T>(_values));
    }

    internal static PlainColumn<T> Read(DataType type, int count, NullRows? nulls, ISegmentReader reader)
    {
        byte[] bytes = reader.ReadArray<byte>();
        T[] values = MemoryMarshal.Cast<byte, T>(bytes).ToArray();
        return values.Length == count
            ? new PlainColumn<T>(type, values, nulls)
            : throw new InvalidDataException($"{values.Length} values for {count} rows.");
    }
}
