using Ctas.Data;
using Ctas.Execution.Incremental;

namespace Ctas.SqlTests.Oracle.Maintenance;

/// <summary>Ticks of a maintained query of which some are rolled back before they are made: that leaves no trace.</summary>
internal static class RandomTicks
{
    /// <summary>The changes of a tick, which is not committed yet.</summary>
    /// <param name="query">The query.</param>
    /// <param name="push">Gives the tick's changes to it.</param>
    /// <param name="random">Chooses what is rolled back first.</param>
    public static IReadOnlyList<ChangeBatch> Complete(this MaintainedQuery query, Action push, Random random)
    {
        if (random.Next(4) == 0)
        {
            push();
            if (random.Next(2) == 0) { query.Complete(); }

            query.Rollback();
        }

        push();
        return query.Complete();
    }
}
