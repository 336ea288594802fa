namespace Ctas.Data;

/// <summary>The type of a column that holds all headers of a record.</summary>
internal static class HeaderType
{
    /// <summary>ARRAY&lt;STRUCT&lt;key VARCHAR, value BYTES&gt;&gt;: everything the headers hold.</summary>
    public static DataType Headers { get; } = DataType.Array(
        DataType.Struct([new Field("key", DataType.Varchar), new Field("value", DataType.Bytes)]));

    /// <summary>
    /// True for that type, the names of the fields in any case, and for VARCHAR, which gets them as JSON text.
    /// </summary>
    public static bool TakesHeaders(DataType type) =>
        type.Kind is DataTypeKind.Varchar or DataTypeKind.Unknown
        || (type.Kind == DataTypeKind.Array
            && type.Element is { Kind: DataTypeKind.Struct, Fields: [var key, var value] }
            && key.Type == DataType.Varchar && value.Type == DataType.Bytes
            && string.Equals(key.Name, "key", StringComparison.OrdinalIgnoreCase)
            && string.Equals(value.Name, "value", StringComparison.OrdinalIgnoreCase));
}
