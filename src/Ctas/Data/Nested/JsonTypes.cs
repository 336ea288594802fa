using System.Globalization;
using System.Text.Json;

namespace Ctas.Data.Nested;

/// <summary>The types of JSON values, and the narrowest type that takes the values of two.</summary>
/// <remarks>
/// <code>
/// NULL ─► BOOLEAN ──────────────────────────────► VARCHAR      two STRUCTs: all fields of both, in the order in which
///    ├──► INT ─► BIGINT ─► DOUBLE ─────────────────┤           they came; two ARRAYs: the common element
///    ├──► ARRAY ───────────────────────────────────┤
///    └──► STRUCT ─► MAP of VARCHAR (many fields) ───┘
/// </code>
/// </remarks>
internal static class JsonTypes
{
    /// <summary>An object that has shown more different fields holds data in the place of names: it is a MAP.</summary>
    public const int MaxFields = 500;

    /// <summary>The type of the value that the reader stands at, which is left at its end.</summary>
    public static DataType Of(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.Null: return DataType.Null;
            case JsonTokenType.True or JsonTokenType.False: return DataType.Boolean;
            case JsonTokenType.Number: return OfNumber(reader.ValueSpan);
            case JsonTokenType.StartArray: return OfArray(ref reader);
            case JsonTokenType.StartObject: return OfObject(ref reader);
            default: return DataType.Varchar;
        }
    }

    /// <summary>The type of a JSON text.</summary>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    public static DataType Of(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        reader.Read();
        return Of(ref reader);
    }

    /// <summary>INT, BIGINT or DOUBLE; VARCHAR for a whole number that none of them holds exactly.</summary>
    public static DataType OfNumber(ReadOnlySpan<byte> number)
    {
        if (ValueParser.TryParsePlainInteger(number, out long value))
        {
            return value == (int)value ? DataType.Int : DataType.BigInt;
        }

        return IsExactAsDouble(number) ? DataType.Double : DataType.Varchar;
    }

    /// <summary>
    /// A whole number beyond BIGINT must not lose digits; fractions and exponents say that they are approximate.
    /// </summary>
    public static bool IsExactAsDouble(ReadOnlySpan<byte> number)
    {
        if (!ValueParser.TryParseDouble(number, out double real)) { return false; }

        if (number.Length <= 15 || number.IndexOfAny(".eE"u8) >= 0) { return true; }

        return Int128.TryParse(number, CultureInfo.InvariantCulture, out Int128 whole) && (Int128)real == whole;
    }

    /// <summary>The narrowest type that holds the values of both; VARCHAR where nothing else does.</summary>
    public static DataType Common(DataType left, DataType right)
    {
        if (left == right || right.Kind == DataTypeKind.Null) { return left; }

        return (left.Kind, right.Kind) switch
        {
            (DataTypeKind.Null, _) => right,
            (DataTypeKind.Array, DataTypeKind.Array) => DataType.Array(Common(left.Element!, right.Element!)),
            (DataTypeKind.Struct, DataTypeKind.Struct) => CommonStruct(left.Fields, right.Fields),
            (DataTypeKind.Map, DataTypeKind.Map or DataTypeKind.Struct) => CommonMap(left, right),
            (DataTypeKind.Struct, DataTypeKind.Map) => CommonMap(right, left),
            _ when Rank(left) > 0 && Rank(right) > 0 => Rank(left) > Rank(right) ? left : right,
            _ => DataType.Varchar,
        };
    }

    /// <summary>The type when no more values come: what was always NULL, or had no fields, is VARCHAR.</summary>
    public static DataType Settled(DataType type) => type.Kind switch
    {
        DataTypeKind.Null => DataType.Varchar,
        DataTypeKind.Struct when type.Fields.Count == 0 => DataType.Varchar,
        DataTypeKind.Array => DataType.Array(Settled(type.Element!)),
        DataTypeKind.Map => DataType.Map(type.Key!, Settled(type.Element!)),
        DataTypeKind.Struct =>
            DataType.Struct(type.Fields.Select(field => field with { Type = Settled(field.Type) })),
        _ => type,
    };

    private static DataType OfArray(ref Utf8JsonReader reader)
    {
        DataType element = DataType.Null;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray) { element = Common(element, Of(ref reader)); }

        return DataType.Array(element);
    }

    private static DataType OfObject(ref Utf8JsonReader reader)
    {
        var fields = new OrderedDictionary<string, DataType>(StringComparer.Ordinal);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = NameOf(ref reader);
            reader.Read();
            DataType type = Of(ref reader);
            fields[name] = fields.TryGetValue(name, out DataType? known) ? Common(known, type) : type;
        }

        return StructOf(fields);
    }

    private static string NameOf(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            // A lone surrogate, or bytes that are not UTF-8.
            throw new JsonException(null, null, null, reader.TokenStartIndex, e);
        }
    }

    private static DataType CommonStruct(FieldList left, FieldList right)
    {
        var fields = new OrderedDictionary<string, DataType>(StringComparer.Ordinal);
        foreach (Field field in left.Concat(right))
        {
            fields[field.Name] =
                fields.TryGetValue(field.Name, out DataType? known) ? Common(known, field.Type) : field.Type;
        }

        return StructOf(fields);
    }

    private static DataType StructOf(OrderedDictionary<string, DataType> fields) => fields.Count > MaxFields
        ? DataType.Map(DataType.Varchar, fields.Values.Aggregate(DataType.Null, Common))
        : DataType.Struct(fields.Select(field => new Field(field.Key, field.Value)));

    private static DataType CommonMap(DataType map, DataType other) => DataType.Map(
        DataType.Varchar,
        other.Kind == DataTypeKind.Map
            ? Common(map.Element!, other.Element!)
            : other.Fields.Select(field => field.Type).Aggregate(map.Element!, Common));

    private static int Rank(DataType type) => type.Kind switch
    {
        DataTypeKind.Int => 1,
        DataTypeKind.BigInt => 2,
        DataTypeKind.Double => 3,
        _ => 0,
    };
}
