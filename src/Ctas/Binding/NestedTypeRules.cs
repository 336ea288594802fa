using Ctas.Data;

namespace Ctas.Binding;

/// <summary>Which ARRAYs, MAPs and STRUCTs go together, and what comes out.</summary>
/// <remarks>
/// By themselves values become others part by part, STRUCTs only of the same fields in the same order. CAST takes the
/// fields of a STRUCT by name, ignoring case: one that is not there becomes NULL, one that is not wanted is left out.
/// </remarks>
internal static class NestedTypeRules
{
    /// <summary>The type that two of one kind can be brought to; null when there is none.</summary>
    public static DataType? Common(DataType left, DataType right)
    {
        if (left.Kind == DataTypeKind.Array)
        {
            return TypeRules.Common(left.Element!, right.Element!) is { } element ? DataType.Array(element) : null;
        }

        if (left.Kind == DataTypeKind.Map)
        {
            return TypeRules.Common(left.Key!, right.Key!) is { } key
                && TypeRules.Common(left.Element!, right.Element!) is { } value
                ? DataType.Map(key, value)
                : null;
        }

        return CommonStruct(left.Fields, right.Fields);
    }

    /// <summary>True when CAST knows a way between two of one kind, though a single value may still not fit.</summary>
    public static bool CanCast(DataType from, DataType to) => from.Kind switch
    {
        DataTypeKind.Array => TypeRules.CanCast(from.Element!, to.Element!),
        DataTypeKind.Map =>
            TypeRules.CanCast(from.Key!, to.Key!) && TypeRules.CanCast(from.Element!, to.Element!),
        _ => CanCastFields(from, to),
    };

    /// <summary>The ordinal of the field called <paramref name="name"/>, ignoring case; −1 when there is none.</summary>
    public static int FindField(DataType type, string name)
    {
        for (int ordinal = 0; ordinal < type.Fields.Count; ordinal++)
        {
            if (IsSameName(type.Fields[ordinal].Name, name)) { return ordinal; }
        }

        return -1;
    }

    private static DataType? CommonStruct(FieldList left, FieldList right)
    {
        if (left.Count != right.Count) { return null; }

        var fields = new Field[left.Count];
        for (int ordinal = 0; ordinal < fields.Length; ordinal++)
        {
            bool isSame = IsSameName(left[ordinal].Name, right[ordinal].Name);
            if (!isSame || TypeRules.Common(left[ordinal].Type, right[ordinal].Type) is not { } type) { return null; }

            fields[ordinal] = left[ordinal] with { Type = type };
        }

        return DataType.Struct(fields);
    }

    // A cast between STRUCTs without a common field would only make NULLs.
    private static bool CanCastFields(DataType from, DataType to)
    {
        (Field Field, int Source)[] fields =
            [.. to.Fields.Select(field => (field, FindField(from, field.Name))).Where(field => field.Item2 >= 0)];
        return fields.Length > 0
            && fields.All(field => TypeRules.CanCast(from.Fields[field.Source].Type, field.Field.Type));
    }

    private static bool IsSameName(string left, string right) =>
        string.Equals(left, right, StringComparison.OrdinalIgnoreCase);
}
