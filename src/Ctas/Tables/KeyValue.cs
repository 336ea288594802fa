using Ctas.Data;

namespace Ctas.Tables;

/// <summary>The value of one key column in a lookup: any type without boxing; converts from .NET values.</summary>
public readonly struct KeyValue
{
    private readonly object? _content;
    private readonly ulong _low;
    private readonly ulong _high;
    private readonly byte _scale;

    private KeyValue(KeyValueKind kind, Int128 number, byte scale = 0, object? content = null)
    {
        Kind = kind;
        _low = (ulong)number;
        _high = (ulong)(number >> 64);
        _scale = scale;
        _content = content;
    }

    /// <summary>SQL NULL: the one group that GROUP BY makes of NULLs.</summary>
    public static KeyValue Null => default;

    internal KeyValueKind Kind { get; }

    /// <summary>The number in its kind's form; unscaled for decimals, bits for doubles and intervals.</summary>
    internal Int128 Number => new(_high, _low);

    /// <summary>Digits after the point of a decimal.</summary>
    internal int Scale => _scale;

    internal string Text => (string)_content!;

    internal byte[] Bytes => (byte[])_content!;

    /// <summary>A value for an INT, BIGINT, DECIMAL or DOUBLE column.</summary>
    public static implicit operator KeyValue(long value) => new(KeyValueKind.Integer, value);

    /// <summary>A value for an INT, BIGINT, DECIMAL or DOUBLE column.</summary>
    public static implicit operator KeyValue(int value) => new(KeyValueKind.Integer, value);

    /// <summary>A value for a BOOLEAN column.</summary>
    public static implicit operator KeyValue(bool value) => new(KeyValueKind.Boolean, value ? 1 : 0);

    /// <summary>A value for a DOUBLE column.</summary>
    public static implicit operator KeyValue(double value) =>
        new(KeyValueKind.Double, BitConverter.DoubleToInt64Bits(value));

    /// <summary>A value for a DECIMAL column, of any scale.</summary>
    public static implicit operator KeyValue(decimal value)
    {
        Span<int> parts = stackalloc int[4];
        _ = decimal.GetBits(value, parts);
        var magnitude = (Int128)new UInt128((uint)parts[2], (ulong)(uint)parts[1] << 32 | (uint)parts[0]);
        return new(KeyValueKind.Decimal, parts[3] < 0 ? -magnitude : magnitude, value.Scale);
    }

    /// <summary>A value for a DECIMAL column of any number of digits.</summary>
    internal static KeyValue OfDecimal(Int128 unscaled, int scale) => new(KeyValueKind.Decimal, unscaled, (byte)scale);

    /// <summary>A value for a VARCHAR column; null is SQL NULL.</summary>
    public static implicit operator KeyValue(string? value) =>
        value is null ? Null : new(KeyValueKind.Text, 0, content: value);

    /// <summary>A value for a BYTES column, or the UTF-8 form of one for VARCHAR; null is SQL NULL.</summary>
    public static implicit operator KeyValue(byte[]? value) =>
        value is null ? Null : new(KeyValueKind.Bytes, 0, content: value);

    /// <summary>A value for a DATE column.</summary>
    public static implicit operator KeyValue(DateOnly value) =>
        new(KeyValueKind.Date, value.DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber);

    /// <summary>A value for a TIME column.</summary>
    public static implicit operator KeyValue(TimeOnly value) =>
        new(KeyValueKind.Time, value.Ticks);

    /// <summary>A value for a TIMESTAMP column; a local time is converted to UTC.</summary>
    public static implicit operator KeyValue(DateTime value) =>
        new(KeyValueKind.Timestamp, (value.Kind == DateTimeKind.Local ? value.ToUniversalTime() : value).Ticks
            - DateTime.UnixEpoch.Ticks);

    /// <summary>A value for a TIMESTAMP column.</summary>
    public static implicit operator KeyValue(DateTimeOffset value) => value.UtcDateTime;

    /// <summary>A value for an INTERVAL column.</summary>
    public static implicit operator KeyValue(Interval value) => new(KeyValueKind.Interval, KeyPart.Bits(value));

    /// <summary>The value as it would be written in SQL.</summary>
    public override string ToString() => Kind switch
    {
        KeyValueKind.Null => "NULL",
        KeyValueKind.Text => $"'{Text}'",
        KeyValueKind.Bytes => $"X'{Convert.ToHexString(Bytes)}'",
        KeyValueKind.Boolean => Number == 0 ? "FALSE" : "TRUE",
        KeyValueKind.Double => BitConverter.Int64BitsToDouble((long)Number)
            .ToString("R", System.Globalization.CultureInfo.InvariantCulture),
        KeyValueKind.Decimal => ColumnValues.DecimalText(Number, Scale),
        KeyValueKind.Date => $"DATE '{ColumnValues.ToDate((int)Number):yyyy-MM-dd}'",
        KeyValueKind.Time => $"TIME '{new TimeOnly((long)Number):HH:mm:ss.ffffff}'",
        KeyValueKind.Timestamp => $"TIMESTAMP '{DateTime.UnixEpoch.AddTicks((long)Number):yyyy-MM-dd HH:mm:ss.ffffff}'",
        KeyValueKind.Interval => "INTERVAL",
        _ => Number.ToString(System.Globalization.CultureInfo.InvariantCulture),
    };
}

/// <summary>What a <see cref="KeyValue"/> was made from.</summary>
internal enum KeyValueKind : byte
{
    Null,
    Boolean,
    Integer,
    Double,
    Decimal,
    Text,
    Bytes,
    Date,
    Time,
    Timestamp,
    Interval,
}
