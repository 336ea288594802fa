using Ctas.Data;

namespace Ctas.Execution.Kernels;

/// <summary>The arguments of a function that makes or reads text, by row.</summary>
internal readonly ref struct TextArguments(ReadOnlySpan<Column> columns)
{
    private readonly ReadOnlySpan<Column> _columns = columns;

    /// <summary>Number of arguments.</summary>
    public int Count => _columns.Length;

    /// <summary>A text argument; empty for NULL.</summary>
    public ReadOnlySpan<byte> Text(int argument, int row) => ((StringColumn)_columns[argument]).GetBytes(row);

    /// <summary>An INT argument.</summary>
    public int Int(int argument, int row) => ((FixedColumn<int>)_columns[argument]).Values[row];
}

/// <summary>A function that makes text. A struct, so that loops over it are compiled for it.</summary>
internal interface ITextFunction
{
    /// <summary>True when NULL arguments count as empty; false when they make the result NULL.</summary>
    bool IgnoresNull { get; }

    /// <summary>Writes the result of a row.</summary>
    void Apply(TextArguments arguments, int row, ByteWriter output);
}

/// <summary>Applies a function that makes text. The result has a pool of its own for every batch.</summary>
internal sealed class TextKernel<TFunction>(DataType type, Kernel[] arguments, TFunction function)
    : Kernel(type, arguments.Any(argument => argument.CanFail))
    where TFunction : struct, ITextFunction
{
    private readonly ByteWriter _output = new();

    public override Column Evaluate(Batch input, RowErrors errors)
    {
        (Column[] columns, Bitmap? validity) = TextOperands.Evaluate(arguments, input, errors);
        if (function.IgnoresNull) { validity = null; }

        var pool = new StringPool(isInterned: false);
        var codes = new int[input.RowCount];
        for (int row = 0; row < codes.Length; row++)
        {
            if (validity is not null && !validity[row])
            {
                codes[row] = -1;
                continue;
            }

            _output.Clear();
            function.Apply(new TextArguments(columns), row, _output);
            codes[row] = pool.Add(_output.Written);
        }

        return new StringColumn(Type, codes, codes.Length, pool, validity);
    }
}

/// <summary>A function that reads text. A struct, so that loops over it are compiled for it.</summary>
internal interface ITextReader<TResult>
{
    /// <summary>The result of a row.</summary>
    TResult Apply(TextArguments arguments, int row);
}

/// <summary>Applies a function that reads text; NULL gives NULL.</summary>
internal sealed class TextReaderKernel<TResult, TReader>(DataType type, Kernel[] arguments, TReader reader)
    : Kernel(type, arguments.Any(argument => argument.CanFail))
    where TResult : unmanaged
    where TReader : struct, ITextReader<TResult>
{
    public override Column Evaluate(Batch input, RowErrors errors)
    {
        (Column[] columns, Bitmap? validity) = TextOperands.Evaluate(arguments, input, errors);
        var results = new TResult[input.RowCount];
        for (int row = 0; row < results.Length; row++) { results[row] = reader.Apply(new TextArguments(columns), row); }

        NullRows.Fill(results, validity, default);
        return new FixedColumn<TResult>(Type, results, results.Length, validity);
    }
}

/// <summary>Evaluates the arguments of text functions.</summary>
internal static class TextOperands
{
    /// <summary>The columns, and the rows in which all of them have values.</summary>
    public static (Column[] Columns, Bitmap? Validity) Evaluate(Kernel[] arguments, Batch input, RowErrors errors)
    {
        var columns = new Column[arguments.Length];
        Bitmap? validity = null;
        for (int argument = 0; argument < columns.Length; argument++)
        {
            columns[argument] = arguments[argument].Evaluate(input, errors);
            validity = Bitmap.And(validity, columns[argument].Validity);
        }

        return (columns, validity);
    }
}
