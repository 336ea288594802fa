using System.Diagnostics;
using Ctas.Data;

namespace Ctas.Execution.Kernels;

/// <summary>CAST to VARCHAR of every type, and of VARCHAR to BYTES: UTF-8 both ways.</summary>
internal sealed class ToTextKernel(DataType type, Kernel operand, FailureText failure, bool isTry)
    : Kernel(type, operand.CanFail || (operand.Type.Kind == DataTypeKind.Bytes && !isTry))
{
    private readonly ByteWriter _output = new();

    public override Column Evaluate(Batch input, RowErrors errors)
    {
        Column operands = operand.Evaluate(input, errors);
        return operands switch
        {
            StringColumn strings when operand.Type.Kind == DataTypeKind.Bytes => FromBytes(strings, errors),
            StringColumn strings => Retyped(strings, strings.Validity),
            _ => Formatted(operands),
        };
    }

    /// <summary>Appends the text of a value that is not NULL.</summary>
    public static void Write(ByteWriter output, Column column, int row)
    {
        switch (column)
        {
            case FixedColumn<bool> booleans: ValueWriter.Write(output, booleans.Values[row]); break;
            case FixedColumn<int> days when column.Type.Kind == DataTypeKind.Date:
                ValueWriter.WriteDate(output, days.Values[row]);
                break;
            case FixedColumn<int> ints: output.Append(ints.Values[row]); break;
            case FixedColumn<long> times when column.Type.Kind == DataTypeKind.Time:
                ValueWriter.WriteTime(output, times.Values[row]);
                break;
            case FixedColumn<long> times when column.Type.Kind == DataTypeKind.Timestamp:
                ValueWriter.WriteTimestamp(output, times.Values[row]);
                break;
            case FixedColumn<long> longs: output.Append(longs.Values[row]); break;
            case FixedColumn<double> doubles: ValueWriter.Write(output, doubles.Values[row]); break;
            case FixedColumn<Int128> decimals:
                ValueWriter.Write(output, decimals.Values[row], column.Type.Scale);
                break;
            case FixedColumn<Interval> intervals: ValueWriter.Write(output, intervals.Values[row]); break;
            case StringColumn strings: output.Append(strings.GetBytes(row)); break;
            default: throw new UnreachableException($"No text for {column.Type}.");
        }
    }

    private StringColumn Formatted(Column operands)
    {
        var pool = new StringPool(isInterned: true);
        var codes = new int[operands.Length];
        for (int row = 0; row < codes.Length; row++)
        {
            if (operands.IsNull(row))
            {
                codes[row] = -1;
                continue;
            }

            _output.Clear();
            Write(_output, operands, row);
            codes[row] = pool.Add(_output.Written);
        }

        return new StringColumn(Type, codes, codes.Length, pool, operands.Validity);
    }

    private StringColumn FromBytes(StringColumn bytes, RowErrors errors)
    {
        Bitmap? validity = bytes.Validity;
        for (int row = 0; row < bytes.Length; row++)
        {
            if (bytes.IsNull(row) || System.Text.Unicode.Utf8.IsValid(bytes.GetBytes(row))) { continue; }

            if (ReferenceEquals(validity, bytes.Validity)) { validity = NullRows.CopyOf(validity, bytes.Length); }

            validity![row] = false;
            if (!isTry) { errors.Report(row, failure.For(row, bytes)); }
        }

        return Retyped(bytes, validity);
    }

    private StringColumn Retyped(StringColumn strings, Bitmap? validity)
    {
        int[] codes = strings.Codes.ToArray();
        NullRows.Fill(codes, validity, -1);
        return new StringColumn(Type, codes, codes.Length, strings.Pool, validity);
    }
}
