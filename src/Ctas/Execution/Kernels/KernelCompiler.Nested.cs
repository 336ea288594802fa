using Ctas.Data;
using Ctas.Planning;

namespace Ctas.Execution.Kernels;

/// <content>ARRAY, MAP and STRUCT.</content>
internal sealed partial class KernelCompiler
{
    private FieldKernel CompileField(FieldExpression field) => new(field.Type, Compile(field.Operand), field.Ordinal);

    private Kernel CompileElement(ElementExpression element)
    {
        Kernel operand = Compile(element.Operand);
        return operand.Type.Kind == DataTypeKind.Array
            ? new ElementKernel(element.Type, operand, CompileAs(element.Index, DataType.BigInt))
            : new MapElementKernel(element.Type, operand, CompileAs(element.Index, operand.Type.Key!));
    }

    private Kernel CompileConstructor(ConstructorExpression constructor)
    {
        Kernel[] items = [.. constructor.Items.Select(
            (item, i) => CompileAs(item, ItemType(constructor.Type, i)))];
        var kernel = new ConstructorKernel(
            constructor.Type, items, new FailureText(constructor, "a key of a MAP is NULL"));
        bool isConstant = constructor.Type.Kind != DataTypeKind.Map && constructor.Items.All(IsConstant);
        return isConstant ? Evaluated(kernel) : kernel;
    }

    private Kernel CompileNestedCast(CastExpression cast, Kernel operand, FailureText failure)
    {
        DataType from = operand.Type;
        DataType to = cast.Type;
        switch (to.Kind)
        {
            case DataTypeKind.Varchar:
                return new ToJsonKernel(to, operand);
            case var _ when from.Kind == DataTypeKind.Varchar:
                return new FromJsonKernel(to, operand, failure, cast.IsTry);
            case DataTypeKind.Struct:
                return CompileStructCast(cast, operand);
            default:
                Kernel? keys = to.Kind == DataTypeKind.Map ? CompilePartCast(from.Key!, to.Key!, cast.IsTry) : null;
                return new CollectionCastKernel(
                    to, operand, keys, CompilePartCast(from.Element!, to.Element!, cast.IsTry));
        }
    }

    private static Kernel CompilePartCast(DataType from, DataType to, bool isTry)
    {
        var part = new ColumnReference(0, from);
        return new KernelCompiler().Compile(from == to ? part : new CastExpression(part, to, isTry));
    }

    // CASE WHEN s IS NULL THEN NULL ELSE STRUCT(a := CAST(s->a AS …), …) END, with s evaluated once.
    private LetKernel CompileStructCast(CastExpression cast, Kernel operand)
    {
        var whole = new ColumnReference(0, operand.Type);
        ScalarExpression Field(Field wanted)
        {
            int source = operand.Type.Fields.Select((field, ordinal) => (field, ordinal))
                .Where(f => string.Equals(f.field.Name, wanted.Name, StringComparison.OrdinalIgnoreCase))
                .Select(f => f.ordinal).FirstOrDefault(-1);
            if (source < 0) { return new ConstantExpression(null, wanted.Type); }

            Field found = operand.Type.Fields[source];
            var value = new FieldExpression(whole, found.Name, source, found.Type);
            return found.Type == wanted.Type ? value : new CastExpression(value, wanted.Type, cast.IsTry);
        }

        var made = new ConstructorExpression(DataTypeKind.Struct, [.. cast.Type.Fields.Select(Field)], [], cast.Type);
        var branch = new CaseBranch(new IsNullExpression(whole, IsNegated: true), made);
        return CompileLet([operand], new CaseExpression([branch], null, cast.Type));
    }

    private static bool IsConstant(ScalarExpression expression) =>
        expression is ConstantExpression
        || (expression is ConstructorExpression nested && nested.Type.Kind != DataTypeKind.Map && nested.Items.All(IsConstant));

    private StringConstantKernel Evaluated(ConstructorKernel kernel)
    {
        // A constant cannot fail, so nobody listens.
        var value = (StringColumn)kernel.Evaluate(new Batch([], 1), new FailingRowErrors(0, new Schema([])));
        return new StringConstantKernel(kernel.Type, _constants, _constants.Add(value.GetBytes(0)));
    }

    private static DataType ItemType(DataType type, int item) => type.Kind switch
    {
        DataTypeKind.Array => type.Element!,
        DataTypeKind.Map => item % 2 == 0 ? type.Key! : type.Element!,
        _ => type.Fields[item].Type,
    };
}
