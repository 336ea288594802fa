using System.Globalization;

namespace Ctas.Data;

/// <summary>The kinds of SQL types.</summary>
public enum DataTypeKind
{
    /// <summary>Not known before the source has been read; compatible with everything, never stored.</summary>
    Unknown,

    /// <summary>The type of a bare NULL; coerces to every type.</summary>
    Null,

    /// <summary>TRUE or FALSE.</summary>
    Boolean,

    /// <summary>32-bit signed integer.</summary>
    Int,

    /// <summary>64-bit signed integer.</summary>
    BigInt,

    /// <summary>64-bit IEEE 754 floating point.</summary>
    Double,

    /// <summary>Exact number with precision and scale, at most 38 digits.</summary>
    Decimal,

    /// <summary>Text, UTF-8 inside.</summary>
    Varchar,

    /// <summary>A sequence of bytes.</summary>
    Bytes,

    /// <summary>Days since 1970-01-01.</summary>
    Date,

    /// <summary>Microseconds since midnight.</summary>
    Time,

    /// <summary>Microseconds since 1970-01-01T00:00:00Z.</summary>
    Timestamp,

    /// <summary>Months, days and microseconds.</summary>
    Interval,

    /// <summary>A list of values of one type.</summary>
    Array,

    /// <summary>Keys and values.</summary>
    Map,

    /// <summary>Named fields.</summary>
    Struct,
}

/// <summary>A SQL type. Immutable; compared by value.</summary>
public sealed record DataType
{
    /// <summary>The most digits a DECIMAL can hold.</summary>
    public const int MaxDecimalPrecision = 38;

    private DataType(DataTypeKind kind) => Kind = kind;

    /// <summary>The kind of type.</summary>
    public DataTypeKind Kind { get; }

    /// <summary>Total digits of a DECIMAL; 0 for every other kind.</summary>
    public int Precision { get; private init; }

    /// <summary>Digits after the point of a DECIMAL; 0 for every other kind.</summary>
    public int Scale { get; private init; }

    /// <summary>Element type of an ARRAY, value type of a MAP; null for every other kind.</summary>
    public DataType? Element { get; private init; }

    /// <summary>Key type of a MAP; null for every other kind.</summary>
    public DataType? Key { get; private init; }

    /// <summary>Fields of a STRUCT in order; empty for every other kind.</summary>
    public FieldList Fields { get; private init; } = FieldList.Empty;

    /// <summary>Not known before the source has been read.</summary>
    public static DataType Unknown { get; } = new(DataTypeKind.Unknown);

    /// <summary>The type of a bare NULL.</summary>
    public static DataType Null { get; } = new(DataTypeKind.Null);

    /// <summary>BOOLEAN.</summary>
    public static DataType Boolean { get; } = new(DataTypeKind.Boolean);

    /// <summary>INT, 32 bits.</summary>
    public static DataType Int { get; } = new(DataTypeKind.Int);

    /// <summary>BIGINT, 64 bits.</summary>
    public static DataType BigInt { get; } = new(DataTypeKind.BigInt);

    /// <summary>DOUBLE.</summary>
    public static DataType Double { get; } = new(DataTypeKind.Double);

    /// <summary>VARCHAR.</summary>
    public static DataType Varchar { get; } = new(DataTypeKind.Varchar);

    /// <summary>BYTES.</summary>
    public static DataType Bytes { get; } = new(DataTypeKind.Bytes);

    /// <summary>DATE.</summary>
    public static DataType Date { get; } = new(DataTypeKind.Date);

    /// <summary>TIME.</summary>
    public static DataType Time { get; } = new(DataTypeKind.Time);

    /// <summary>TIMESTAMP, UTC, microseconds.</summary>
    public static DataType Timestamp { get; } = new(DataTypeKind.Timestamp);

    /// <summary>INTERVAL.</summary>
    public static DataType Interval { get; } = new(DataTypeKind.Interval);

    /// <summary>True for INT, BIGINT, DOUBLE and DECIMAL.</summary>
    public bool IsNumeric =>
        Kind is DataTypeKind.Int or DataTypeKind.BigInt or DataTypeKind.Double or DataTypeKind.Decimal;

    /// <summary>True for ARRAY, MAP and STRUCT.</summary>
    public bool IsNested => Kind is DataTypeKind.Array or DataTypeKind.Map or DataTypeKind.Struct;

    /// <summary>True where values lie in memory as byte strings, in a <see cref="StringColumn"/>.</summary>
    internal bool IsByteString => Kind is DataTypeKind.Varchar or DataTypeKind.Bytes or DataTypeKind.Null || IsNested;

    /// <summary>DECIMAL(precision, scale).</summary>
    /// <param name="precision">1 to 38.</param>
    /// <param name="scale">0 to <paramref name="precision"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">A bound is not kept.</exception>
    public static DataType Decimal(int precision, int scale)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(precision, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(precision, MaxDecimalPrecision);
        ArgumentOutOfRangeException.ThrowIfNegative(scale);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(scale, precision);
        return new(DataTypeKind.Decimal) { Precision = precision, Scale = scale };
    }

    /// <summary>ARRAY&lt;element&gt;.</summary>
    public static DataType Array(DataType element) => new(DataTypeKind.Array) { Element = element };

    /// <summary>MAP&lt;key, value&gt;.</summary>
    public static DataType Map(DataType key, DataType value) => new(DataTypeKind.Map) { Key = key, Element = value };

    /// <summary>STRUCT&lt;fields&gt;.</summary>
    public static DataType Struct(IEnumerable<Field> fields) =>
        new(DataTypeKind.Struct) { Fields = new FieldList(fields) };

    /// <summary>The SQL spelling, which parses back to an equal type.</summary>
    public override string ToString() => Kind switch
    {
        DataTypeKind.Decimal => string.Create(CultureInfo.InvariantCulture, $"DECIMAL({Precision}, {Scale})"),
        DataTypeKind.Array => $"ARRAY<{Element}>",
        DataTypeKind.Map => $"MAP<{Key}, {Element}>",
        DataTypeKind.Struct =>
            $"STRUCT<{string.Join(", ", Fields.Select(field => $"{Quoted(field.Name)} {field.Type}"))}>",
        _ => Kind.ToString().ToUpperInvariant(),
    };

    // Keys of JSON objects may hold anything.
    private static string Quoted(string name)
    {
        bool isPlain = name.Length > 0 && !char.IsAsciiDigit(name[0])
            && name.All(character => char.IsLetterOrDigit(character) || character == '_');
        return isPlain ? name : $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
    }
}
