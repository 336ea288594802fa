namespace Ctas.Data.Nested;

/// <summary>The total order of values by their bytes, nested ones included; 0 exactly for equal bytes.</summary>
/// <remarks>
/// ARRAYs compare element by element, a prefix first; STRUCTs field by field; MAPs as arrays of (key, value) in the
/// order of the keys. Inside them a NULL is greater than every value, and NULLs are equal, as in PostgreSQL. Texts
/// compare by their UTF-8, NaN is the greatest DOUBLE, INTERVALs compare by length (a month counts 30 days).
/// </remarks>
internal static class NestedOrder
{
    /// <summary>Less than, equal to or greater than 0, as left is to right.</summary>
    public static int Compare(ValueShape shape, ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) =>
        shape.Type.Kind switch
        {
            DataTypeKind.Array => CompareArrays(shape.Element, left, right),
            DataTypeKind.Map => CompareMaps(shape, left, right),
            DataTypeKind.Struct => CompareStructs(shape, left, right),
            DataTypeKind.Double => CompareDoubles(NestedScalar.ReadDouble(left), NestedScalar.ReadDouble(right)),
            DataTypeKind.Decimal => NestedScalar.ReadInt128(left).CompareTo(NestedScalar.ReadInt128(right)),
            DataTypeKind.Interval =>
                CompareIntervals(NestedScalar.ReadInterval(left), NestedScalar.ReadInterval(right)),
            _ when shape.Width == 0 => left.SequenceCompareTo(right),
            _ => NestedScalar.ReadInt64(left).CompareTo(NestedScalar.ReadInt64(right)),
        };

    private static int CompareArrays(ValueShape element, ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        var leftArray = new ArrayValue(element, left);
        var rightArray = new ArrayValue(element, right);
        int common = Math.Min(leftArray.Count, rightArray.Count);
        for (int index = 0; index < common; index++)
        {
            int order = CompareElements(element, leftArray, rightArray, index);
            if (order != 0) { return order; }
        }

        return leftArray.Count.CompareTo(rightArray.Count);
    }

    private static int CompareMaps(ValueShape shape, ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        var leftMap = new MapValue(shape, left);
        var rightMap = new MapValue(shape, right);
        int common = Math.Min(leftMap.Count, rightMap.Count);
        for (int index = 0; index < common; index++)
        {
            int order = Compare(shape.Key, leftMap.Keys[index], rightMap.Keys[index]);
            if (order == 0) { order = CompareElements(shape.Element, leftMap.Values, rightMap.Values, index); }

            if (order != 0) { return order; }
        }

        return leftMap.Count.CompareTo(rightMap.Count);
    }

    private static int CompareStructs(ValueShape shape, ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        var leftStruct = new StructValue(shape, left);
        var rightStruct = new StructValue(shape, right);
        for (int ordinal = 0; ordinal < shape.Fields.Length; ordinal++)
        {
            bool isLeftNull = leftStruct.IsNull(ordinal);
            bool isRightNull = rightStruct.IsNull(ordinal);
            int order = isLeftNull || isRightNull
                ? isLeftNull.CompareTo(isRightNull)
                : Compare(shape.Fields[ordinal].Shape, leftStruct[ordinal], rightStruct[ordinal]);
            if (order != 0) { return order; }
        }

        return 0;
    }

    private static int CompareElements(ValueShape element, ArrayValue left, ArrayValue right, int index)
    {
        bool isLeftNull = left.IsNull(index);
        bool isRightNull = right.IsNull(index);
        return isLeftNull || isRightNull
            ? isLeftNull.CompareTo(isRightNull)
            : Compare(element, left[index], right[index]);
    }

    private static int CompareDoubles(double left, double right) =>
        double.IsNaN(left) || double.IsNaN(right)
            ? double.IsNaN(left).CompareTo(double.IsNaN(right))
            : left.CompareTo(right);

    private static int CompareIntervals(Interval left, Interval right)
    {
        int order = Length(left).CompareTo(Length(right));

        // Of equal length, but not the same: one order for all.
        if (order == 0) { order = left.Months.CompareTo(right.Months); }

        return order == 0 ? left.Days.CompareTo(right.Days) : order;
    }

    private static Int128 Length(Interval interval) =>
        ((((Int128)interval.Months * 30) + interval.Days) * 86_400_000_000) + interval.Microseconds;
}
