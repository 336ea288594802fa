using Ctas.Data;

namespace Ctas.Execution.Kernels;

/// <summary>Reads a value of one type from text. A struct, so that loops over it are compiled for it.</summary>
internal interface ITextParser<T>
{
    /// <summary>True when the whole text, without spaces around it, is a value.</summary>
    bool TryParse(ReadOnlySpan<byte> text, out T value);
}

/// <summary>CAST from VARCHAR to a fixed-width type.</summary>
internal sealed class FromTextKernel<T, TParser>(
    DataType type, Kernel operand, TParser parser, FailureText failure, bool isTry)
    : Kernel(type, operand.CanFail || !isTry)
    where T : unmanaged
    where TParser : struct, ITextParser<T>
{
    public override Column Evaluate(Batch input, RowErrors errors)
    {
        var texts = (StringColumn)operand.Evaluate(input, errors);
        var results = new T[texts.Length];
        Bitmap? validity = texts.Validity;
        for (int row = 0; row < results.Length; row++)
        {
            if (texts.Codes[row] < 0 || parser.TryParse(Trim(texts.GetBytes(row)), out results[row])) { continue; }

            if (ReferenceEquals(validity, texts.Validity)) { validity = NullRows.CopyOf(validity, results.Length); }

            validity![row] = false;
            results[row] = default;
            if (!isTry) { errors.Report(row, failure.For(row, texts)); }
        }

        return new FixedColumn<T>(Type, results, results.Length, validity);
    }

    private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text) => text.Trim(" \t\r\n\f\v"u8);
}
