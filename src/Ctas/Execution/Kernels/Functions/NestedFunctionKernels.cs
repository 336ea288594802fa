using Ctas.Data;
using Ctas.Data.Nested;

namespace Ctas.Execution.Kernels.Functions;

/// <summary>Kernels of the functions of arrays and maps.</summary>
internal static class NestedFunctionKernels
{
    public static IReadOnlyDictionary<string, FunctionCompiler> All { get; } =
        new Dictionary<string, FunctionCompiler>(StringComparer.Ordinal)
        {
            ["ARRAY_LENGTH"] = CompileLength,
            ["ARRAY_CONTAINS"] = call => call.Value<bool>(Arrays(call).Contains, RowOptions.TakesNull),
            ["ARRAY_POSITION"] = call => call.Value<int>(Arrays(call).Position, RowOptions.TakesNull),
            ["ARRAY_DISTINCT"] = call => call.Text(Arrays(call).Distinct),
            ["ARRAY_SORT"] = call => call.Text(Arrays(call).Sort),
            ["ARRAY_REVERSE"] = call => call.Text(Arrays(call).Reverse),
            ["ARRAY_MIN"] = call => new ExtremeKernel(call, call.Argument(0), sign: -1),
            ["ARRAY_MAX"] = call => new ExtremeKernel(call, call.Argument(0), sign: 1),
            ["ARRAY_CONCAT"] = call => call.Text(Arrays(call).Concat, RowOptions.TakesNull),
            ["ARRAY_APPEND"] = call => call.Text(Arrays(call).Append, RowOptions.TakesNull),
            ["ARRAY_PREPEND"] = call => call.Text(new ArrayFunctions(call.Type).Prepend, RowOptions.TakesNull),
            ["ARRAY_REMOVE"] = call => call.Text(Arrays(call).Remove, RowOptions.TakesNull),
            ["ARRAY_UNION"] = call => call.Text(Arrays(call).Union),
            ["ARRAY_EXCEPT"] = call => call.Text(Arrays(call).Except),
            ["ARRAY_INTERSECT"] = call => call.Text(Arrays(call).Intersect),
            ["ARRAY_CUBE"] = call => call.Text(new ArrayCubes(call.Expression.Arguments[0].Type, call.Type).Cube, RowOptions.CanFail),
            ["SLICE"] = call => call.Text(Arrays(call).Slice),
            ["GENERATE_SERIES"] = call => call.Text(new ArrayFunctions(call.Type).Series, RowOptions.CanFail),
            ["ARRAY_JOIN"] = call => ArrayTexts.Join(call, missing: "null"u8.ToArray()),
            ["ARRAY_TO_STRING"] = call => ArrayTexts.Join(call, missing: null),
            ["SPLIT"] = call => call.Text(new TextSplit(call.Type).Split),
            ["STRING_TO_ARRAY"] = call => call.Text(new TextSplit(call.Type).ToArray, RowOptions.TakesNull),
            ["REGEXP_SPLIT_TO_ARRAY"] = RegexFunctions.Split,
            ["REGEXP_EXTRACT_ALL"] = RegexFunctions.ExtractAll,
            ["TRANSFORM"] = call => new TransformKernel(
                call,
                call.Argument(0),
                call.Count == 2 ? [call.Lambda(1)] : [call.Lambda(1), call.Lambda(2)]),
            ["FILTER"] = call => new FilterItemsKernel(call, call.Argument(0), call.Lambda(1)),
            ["REDUCE"] = call => new ReduceKernel(call, call.Argument(0), call.Argument(1, call.Type), call.Lambda(2)),
            ["MAP_KEYS"] = call => call.Text(Maps(call).Keys),
            ["MAP_VALUES"] = call => call.Text(Maps(call).Values),
            ["MAP_UNION"] = call => call.Text(Maps(call).Union, RowOptions.TakesNull),
            ["ENTRIES"] = call => call.Text(Maps(call).Entries),
            ["AS_MAP"] = call => call.Text(new MapFunctions(call.Type, call.Type).FromArrays, RowOptions.CanFail),
            ["SPLIT_TO_MAP"] = call => call.Text(new MapFunctions(call.Type, call.Type).FromText, RowOptions.CanFail),
        };

    private static ArrayFunctions Arrays(FunctionCall call) => new(call.Expression.Arguments[0].Type);

    private static MapFunctions Maps(FunctionCall call) => new(call.Expression.Arguments[0].Type, call.Type);

    private static Kernel CompileLength(FunctionCall call)
    {
        DataType type = call.Expression.Arguments[0].Type;
        ValueShape shape = ValueShape.Of(type);
        bool isMap = type.Kind == DataTypeKind.Map;
        return call.Value((RowArguments row, out int result) =>
        {
            result = isMap
                ? new MapValue(shape, row.Bytes(0)).Count
                : new ArrayValue(shape.Element, row.Bytes(0)).Count;
            return Outcome.Value;
        });
    }
}

/// <summary>The least or greatest element of an ARRAY; NULLs are left out.</summary>
internal sealed class ExtremeKernel(FunctionCall call, Kernel operand, int sign) : Kernel(call.Type, operand.CanFail)
{
    private readonly ArrayFunctions _arrays = new(operand.Type);

    public override Column Evaluate(Batch input, RowErrors errors)
    {
        Column[] arrays = [operand.Evaluate(input, errors)];
        ColumnBuilder builder = ColumnBuilder.Create(Type);
        for (int row = 0; row < input.RowCount; row++)
        {
            var arguments = new RowArguments(arrays, row);
            int best = arguments.Has(0) ? _arrays.Extreme(arguments, sign) : -1;
            if (best < 0) { builder.AppendNull(); }
            else { NestedColumns.Append(builder, _arrays.Array(arguments, 0)[best]); }
        }

        return builder.Finish();
    }
}
