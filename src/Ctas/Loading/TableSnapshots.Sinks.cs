using Ctas.Maintenance;

namespace Ctas.Loading;

/// <content>What is stored of live tables waits for their sinks: nobody could go on from there into one that has less.</content>
internal sealed partial class TableSnapshots
{
    /// <summary>Begins to wait for sinks.</summary>
    public SinkPatience PatienceOf(TimeSpan limit) => new(limit, _time.GetTimestamp());

    /// <summary>Waits until sinks have what is to be stored.</summary>
    /// <param name="marks">What they must have.</param>
    /// <param name="patience">For how long, with all other waits of it.</param>
    /// <param name="cancellationToken">Cancels the wait.</param>
    /// <exception cref="SnapshotException">A sink has failed, or has not got it in time.</exception>
    public async Task WaitForSinksAsync(IEnumerable<DeliveryMark> marks, SinkPatience patience, CancellationToken cancellationToken)
    {
        TimeSpan left = patience.Limit - _time.GetElapsedTime(patience.Since);
        using var limit = new CancellationTokenSource(left > TimeSpan.Zero ? left : TimeSpan.Zero, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        foreach (DeliveryMark mark in marks)
        {
            try { await mark.WaitAsync(either.Token).ConfigureAwait(false); }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new SnapshotException(mark.Table, $"its sink has not got within {patience.Limit} what it shows", isTransient: true);
            }
            catch (MaintenanceException e) { throw new SnapshotException(mark.Table, e.Message, isTransient: true, e); }
        }
    }

    /// <summary>Waits for the sinks of each; what they have not got is left out, and the log says so.</summary>
    /// <inheritdoc cref="WaitForSinksAsync"/>
    public async Task<IReadOnlyList<T>> ThoseThatSinksHaveAsync<T>(
        IEnumerable<T> captured, Func<T, IEnumerable<DeliveryMark>> marksOf, SinkPatience patience, CancellationToken cancellationToken)
    {
        var delivered = new List<T>();
        foreach (T item in captured)
        {
            try
            {
                await WaitForSinksAsync(marksOf(item), patience, cancellationToken).ConfigureAwait(false);
                delivered.Add(item);
            }
            catch (SnapshotException e) { LoadLog.TableWarning(_logger, e.Table, e.Message); }
        }

        return delivered;
    }
}

/// <summary>For how long sinks are waited for before tables are stored: together, however many there are.</summary>
/// <param name="Limit">For how long.</param>
/// <param name="Since">The time stamp of its beginning.</param>
internal readonly record struct SinkPatience(TimeSpan Limit, long Since);
