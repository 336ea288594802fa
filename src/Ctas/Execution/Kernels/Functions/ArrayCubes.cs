using Ctas.Data;
using Ctas.Data.Nested;

namespace Ctas.Execution.Kernels.Functions;

/// <summary>Every choice of an array's elements. Single-threaded.</summary>
/// <param name="array">The ARRAY.</param>
/// <param name="result">The ARRAY of such ARRAYs.</param>
internal sealed class ArrayCubes(DataType array, DataType result)
{
    // As many rows as ksqlDB's integers count.
    private const int MaxElements = 20;

    private readonly ValueShape _element = ValueShape.Of(array).Element;
    private readonly ValueShape _result = ValueShape.Of(result);
    private readonly NestedValueWriter _writer = new();

    /// <summary>The choices as binary numbers, the last element being the lowest digit.</summary>
    public Outcome Cube(RowArguments row, ByteWriter output)
    {
        var elements = new ArrayValue(_element, row.Bytes(0));
        int count = elements.Count;
        if (count > MaxElements) { return Outcome.Fail("an array of more than 20 elements has too many choices"); }

        int nulls = 0;
        for (int i = 0; i < count; i++) { nulls |= elements.IsNull(i) ? 1 << (count - 1 - i) : 0; }

        _writer.Begin(_result);
        for (int choice = 0; choice < 1 << count; choice++)
        {
            if ((choice & nulls) != 0) { continue; }

            _writer.Begin(_result.Element);
            for (int i = 0; i < count; i++)
            {
                if ((choice >> (count - 1 - i) & 1) != 0) { _writer.WriteBytes(elements[i]); }
                else { _writer.WriteNull(); }
            }

            _writer.End();
        }

        _writer.End();
        output.Append(_writer.Written);
        return Outcome.Value;
    }
}
