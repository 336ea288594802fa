using Ctas.Data;
using Ctas.Planning;

namespace Ctas.Execution.Operators;

/// <summary>
/// Keeps the changes whose row makes the predicate TRUE; FALSE and NULL are dropped. Order and weights are kept.
/// </summary>
/// <remarks>No row is copied: the result is a selection of the input, lent like columns.</remarks>
internal sealed class FilterOperator(LogicalFilter plan, RowErrorLog log, IOperatorInput output)
    : StreamingOperator(output)
{
    private readonly Evaluator _evaluator = Evaluator.OfCondition(plan.Predicate, plan.Input.Schema, log, reusesResults: true);
    private readonly ColumnMemory _memory = ColumnMemory.For(output.KeepsColumns);

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

        int[] selection = _memory.Allocate<int>(count);
        Select(isTrue, selection.AsSpan(0, count));
        if (evaluated.InputRows is { } inputRows) { Translate(selection.AsSpan(0, count), inputRows.Span); }

        Output.Push(changes with { Selection = new RowSelection(selection, count) });
        _memory.GiveBack(selection);
    }

    private static void Select(ReadOnlySpan<bool> isTrue, Span<int> selection)
    {
        int selected = 0;
        for (int row = 0; row < isTrue.Length && selected < selection.Length; row++)
        {
            selection[selected] = row;
            selected += isTrue[row] ? 1 : 0;
        }
    }

    private static void Translate(Span<int> selection, ReadOnlySpan<int> inputRows)
    {
        for (int row = 0; row < selection.Length; row++) { selection[row] = inputRows[selection[row]]; }
    }
}
