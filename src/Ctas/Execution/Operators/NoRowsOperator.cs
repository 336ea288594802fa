using Ctas.Data;

namespace Ctas.Execution.Operators;

/// <summary>Gives nothing, whatever comes.</summary>
internal sealed class NoRowsOperator(IOperatorInput output) : StreamingOperator(output)
{
    public override bool IsSatisfied => true;

    public override bool KeepsColumns => false;

    public override void Push(ChangeBatch changes)
    {
    }
}
