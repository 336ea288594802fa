using Ctas.Data;
using Ctas.Planning;

namespace Ctas.Execution.Operators;

/// <summary>
/// Keeps the changes whose row makes the predicate TRUE; FALSE and NULL are dropped. Order and weights are kept.
/// </summary>
/// <remarks>No row is copied: the result is a selection of the input.</remarks>
internal sealed class FilterOperator(LogicalFilter plan, RowErrorLog log, IOperatorInput output)
    : StreamingOperator(output)
{
    private readonly Evaluator _evaluator = Evaluator.OfCondition(plan.Predicate, plan.Input.Schema, log, reusesResults: true);

    public override void Push(ChangeBatch changes)
    {
        EvaluatedRows evaluated = _evaluator.Evaluate(changes);

        // NULL rows hold false.
        ReadOnlySpan<bool> isTrue = ((FixedColumn<bool>)evaluated.Columns[0]).Values;
        int count = isTrue.Count(true);
        if (count == 0) { return; }

        if (count == changes.Count)
        {
            Output.Push(changes);
            return;
        }

        Output.Push(changes with { Selection = Select(isTrue, evaluated.InputRows, count) });
    }

    private static int[] Select(ReadOnlySpan<bool> isTrue, int[]? inputRows, int count)
    {
        var selection = new int[count];
        int selected = 0;
        for (int row = 0; row < isTrue.Length && selected < selection.Length; row++)
        {
            selection[selected] = inputRows is null ? row : inputRows[row];
            selected += isTrue[row] ? 1 : 0;
        }

        return selection;
    }
}
