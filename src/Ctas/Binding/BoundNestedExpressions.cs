using Ctas.Data;

namespace Ctas.Binding;

/// <summary>A field of a STRUCT; NULL of NULL.</summary>
/// <param name="Operand">The STRUCT.</param>
/// <param name="Field">The field's name.</param>
/// <param name="Ordinal">Its position; −1 while the type of the operand is not known.</param>
/// <param name="Type">Its type.</param>
internal sealed record BoundField(BoundExpression Operand, string Field, int Ordinal, DataType Type)
    : BoundExpression(Type);

/// <summary>An element of an ARRAY by position (1 is the first, −1 the last), or of a MAP by key; NULL for none.</summary>
/// <param name="Operand">The ARRAY or MAP.</param>
/// <param name="Index">BIGINT, or of the type of the keys.</param>
/// <param name="Type">The type of the elements.</param>
internal sealed record BoundElement(BoundExpression Operand, BoundExpression Index, DataType Type)
    : BoundExpression(Type);

/// <summary>An ARRAY, MAP or STRUCT made of its parts.</summary>
/// <param name="Kind">Which.</param>
/// <param name="Items">Elements; for a MAP key, value, key, value …; for a STRUCT its fields.</param>
/// <param name="Fields">The names of the fields of a STRUCT; else empty.</param>
/// <param name="Type">The type; Unknown while that of an item is.</param>
internal sealed record BoundConstructor(
    DataTypeKind Kind, BoundList<BoundExpression> Items, BoundList<string> Fields, DataType Type)
    : BoundExpression(Type)
{
    /// <summary>The type that an item has in a value of <paramref name="type"/>.</summary>
    public static DataType ItemType(DataType type, int item) => type.Kind switch
    {
        DataTypeKind.Array => type.Element!,
        DataTypeKind.Map => item % 2 == 0 ? type.Key! : type.Element!,
        _ => type.Fields[item].Type,
    };
}
