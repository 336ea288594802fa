namespace Ctas.Tables;

public sealed partial class TableRegistry
{
    /// <summary>Waits until a table has data. Waits also for a name that nobody has declared yet.</summary>
    /// <param name="name">The table's name.</param>
    /// <param name="timeout">How long at most; <see cref="Timeout.InfiniteTimeSpan"/> for ever.</param>
    /// <param name="cancellationToken">Stops waiting; the load goes on.</param>
    /// <exception cref="TableNotReadyException">
    /// Its load failed, was skipped or cancelled, or it was dropped while this waited; the inner exception says why.
    /// </exception>
    /// <exception cref="TimeoutException">It had no data in time; the message says where it stood.</exception>
    public async Task<ITable> WaitForReadyAsync(
        string name, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        TableMetadata? known = null;
        using var timer = new CancellationTokenSource(timeout, _time);
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timer.Token);
        while (true)
        {
            RegistryState state = _state;
            RegistryEntry? entry = state.Snapshot.Entries.GetValueOrDefault(name);
            if (entry?.Table is { } table) { return table; }

            if (entry is null && known is not null)
            {
                throw new TableNotReadyException(known with { State = TableState.Dropped, Failure = null });
            }

            known = entry?.Metadata;
            if (known is not null && TableStates.HasEndedWithoutData(known.State))
            {
                throw new TableNotReadyException(known);
            }

            try { await state.Changed.Task.WaitAsync(waiting.Token).ConfigureAwait(false); }
            catch (OperationCanceledException)
            {
                cancellationToken.ThrowIfCancellationRequested();
                throw new TimeoutException(TimeoutMessage(name, timeout, known));
            }
        }
    }

    private string TimeoutMessage(string name, TimeSpan timeout, TableMetadata? known)
    {
        if (known is not null)
        {
            return $"table \"{known.Name}\" was still {known.State.ToString().ToLowerInvariant()} after {timeout}";
        }

        IReadOnlyList<string> closest = Snapshot().ClosestNames(name);
        string hint = closest.Count == 0 ? "" : $"; there is {Quote(closest)}";
        return $"no table \"{name}\" was declared within {timeout}{hint}";
    }
}
