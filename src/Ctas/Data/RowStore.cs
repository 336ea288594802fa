using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text;
using Ctas.Data.Nested;

namespace Ctas.Data;

/// <summary>Rows that can be read by number: a batch, or the rows of a table. Immutable once published.</summary>
/// <remarks>What lies behind a <see cref="Row"/>: every form of storage serves the same view without boxing.</remarks>
[SkipLocalsInit] // Strings are decoded on the stack.
public abstract class RowStore
{
    private protected RowStore()
    {
    }

    /// <summary>Number of columns.</summary>
    public abstract int ColumnCount { get; }

    /// <summary>The columns with their names; null where only types are known, as in a batch.</summary>
    public virtual Schema? Schema => null;

    internal abstract DataType TypeOf(int ordinal);

    /// <summary>The form in which the values of a column lie in memory.</summary>
    internal virtual PhysicalType FormOf(int ordinal) => PhysicalTypes.Of(TypeOf(ordinal));

    internal abstract bool IsNull(int row, int ordinal);

    /// <summary>A value of a BOOLEAN, INT, BIGINT, DATE, TIME or TIMESTAMP column as a number; 0 for NULL.</summary>
    internal abstract long GetInt64(int row, int ordinal);

    /// <summary>A value of a DOUBLE column; 0 for NULL.</summary>
    internal abstract double GetDouble(int row, int ordinal);

    /// <summary>An unscaled value of a DECIMAL column; 0 for NULL.</summary>
    internal abstract Int128 GetInt128(int row, int ordinal);

    /// <summary>A value of an INTERVAL column; zero for NULL.</summary>
    internal abstract Interval GetInterval(int row, int ordinal);

    /// <summary>The bytes of a VARCHAR, BYTES or nested value; empty for NULL.</summary>
    /// <remarks>A store that keeps them compressed allocates an array for them; the three methods below never do.</remarks>
    internal abstract ReadOnlySpan<byte> GetBytes(int row, int ordinal);

    /// <summary>True when the byte string of a row that is not NULL is <paramref name="value"/>.</summary>
    internal virtual bool BytesEqual(int row, int ordinal, ReadOnlySpan<byte> value) =>
        GetBytes(row, ordinal).SequenceEqual(value);

    /// <summary>The hash of the byte string of a row that is not NULL, as <see cref="Hashing.Bytes"/> gives it.</summary>
    internal virtual ulong HashBytes(int row, int ordinal) => Hashing.Bytes(GetBytes(row, ordinal));

    /// <summary>Copies a byte string, nothing for NULL.</summary>
    /// <returns>The bytes written; −1, and nothing written, when they do not fit.</returns>
    internal virtual int CopyBytes(int row, int ordinal, Span<byte> destination)
    {
        ReadOnlySpan<byte> bytes = GetBytes(row, ordinal);
        return bytes.TryCopyTo(destination) ? bytes.Length : -1;
    }

    /// <summary>The string of a VARCHAR value that is not NULL.</summary>
    internal string GetString(int row, int ordinal)
    {
        Span<byte> utf8 = stackalloc byte[256];
        int length = CopyBytes(row, ordinal, utf8);
        return Encoding.UTF8.GetString(length < 0 ? GetBytes(row, ordinal) : utf8[..length]);
    }

    /// <summary>The boxed value, null for NULL; forms as at <see cref="Column.GetValue"/>.</summary>
    internal object? GetValue(int row, int ordinal)
    {
        if (IsNull(row, ordinal)) { return null; }

        DataType type = TypeOf(ordinal);
        return type.Kind switch
        {
            DataTypeKind.Boolean => GetInt64(row, ordinal) != 0,
            DataTypeKind.Int => (int)GetInt64(row, ordinal),
            DataTypeKind.BigInt => GetInt64(row, ordinal),
            DataTypeKind.Double => GetDouble(row, ordinal),
            DataTypeKind.Decimal => ColumnValues.ToDecimal(GetInt128(row, ordinal), type.Scale),
            DataTypeKind.Varchar => GetString(row, ordinal),
            DataTypeKind.Bytes => GetBytes(row, ordinal).ToArray(),
            DataTypeKind.Date => ColumnValues.ToDate((int)GetInt64(row, ordinal)),
            DataTypeKind.Time => ColumnValues.ToTime(GetInt64(row, ordinal)),
            DataTypeKind.Timestamp => ColumnValues.ToTimestamp(GetInt64(row, ordinal)),
            DataTypeKind.Interval => GetInterval(row, ordinal),
            _ when type.IsNested => NestedBoxing.Box(ValueShape.Of(type), GetBytes(row, ordinal)),
            _ => throw new UnreachableException($"No boxed form for {type}."),
        };
    }
}
