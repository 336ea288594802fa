using Ctas.Data;
using Ctas.Planning;

namespace Ctas.Execution.Operators;

/// <summary>Computes one column per expression; the result carries no selection. Order and weights are kept.</summary>
internal sealed class ProjectOperator(LogicalProject plan, RowErrorLog log, IOperatorInput output)
    : StreamingOperator(output)
{
    private readonly Evaluator _evaluator = new(plan.Expressions, plan.Input.Schema, log, reusesResults: !output.KeepsColumns);

    public override void Push(ChangeBatch changes)
    {
        EvaluatedRows evaluated = _evaluator.Evaluate(changes);
        if (evaluated.Columns.RowCount > 0)
        {
            Output.Push(new ChangeBatch(evaluated.Columns, Selection: null, evaluated.Weights));
        }
    }
}
