using System.Diagnostics;
using Ctas.Data;

namespace Ctas.Tables.Columns;

/// <summary>The values of a sealed column, decoded when somebody first reads them.</summary>
/// <typeparam name="T">The physical type.</typeparam>
internal sealed class SegmentValues<T>(EncodedColumn column) : DeferredValues<T>
    where T : unmanaged
{
    /// <summary>What is decoded.</summary>
    public EncodedColumn Encoded => column;

    private protected override FixedColumn<T> Decode() => (FixedColumn<T>)column.Decode(null, 0, column.Count, isLent: true);
}

/// <summary>Sealed columns of fixed width as operators take them.</summary>
internal static class SegmentValues
{
    /// <summary>All rows of a column that does not hold strings.</summary>
    public static Column Of(EncodedColumn column) => PhysicalTypes.Of(column.Type) switch
    {
        PhysicalType.Boolean => Defer<bool>(column),
        PhysicalType.Int32 => Defer<int>(column),
        PhysicalType.Int64 => Defer<long>(column),
        PhysicalType.Double => Defer<double>(column),
        PhysicalType.Int128 => Defer<Int128>(column),
        PhysicalType.Interval => Defer<Interval>(column),
        PhysicalType other => throw new UnreachableException($"No fixed width of {other}."),
    };

    private static FixedColumn<T> Defer<T>(EncodedColumn column)
        where T : unmanaged =>
        new(column.Type, new SegmentValues<T>(column), column.Count, column.Nulls?.ToBitmap(0, column.Count));
}
