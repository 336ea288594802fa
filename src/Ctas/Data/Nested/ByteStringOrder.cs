namespace Ctas.Data.Nested;

/// <summary>The order of values that lie in memory as byte strings: VARCHAR, BYTES, ARRAY, MAP, STRUCT. Immutable.</summary>
internal readonly struct ByteStringOrder
{
    private readonly ValueShape? _nested;

    private ByteStringOrder(ValueShape? nested) => _nested = nested;

    /// <summary>The order of a type.</summary>
    public static ByteStringOrder Of(DataType type) => new(type.IsNested ? ValueShape.Of(type) : null);

    /// <summary>Less than, equal to or greater than 0, as left is to right. Neither is NULL.</summary>
    public int Compare(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) =>
        _nested is null ? left.SequenceCompareTo(right) : NestedOrder.Compare(_nested, left, right);
}
