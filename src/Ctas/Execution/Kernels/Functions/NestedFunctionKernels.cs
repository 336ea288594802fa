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
            ["ARRAY_JOIN"] = CompileJoin,
            ["SPLIT"] = CompileSplit,
            ["REGEXP_SPLIT_TO_ARRAY"] = CompileRegexSplit,
            ["REGEXP_EXTRACT_ALL"] = CompileRegexMatches,
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

    // NULL elements are left out, or written as the third argument.
    private static Kernel CompileJoin(FunctionCall call)
    {
        ValueShape shape = ValueShape.Of(call.Expression.Arguments[0].Type);
        ColumnBuilder builder = ColumnBuilder.Create(shape.Element.Type);
        return call.Text((row, output) =>
        {
            if (!row.Has(0)) { return Outcome.Null; }

            var array = new ArrayValue(shape.Element, row.Bytes(0));
            bool isFirst = true;
            for (int i = 0; i < array.Count; i++)
            {
                if (array.IsNull(i) && !row.Has(2)) { continue; }

                if (!isFirst) { output.Append(row.Has(1) ? row.Bytes(1) : ","u8); }

                isFirst = false;
                if (array.IsNull(i))
                {
                    output.Append(row.Bytes(2));
                    continue;
                }

                NestedColumns.Append(builder, array[i]);
                ToTextKernel.Write(output, builder.Finish(), 0);
            }

            return Outcome.Value;
        }, RowOptions.TakesNull);
    }

    // An empty separator gives the characters.
    private static Kernel CompileSplit(FunctionCall call)
    {
        ValueShape shape = ValueShape.Of(call.Type);
        var writer = new NestedValueWriter();
        return call.Text((row, output) =>
        {
            ReadOnlySpan<byte> rest = row.Bytes(0);
            ReadOnlySpan<byte> separator = row.Bytes(1);
            writer.Begin(shape);
            if (separator.IsEmpty)
            {
                for (; !rest.IsEmpty; rest = rest[CodePoints.LengthOfFirst(rest)..])
                {
                    writer.WriteBytes(rest[..CodePoints.LengthOfFirst(rest)]);
                }
            }
            else
            {
                for (int at = rest.IndexOf(separator); at >= 0; at = rest.IndexOf(separator))
                {
                    writer.WriteBytes(rest[..at]);
                    rest = rest[(at + separator.Length)..];
                }

                writer.WriteBytes(rest);
            }

            writer.End();
            output.Append(writer.Written);
            return Outcome.Value;
        });
    }

    private static Kernel CompileRegexSplit(FunctionCall call) => CompileTexts(
        call, text: 0, pattern: 1, (regex, text, _) =>
        {
            var parts = new List<string>();
            int start = 0;
            foreach (System.Text.RegularExpressions.ValueMatch match in regex.EnumerateMatches(text))
            {
                parts.Add(text[start..match.Index]);
                start = match.Index + match.Length;
            }

            parts.Add(text[start..]);
            return parts;
        });

    private static Kernel CompileRegexMatches(FunctionCall call) => CompileTexts(
        call, text: 1, pattern: 0, (regex, text, group) =>
            [.. regex.Matches(text).Select(match => match.Groups[group].Value)]);

    private static Kernel CompileTexts(
        FunctionCall call,
        int text,
        int pattern,
        Func<System.Text.RegularExpressions.Regex, string, int, IReadOnlyList<string>> find)
    {
        ValueShape shape = ValueShape.Of(call.Type);
        var writer = new NestedValueWriter();
        var cache = new RegexCache();
        return call.Text((row, output) =>
        {
            IReadOnlyList<string> found = [];
            int group = row.Count > 2 ? row.Int(2) : 0;
            Outcome outcome = RegexFunctions.Match(
                cache.Find(row, pattern), row.Text(text), (regex, whole) => found = find(regex, whole, group));
            if (outcome.IsNull) { return outcome; }

            writer.Begin(shape);
            foreach (string part in found) { writer.WriteBytes(System.Text.Encoding.UTF8.GetBytes(part)); }

            writer.End();
            output.Append(writer.Written);
            return Outcome.Value;
        }, RowOptions.CanFail);
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
