namespace Ctas.Tables;

/// <summary>What states mean and how they follow each other.</summary>
internal static class TableStates
{
    /// <summary>True when there is data to read.</summary>
    public static bool HasData(TableState state) => state is TableState.Ready or TableState.Live;

    /// <summary>True when a load is under way or planned.</summary>
    public static bool IsPending(TableState state) => state is TableState.Waiting or TableState.Loading;

    /// <summary>True when the load is over without data.</summary>
    public static bool HasEndedWithoutData(TableState state) =>
        state is TableState.Failed or TableState.Skipped or TableState.Cancelled or TableState.Dropped;

    /// <summary>True when a table may go from one state to the other.</summary>
    public static bool CanFollow(TableState from, TableState to) => (from, to) switch
    {
        (TableState.Waiting, TableState.Loading or TableState.Skipped) => true,
        (TableState.Waiting or TableState.Loading, TableState.Ready or TableState.Live) => true,
        (TableState.Waiting or TableState.Loading, TableState.Failed or TableState.Cancelled) => true,
        (TableState.Ready, TableState.Live) => true,
        (TableState.Failed, TableState.Loading or TableState.Live or TableState.Ready) => true,
        (TableState.Live, TableState.Failed or TableState.Ready) => true,
        (_, TableState.Dropped) => !IsPending(from),
        _ => HasEndedWithoutData(from) && to == TableState.Waiting,
    };
}
