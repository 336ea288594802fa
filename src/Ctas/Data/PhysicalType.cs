using System.Diagnostics;

namespace Ctas.Data;

/// <summary>The forms in which values lie in memory; several SQL types share one.</summary>
internal enum PhysicalType
{
    Boolean,
    Int32,
    Int64,
    Double,
    Int128,
    Interval,
    Bytes,
}

/// <summary>From SQL types to physical ones.</summary>
internal static class PhysicalTypes
{
    /// <summary>The physical form of a stored type, as documented at <see cref="Column"/>.</summary>
    public static PhysicalType Of(DataType type) => type.Kind switch
    {
        DataTypeKind.Boolean => PhysicalType.Boolean,
        DataTypeKind.Int or DataTypeKind.Date => PhysicalType.Int32,
        DataTypeKind.BigInt or DataTypeKind.Time or DataTypeKind.Timestamp => PhysicalType.Int64,
        DataTypeKind.Double => PhysicalType.Double,
        DataTypeKind.Decimal => PhysicalType.Int128,
        DataTypeKind.Interval => PhysicalType.Interval,
        _ when type.IsByteString => PhysicalType.Bytes,
        _ => throw new UnreachableException($"No physical form for {type}."),
    };

    /// <summary>True for the forms that <see cref="RowStore.GetInt64"/> reads.</summary>
    public static bool IsInteger(PhysicalType type) =>
        type is PhysicalType.Boolean or PhysicalType.Int32 or PhysicalType.Int64;

    /// <summary>The physical form that <typeparamref name="T"/> is the .NET type of.</summary>
    /// <exception cref="InvalidCastException">No column has that form.</exception>
    public static PhysicalType Of<T>()
        where T : unmanaged
    {
        if (typeof(T) == typeof(bool)) { return PhysicalType.Boolean; }

        if (typeof(T) == typeof(int)) { return PhysicalType.Int32; }

        if (typeof(T) == typeof(long)) { return PhysicalType.Int64; }

        if (typeof(T) == typeof(double)) { return PhysicalType.Double; }

        if (typeof(T) == typeof(Int128)) { return PhysicalType.Int128; }

        if (typeof(T) == typeof(Interval)) { return PhysicalType.Interval; }

        throw new InvalidCastException($"No column is stored as {typeof(T).Name}.");
    }
}
