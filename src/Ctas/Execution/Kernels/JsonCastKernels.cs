using System.Text.Json;
using Ctas.Data;
using Ctas.Data.Nested;

namespace Ctas.Execution.Kernels;

/// <summary>CAST of nested values to VARCHAR: JSON text.</summary>
internal sealed class ToJsonKernel(DataType type, Kernel operand) : Kernel(type, operand.CanFail)
{
    private readonly ValueShape _shape = ValueShape.Of(operand.Type);
    private readonly NestedJson _json = new();

    public override Column Evaluate(Batch input, RowErrors errors)
    {
        var operands = (StringColumn)operand.Evaluate(input, errors);
        var pool = new StringPool(isInterned: false);
        var codes = new int[operands.Length];
        for (int row = 0; row < codes.Length; row++)
        {
            codes[row] = operands.IsNull(row) ? -1 : pool.Add(_json.Write(_shape, operands.GetBytes(row)));
        }

        return new StringColumn(Type, codes, codes.Length, pool, operands.Validity);
    }
}

/// <summary>CAST of JSON text to a nested type. The JSON value null is NULL.</summary>
internal sealed class FromJsonKernel(DataType type, Kernel operand, FailureText failure, bool isTry)
    : Kernel(type, operand.CanFail || !isTry)
{
    private readonly NestedJsonReader _reader = new(ValueShape.Of(type));

    public override Column Evaluate(Batch input, RowErrors errors)
    {
        var texts = (StringColumn)operand.Evaluate(input, errors);
        var pool = new StringPool(isInterned: false);
        var codes = new int[texts.Length];
        Bitmap? validity = texts.Validity;
        for (int row = 0; row < codes.Length; row++)
        {
            codes[row] = -1;
            if (texts.IsNull(row)) { continue; }

            string? mistake = Read(texts.GetBytes(row), pool, out codes[row]);
            if (codes[row] >= 0) { continue; }

            if (ReferenceEquals(validity, texts.Validity)) { validity = NullRows.CopyOf(validity, codes.Length); }

            validity![row] = false;
            if (mistake is not null && !isTry)
            {
                errors.Report(row, (failure with { Reason = mistake }).For(row, texts));
            }
        }

        return new StringColumn(Type, codes, codes.Length, pool, validity);
    }

    private string? Read(ReadOnlySpan<byte> json, StringPool pool, out int code)
    {
        code = -1;
        try
        {
            if (_reader.Read(json, out bool isNull) is { } mistake) { return mistake; }

            if (!isNull) { code = pool.Add(_reader.Written); }

            return null;
        }
        catch (JsonException)
        {
            return "text is not JSON";
        }
    }
}
