using Ctas.Data;
using Ctas.Data.Nested;

namespace Ctas.Sources;

/// <summary>Writes headers as values of ARRAY&lt;STRUCT&lt;key VARCHAR, value BYTES&gt;&gt;. Single-threaded, reused.</summary>
internal sealed class HeaderArray
{

    private readonly NestedValueWriter _writer = new();

    /// <summary>The type of a HEADERS column that holds everything the headers do.</summary>
    public static DataType Type { get; } = DataType.Array(
        DataType.Struct([new Field("key", DataType.Varchar), new Field("value", DataType.Bytes)]));

    /// <summary>True for that type; the names of the fields may be written in another case.</summary>
    public static bool Takes(DataType type) =>
        type.Element is { Fields: [{ Name: var key, Type: var keyType }, { Name: var value, Type: var valueType }] }
        && type.Kind == DataTypeKind.Array && keyType == DataType.Varchar && valueType == DataType.Bytes
        && string.Equals(key, "key", StringComparison.OrdinalIgnoreCase)
        && string.Equals(value, "value", StringComparison.OrdinalIgnoreCase);

    private static ValueShape Shape { get; } = ValueShape.Of(Type);

    /// <summary>The headers in their order; valid until the next call.</summary>
    public ReadOnlySpan<byte> Write(IRecordHeaders headers)
    {
        _writer.Begin(Shape);
        for (int header = 0; header < headers.Count; header++)
        {
            _writer.Begin(Shape.Element);
            _writer.WriteBytes(headers.GetKey(header));
            if (headers.TryGetValue(header, out ReadOnlySpan<byte> value)) { _writer.WriteBytes(value); }
            else { _writer.WriteNull(); }

            _writer.End();
        }

        _writer.End();
        return _writer.Written;
    }
}
