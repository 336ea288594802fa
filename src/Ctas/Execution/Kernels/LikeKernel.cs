using Ctas.Data;
using Ctas.Planning;

namespace Ctas.Execution.Kernels;

/// <summary>x [NOT] LIKE pattern. The pattern is compiled once per different pattern in a row.</summary>
internal sealed class LikeKernel(LikeExpression like, Kernel operand, Kernel pattern)
    : Kernel(DataType.Boolean, operand.CanFail || pattern.CanFail || like.Escape is not null)
{
    private LikePattern? _constant;
    private KernelResults<bool> _results;

    private FailureText EndsInEscape => new(like, "LIKE pattern ends in its escape character");

    public override Column Evaluate(Batch input, RowErrors errors)
    {
        var operands = (StringColumn)operand.Evaluate(input, errors);
        var patterns = (StringColumn)pattern.Evaluate(input, errors);
        Bitmap? validity = _results.And(operands.Validity, patterns.Validity, ReusesResults);
        bool[] kept = _results.Take(operands.Length, ReusesResults);
        Span<bool> results = kept.AsSpan(0, operands.Length);
        _constant ??= pattern is StringConstantKernel { IsNull: false } constant ? Compile(constant.Value) : null;
        if (_constant is { EndsInEscape: false })
        {
            for (int row = 0; row < results.Length; row++)
            {
                results[row] = _constant.Matches(operands.GetBytes(row)) != like.IsNegated;
            }
        }
        else
        {
            validity = MatchEach(operands, patterns, results, errors) ?? validity;
        }

        NullRows.Fill(results, validity, false);
        return new FixedColumn<bool>(Type, kept, results.Length, validity);
    }

    /// <returns>The rows with a result, where some have a pattern that means nothing; else null.</returns>
    private Bitmap? MatchEach(StringColumn operands, StringColumn patterns, Span<bool> results, RowErrors errors)
    {
        Bitmap? marked = null;
        LikePattern? compiled = null;
        int compiledCode = -1;
        for (int row = 0; row < results.Length; row++)
        {
            int code = patterns.Codes[row];
            if (code < 0) { continue; }

            if (compiled is null || code != compiledCode) { compiled = Compile(patterns.GetBytes(row)); }

            compiledCode = code;
            if (!compiled.EndsInEscape || operands.IsNull(row))
            {
                results[row] = compiled.Matches(operands.GetBytes(row)) != like.IsNegated;
                continue;
            }

            marked ??= NullRows.CopyOf(Bitmap.And(operands.Validity, patterns.Validity), operands.Length);
            marked[row] = false;
            errors.Report(row, EndsInEscape.For(row, patterns));
        }

        return marked;
    }

    private LikePattern Compile(ReadOnlySpan<byte> text) => new(text, like.Escape, like.IgnoresCase);
}
