using Ctas.Data;
using Ctas.Execution.State;
using Ctas.Planning;

namespace Ctas.Execution.Operators;

/// <summary>Gives the rows of VALUES for the one row without columns that it is given.</summary>
internal sealed class ValuesOperator(LogicalValues plan, RowErrorLog log, IOperatorInput output)
    : StreamingOperator(output)
{
    public override void Push(ChangeBatch changes)
    {
        var rows = new RowBuffer([.. plan.Schema.Fields.Select(field => field.Type)]);
        foreach (IReadOnlyList<ScalarExpression> row in plan.Rows)
        {
            rows.Append(new Evaluator(row, new Schema([]), log).Evaluate(changes).Columns);
        }

        if (rows.Count > 0) { Output.Push(new ChangeBatch(rows.View())); }
    }
}
