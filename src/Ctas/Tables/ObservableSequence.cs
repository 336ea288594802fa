namespace Ctas.Tables;

/// <summary>A sequence that is pushed: each subscription reads it from its beginning, on the thread pool.</summary>
/// <param name="start">Begins to read; its errors are those of the sequence.</param>
internal sealed class ObservableSequence<T>(Func<CancellationToken, IAsyncEnumerable<T>> start) : IObservable<T>
{
    /// <inheritdoc/>
    public IDisposable Subscribe(IObserver<T> observer)
    {
        ArgumentNullException.ThrowIfNull(observer);
        var subscription = new Subscription(observer);
        _ = Task.Run(() => subscription.PushAsync(start));
        return subscription;
    }

    private sealed class Subscription(IObserver<T> observer) : IDisposable
    {
        private readonly CancellationTokenSource _leaving = new();

        private bool HasLeft => _leaving.IsCancellationRequested;

        public async Task PushAsync(Func<CancellationToken, IAsyncEnumerable<T>> start)
        {
            try
            {
                await foreach (T next in start(_leaving.Token).ConfigureAwait(false))
                {
                    if (HasLeft) { return; }

                    observer.OnNext(next);
                }
            }
            catch (Exception e)
            {
                End(e);
                return;
            }

            End(error: null);
        }

        public void Dispose() => _leaving.Cancel();

        /// <summary>Tells the end, or what <see cref="IObserver{T}.OnNext"/> has thrown. Who has left asked for the end, and is told of no other.</summary>
        private void End(Exception? error)
        {
            if (HasLeft) { return; }

            if (error is null) { observer.OnCompleted(); }
            else { observer.OnError(error); }
        }
    }
}
