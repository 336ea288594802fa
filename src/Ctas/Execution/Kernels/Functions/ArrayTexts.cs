using Ctas.Data;
using Ctas.Data.Nested;

namespace Ctas.Execution.Kernels.Functions;

/// <summary>Arrays as one text.</summary>
internal static class ArrayTexts
{
    /// <summary>
    /// Arguments: array, separator, what NULL elements are written as. ksqlDB's ARRAY_JOIN writes NULL as a word, and a NULL
    /// separator is none; PostgreSQL's ARRAY_TO_STRING leaves NULL out, and a NULL separator gives NULL.
    /// </summary>
    /// <param name="call">The call.</param>
    /// <param name="missing">What NULL elements are written as where the call does not say it; null: they are left out.</param>
    public static Kernel Join(FunctionCall call, byte[]? missing)
    {
        ValueShape shape = ValueShape.Of(call.Expression.Arguments[0].Type);
        ColumnBuilder builder = ColumnBuilder.Create(shape.Element.Type);
        return call.Text((row, output) =>
        {
            bool isSeparated = row.Count == 1 || row.Has(1);
            if (!row.Has(0) || (!isSeparated && missing is null)) { return Outcome.Null; }

            ReadOnlySpan<byte> separator = row.Count == 1 ? ","u8 : isSeparated ? row.Bytes(1) : default;
            var array = new ArrayValue(shape.Element, row.Bytes(0));
            bool isFirst = true;
            for (int i = 0; i < array.Count; i++)
            {
                if (array.IsNull(i) && missing is null && !row.Has(2)) { continue; }

                if (!isFirst) { output.Append(separator); }

                isFirst = false;
                if (array.IsNull(i))
                {
                    output.Append(row.Has(2) ? row.Bytes(2) : missing);
                    continue;
                }

                NestedColumns.Append(builder, array[i]);
                ToTextKernel.Write(output, builder.Finish(), 0);
            }

            return Outcome.Value;
        }, RowOptions.TakesNull);
    }
}
