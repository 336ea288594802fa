using Ctas.Data;

namespace Ctas.Tables.Columns;

/// <summary>One column of one segment of a compact table. Immutable once sealed.</summary>
/// <remarks>Point reads go to the encoded value; a scan decodes the whole column.</remarks>
internal abstract class EncodedColumn
{
    private protected EncodedColumn(DataType type) => Type = type;

    /// <summary>The SQL type.</summary>
    public DataType Type { get; }

    /// <summary>Set bits are values; null when no row is NULL.</summary>
    public Bitmap? Validity { get; protected init; }

    /// <summary>Bytes kept alive, without string pools.</summary>
    public abstract long SizeInBytes { get; }

    protected long ValidityBytes => (Validity?.Words.Length ?? 0) * 8L;

    /// <summary>True when the row is NULL; all other reads of it are then without meaning.</summary>
    public virtual bool IsNull(int row) => Validity is not null && !Validity[row];

    /// <summary>A number of an integer type, or the code of a string.</summary>
    public virtual long GetInt64(int row) => throw WrongType();

    /// <summary>A DOUBLE.</summary>
    public virtual double GetDouble(int row) => throw WrongType();

    /// <summary>An unscaled DECIMAL.</summary>
    public virtual Int128 GetInt128(int row) => throw WrongType();

    /// <summary>An INTERVAL.</summary>
    public virtual Interval GetInterval(int row) => throw WrongType();

    /// <summary>The column as operators take it.</summary>
    /// <param name="pool">Where the codes point; null when the column holds no strings.</param>
    public abstract Column Decode(StringPool? pool);

    private InvalidCastException WrongType() => new($"A column of type {Type} cannot be read in that form.");
}
