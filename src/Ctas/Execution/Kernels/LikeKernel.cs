using Ctas.Data;
using Ctas.Planning;

namespace Ctas.Execution.Kernels;

/// <summary>x [NOT] LIKE pattern. The pattern is compiled once per different pattern in a row.</summary>
internal sealed class LikeKernel(LikeExpression like, Kernel operand, Kernel pattern)
    : Kernel(DataType.Boolean, operand.CanFail || pattern.CanFail)
{
    private LikePattern? _constant;
    private KernelResults<bool> _results;

    public override Column Evaluate(Batch input, RowErrors errors)
    {
        var operands = (StringColumn)operand.Evaluate(input, errors);
        var patterns = (StringColumn)pattern.Evaluate(input, errors);
        Bitmap? validity = _results.And(operands.Validity, patterns.Validity, ReusesResults);
        bool[] kept = _results.Take(operands.Length, ReusesResults);
        Span<bool> results = kept.AsSpan(0, operands.Length);
        if (pattern is StringConstantKernel { IsNull: false } constant)
        {
            _constant ??= Compile(constant.Value);
            for (int row = 0; row < results.Length; row++)
            {
                results[row] = _constant.Matches(operands.GetBytes(row)) != like.IsNegated;
            }
        }
        else
        {
            MatchEach(operands, patterns, results);
        }

        NullRows.Fill(results, validity, false);
        return new FixedColumn<bool>(Type, kept, results.Length, validity);
    }

    private void MatchEach(StringColumn operands, StringColumn patterns, Span<bool> results)
    {
        LikePattern? compiled = null;
        int compiledCode = -1;
        for (int row = 0; row < results.Length; row++)
        {
            int code = patterns.Codes[row];
            if (code < 0) { continue; }

            if (compiled is null || code != compiledCode) { compiled = Compile(patterns.GetBytes(row)); }

            compiledCode = code;
            results[row] = compiled.Matches(operands.GetBytes(row)) != like.IsNegated;
        }
    }

    private LikePattern Compile(ReadOnlySpan<byte> text) => new(text, like.Escape, like.IgnoresCase);
}
