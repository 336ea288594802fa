namespace Ctas.Tables;

/// <summary>No table of that name is registered. The message lists the closest names.</summary>
public sealed class TableNotFoundException : Exception
{
    internal TableNotFoundException(string table, IReadOnlyList<string> closest)
        : base($"table \"{table}\" not found" + Hint(closest))
    {
        Table = table;
        ClosestNames = closest;
    }

    /// <summary>The name that was looked for.</summary>
    public string Table { get; }

    /// <summary>Registered names that are near it, nearest first; at most three.</summary>
    public IReadOnlyList<string> ClosestNames { get; }

    private static string Hint(IReadOnlyList<string> closest) =>
        closest.Count == 0 ? "" : $"; did you mean {string.Join(" or ", closest.Select(name => $"\"{name}\""))}?";
}

/// <summary>The table is known but has no data: it is still loading, or its load did not succeed.</summary>
public sealed class TableNotReadyException : Exception
{
    internal TableNotReadyException(TableMetadata table)
        : base(Describe(table), table.Failure)
    {
        Table = table.Name;
        State = table.State;
    }

    /// <summary>The table's name.</summary>
    public string Table { get; }

    /// <summary>Where it stood.</summary>
    public TableState State { get; }

    private static string Describe(TableMetadata table) => table.State switch
    {
        TableState.Waiting => $"table \"{table.Name}\" is waiting to be loaded; WaitForReadyAsync waits for it",
        TableState.Loading => $"table \"{table.Name}\" is being loaded; WaitForReadyAsync waits for it",
        TableState.Skipped => $"table \"{table.Name}\" was skipped because of \"{table.SkippedBecauseOf}\""
            + (table.Failure is null ? "" : $": {table.Failure.Message}"),
        TableState.Cancelled => $"the load of table \"{table.Name}\" was cancelled",
        TableState.Dropped => $"table \"{table.Name}\" was dropped",
        _ => $"table \"{table.Name}\" has no data"
            + (table.Failure is null ? "" : $": {table.Failure.Message}"),
    };
}

/// <summary>Why the registry refused.</summary>
public enum TableRegistrationError
{
    /// <summary>A table of that name exists or is being loaded.</summary>
    DuplicateName,

    /// <summary>There are as many tables as are allowed.</summary>
    MaxTablesReached,

    /// <summary>The table would take more memory than is left of the budget.</summary>
    MemoryBudgetExceeded,

    /// <summary>Other tables depend on the table that shall be dropped.</summary>
    DependentsExist,

    /// <summary>The table is being loaded and can be dropped only after that.</summary>
    LoadUnderWay,
}

/// <summary>The registry refused a change. It is as it was before.</summary>
public sealed class TableRegistrationException : Exception
{
    internal TableRegistrationException(string table, TableRegistrationError error, string message)
        : base(message)
    {
        Table = table;
        Error = error;
    }

    /// <summary>The table's name.</summary>
    public string Table { get; }

    /// <summary>Why.</summary>
    public TableRegistrationError Error { get; }
}
