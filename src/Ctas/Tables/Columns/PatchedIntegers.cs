using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Ctas.Tables.Columns;

/// <summary>Integers packed in few bits, except for some outliers that are listed. Immutable.</summary>
/// <remarks>
/// The highest code stands for "look in the list", so only outliers cost a binary search. Source: patched frame of
/// reference (Zukowski et al., Super-Scalar RAM-CPU Cache Compression, ICDE 2006).
/// </remarks>
internal sealed class PatchedIntegers : EncodedIntegers
{
    private readonly long _base;
    private readonly int _bits;
    private readonly ulong _outlier;
    private readonly byte[] _data;
    private readonly ushort[] _rows;
    private readonly PackedIntegers _values;

    private PatchedIntegers(long @base, int bits, byte[] data, Outliers outliers, int count)
        : base(count)
    {
        _base = @base;
        _bits = bits;
        _outlier = BitPacking.MaskOf(bits);
        _data = data;
        _rows = outliers.Rows;
        _values = outliers.Values;
    }

    public override long SizeInBytes => 80 + ArraySize.Of(_data) + ArraySize.Of(_rows) + _values.SizeInBytes;

    public override IntegerEncoding Encoding => IntegerEncoding.Patched;

    public override string Form => $"{_bits} bits patched";

    public override long this[int index]
    {
        get
        {
            ulong code = BitPacking.Read(_data, index, _bits, _outlier);
            return code != _outlier
                ? unchecked(_base + (long)code)
                : _values[_rows.AsSpan().BinarySearch((ushort)index)];
        }
    }

    /// <summary>Packs integers; those outside [base, base + 2^bits − 1) are outliers.</summary>
    /// <param name="values">At most 65,536 of them.</param>
    /// <param name="base">The least integer that is packed.</param>
    /// <param name="bits">From 1 to <see cref="BitPacking.MaxPackedBits"/>.</param>
    /// <param name="maxOutliers">More than these are refused: null is returned.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static PatchedIntegers? Pack(ReadOnlySpan<long> values, long @base, int bits, int maxOutliers)
    {
        ulong outlier = BitPacking.MaskOf(bits);
        long[] codes = new long[values.Length];
        var rows = new List<ushort>();
        var listed = new List<long>();
        for (int index = 0; index < values.Length; index++)
        {
            ulong code = unchecked((ulong)(values[index] - @base));
            if (values[index] < @base || code >= outlier)
            {
                if (rows.Count == maxOutliers) { return null; }

                code = outlier;
                rows.Add((ushort)index);
                listed.Add(values[index]);
            }

            codes[index] = (long)code;
        }

        var outliers = new Outliers([.. rows], PackedIntegers.Pack(CollectionsMarshal.AsSpan(listed)));
        return new PatchedIntegers(@base, bits, BitPacking.Pack(codes, 0, bits), outliers, values.Length);
    }

    public override void CopyTo<T>(int start, Span<T> values)
    {
        BitPacking.Unpack(_data, _bits, _base, start, values);
        int first = _rows.AsSpan().BinarySearch((ushort)start);
        for (int i = first < 0 ? ~first : first; i < _rows.Length && _rows[i] < start + values.Length; i++)
        {
            values[_rows[i] - start] = BitPacking.Narrow<T>(_values[i]);
        }
    }

    internal static PatchedIntegers ReadContent(ISegmentReader reader, int count)
    {
        long @base = reader.ReadInt64();
        int bits = (int)reader.ReadInt64();
        if (bits is < 1 or > BitPacking.MaxPackedBits) { throw new InvalidDataException($"Outliers of {bits} bits."); }

        byte[] data = BitPacking.Checked(reader.ReadArray<byte>(), count, bits);
        ushort[] rows = StoredRows.Checked(reader.ReadArray<ushort>(), count);
        var outliers = new Outliers(rows, PackedIntegers.ReadContent(reader, rows.Length));
        var integers = new PatchedIntegers(@base, bits, data, outliers, count);
        return integers.AreOutliersListed() ? integers : throw new InvalidDataException("An outlier is not in the list.");
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool AreOutliersListed()
    {
        int listed = 0;
        for (int index = 0; index < Count; index++)
        {
            if (BitPacking.Read(_data, index, _bits, _outlier) != _outlier) { continue; }

            if (listed == _rows.Length || _rows[listed++] != index) { return false; }
        }

        return listed == _rows.Length;
    }

    protected override void WriteContent(ISegmentWriter writer)
    {
        writer.Write(_base);
        writer.Write(_bits);
        writer.Write<byte>(_data);
        writer.Write<ushort>(_rows);
        _values.WriteTo(writer);
    }

    /// <summary>The rows in ascending order and what they hold.</summary>
    private readonly record struct Outliers(ushort[] Rows, PackedIntegers Values);
}
