using Ctas.Data;

namespace Ctas.Execution.Kernels;

/// <summary>
/// Evaluates arguments once and a body over a batch of them: for functions that use an argument twice.
/// </summary>
internal sealed class LetKernel(Kernel[] arguments, Kernel body)
    : Kernel(body.Type, body.CanFail || arguments.Any(argument => argument.CanFail))
{
    public override Column Evaluate(Batch input, RowErrors errors)
    {
        var values = new Column[arguments.Length];
        for (int argument = 0; argument < values.Length; argument++)
        {
            values[argument] = arguments[argument].Evaluate(input, errors);
        }

        return body.Evaluate(new Batch(values, input.RowCount), errors);
    }
}
