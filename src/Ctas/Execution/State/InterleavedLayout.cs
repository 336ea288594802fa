using System.Numerics;
using System.Runtime.CompilerServices;
using Ctas.Data;

namespace Ctas.Execution.State;

/// <summary>Where each column of interleaved rows has its place in a row: the widest first, NULL bits at the end.</summary>
internal sealed class InterleavedLayout
{
    private readonly InterleavedColumn[] _columns;
    private readonly int _nullOffset;
    private readonly int _nullBytes;

    private InterleavedLayout(InterleavedColumn[] columns, int nullOffset, int nullBytes)
    {
        _columns = columns;
        _nullOffset = nullOffset;
        _nullBytes = nullBytes;
        RowBytes = RoundUp(nullOffset + nullBytes);
    }

    /// <summary>The columns, in their order.</summary>
    public ReadOnlySpan<InterleavedColumn> Columns => _columns;

    /// <summary>Bytes from a row to the next.</summary>
    public int RowBytes { get; }

    /// <summary>The layout of the rows of some batches; null when a column has strings of several pools.</summary>
    public static InterleavedLayout? TryMake(IReadOnlyList<Batch> batches, IReadOnlyList<DataType> types)
    {
        var columns = new InterleavedColumn[types.Count];
        int offset = 0;
        int nullable = 0;
        int valueBytes = types.Sum(WidthOf);
        foreach (int ordinal in Enumerable.Range(0, types.Count).OrderByDescending(ordinal => WidthOf(types[ordinal])))
        {
            bool isNullable = batches.Any(batch => batch[ordinal].Validity is not null);
            var place = new InterleavedPlace(types[ordinal], offset, isNullable ? (valueBytes * 8) + nullable++ : null);
            if (ColumnAt(place, batches, ordinal) is not { } column) { return null; }

            columns[ordinal] = column;
            offset += WidthOf(types[ordinal]);
        }

        return new InterleavedLayout(columns, valueBytes, (nullable + 7) / 8);
    }

    /// <summary>Writes as many rows of a batch as there are places.</summary>
    /// <param name="places">Where to.</param>
    /// <param name="rows">The batch.</param>
    /// <param name="start">The first row of it.</param>
    public void Write(RowPlaces places, Batch rows, int start)
    {
        for (int row = 0; _nullBytes > 0 && row < places.Count; row++)
        {
            Unsafe.InitBlockUnaligned(ref places.ByteOf(row, _nullOffset), 0, (uint)_nullBytes);
        }

        for (int ordinal = 0; ordinal < _columns.Length; ordinal++) { _columns[ordinal].Write(places, rows[ordinal], start); }
    }

    private static InterleavedColumn? ColumnAt(InterleavedPlace place, IReadOnlyList<Batch> batches, int ordinal)
    {
        switch (PhysicalTypes.Of(place.Type))
        {
            case PhysicalType.Boolean: return new InterleavedValues<bool>(place);
            case PhysicalType.Int32: return new InterleavedValues<int>(place);
            case PhysicalType.Int64: return new InterleavedValues<long>(place);
            case PhysicalType.Double: return new InterleavedValues<double>(place);
            case PhysicalType.Int128: return new InterleavedValues<Int128>(place);
            case PhysicalType.Interval: return new InterleavedValues<Interval>(place);
            default:
                StringPool[] pools = [.. batches.Select(batch => ((StringColumn)batch[ordinal]).Pool).Distinct()];
                return pools is [var pool] ? new InterleavedCodes(place, pool) : null;
        }
    }

    private static int WidthOf(DataType type) => PhysicalTypes.Of(type) switch
    {
        PhysicalType.Boolean => sizeof(bool),
        PhysicalType.Int64 => sizeof(long),
        PhysicalType.Double => sizeof(double),
        PhysicalType.Int128 => Unsafe.SizeOf<Int128>(),
        PhysicalType.Interval => Unsafe.SizeOf<Interval>(),
        _ => sizeof(int),
    };

    // A part of a cache line where that takes little more, so that no row lies across two.
    private static int RoundUp(int bytes)
    {
        int words = (bytes + sizeof(ulong) - 1) & -sizeof(ulong);
        int part = (int)BitOperations.RoundUpToPowerOf2((uint)words);
        return part <= CacheLines.Bytes && part <= words + (words / 3) ? part : words;
    }
}
