using System.Diagnostics;
using Ctas.Data;
using Ctas.Planning;

namespace Ctas.Execution.Incremental;

/// <summary>Keeps the law that no row is there less than 0 times: whoever retracts a row must have inserted it.</summary>
internal static class NegativeWeight
{
    /// <summary>Throws when the tick has retracted a row that was not there.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="plan">The node that keeps them, for the message.</param>
    /// <param name="schema">Their columns.</param>
    /// <exception cref="UnreachableException">A row's weight is negative; the message names node and row.</exception>
    public static void Check(RowWeights rows, LogicalPlan plan, Schema schema)
    {
        foreach (int place in rows.Touched)
        {
            if (rows.Now(place) < 0) { throw Of(rows.Rows, place, plan, schema); }
        }
    }

    /// <summary>The exception for a row.</summary>
    public static UnreachableException Of<TState>(PackedRows<TState> rows, int place, LogicalPlan plan, Schema schema)
        where TState : unmanaged
    {
        Column[] row = rows.Columns([place]);
        IEnumerable<string> values = row.Select((column, ordinal) =>
            $"{schema.Fields[ordinal].Name}: {column.GetJson(0)}");
        return new UnreachableException(
            $"A row that is not there was retracted, at {ExplainText.Describe(plan)}: {{{string.Join(", ", values)}}}.");
    }
}
