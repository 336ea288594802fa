using System.Threading.Channels;

using Ctas.Kafka.Consuming;
using Ctas.Sources;

namespace Ctas.Kafka.Scanning;

/// <summary>
/// One read of a topic. Each share of the partitions has a thread that consumes and decodes while the reader of the
/// batches works on those before; it stops when enough batches wait, and with it, when its bounded queue is full, the client.
/// </summary>
/// <remarks>The batches of a partition come in its order; those of two readers come as they are ready.</remarks>
internal sealed class KafkaScan : ISourceScan
{
    private readonly ScanShare[] _shares;
    private readonly DeadLetterTopic? _deadLetters;
    private readonly SourceFault? _fault;
    private readonly CancellationTokenSource _stopping;
    private readonly TaskCompletionSource _threadsEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<SourceBatch> _batches;

    private int _reading;
    private int _running;
    private int _waiting;
    private int _isDisposed;

    /// <summary>Starts to read; owns all that it is given from now on.</summary>
    /// <param name="setup">What is read, and with what.</param>
    /// <param name="shares">The readers of all partitions; at least one.</param>
    /// <param name="stopping">Cancelled when the scan is over: ends what waits for brokers.</param>
    public KafkaScan(TopicScanSetup setup, IReadOnlyList<ScanShare> shares, CancellationTokenSource stopping)
    {
        Partitions = setup.Partitions;
        Identity = setup.Identity;
        TombstoneRetention = setup.TombstoneRetention;
        _deadLetters = setup.DeadLetters;
        _fault = setup.Fault;
        _stopping = stopping;
        _shares = [.. shares];
        _reading = _running = _shares.Length;

        // One waits and one is on its way for a single reader; one more for each that is added.
        _batches = Channel.CreateBounded<SourceBatch>(
            new BoundedChannelOptions(_shares.Length + 1) { SingleReader = true, SingleWriter = _shares.Length == 1 });
        foreach (ScanShare share in _shares)
        {
            new Thread(() => Run(share)) { IsBackground = true, Name = $"ctas {setup.Topic}" }.Start();
        }
    }

    public IReadOnlyList<SourcePartition> Partitions { get; }

    public string? Identity { get; }

    public TimeSpan? TombstoneRetention { get; }

    /// <summary>True while a thread waits for the reader of the batches.</summary>
    public bool IsHeldBack => Volatile.Read(ref _waiting) > 0;

    public async ValueTask<SourceBatch?> ReadAsync(CancellationToken cancellationToken)
    {
        ObjectDisposedException.ThrowIf(_isDisposed != 0, this);

        // A failed read comes out of the wait, after the batches before it.
        while (await _batches.Reader.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
        {
            if (_batches.Reader.TryRead(out SourceBatch? batch)) { return batch; }
        }

        return null;
    }

    public ScanStatistics GetStatistics()
    {
        if (_shares is [var all]) { return all.Builder.GetStatistics(); }

        ScanStatistics[] parts = [.. _shares.Select(share => share.Builder.GetStatistics())];
        long[] positions = new long[Partitions.Count];
        for (int share = 0; share < parts.Length; share++)
        {
            foreach (int ordinal in _shares[share].Partitions) { positions[ordinal] = parts[share].Positions[ordinal]; }
        }

        return ScanStatistics.OfParts(parts, positions);
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0) { return; }

        await _stopping.CancelAsync().ConfigureAwait(false);
        await _threadsEnded.Task.ConfigureAwait(false);
        _stopping.Dispose();
    }

    private void Run(ScanShare share)
    {
        TopicReader reader = share.Reader;
        try
        {
            while (reader.ReadBatch(_stopping.Token) is { } batch) { share.Builder.Adapt(isReaderBehind: !Hand(batch)); }

            // Whoever ends last has seen the end of the whole.
            if (Interlocked.Decrement(ref _reading) == 0)
            {
                reader.Conclude();
                _batches.Writer.Complete();
            }
        }
        catch (Exception e)
        {
            // Whatever it is, it belongs to the reader of the batches, not to this thread; the first failure is the cause of all.
            if (_batches.Writer.TryComplete(e)) { _stopping.Cancel(); }
        }
        finally
        {
            reader.Dispose();
            if (Interlocked.Decrement(ref _running) == 0)
            {
                _deadLetters?.Dispose();
                _fault?.Clear();
                _threadsEnded.SetResult();
            }
        }
    }

    /// <summary>Hands a batch on; false when it had to wait for the reader of the batches.</summary>
    private bool Hand(SourceBatch batch)
    {
        _fault?.Clear();
        if (_batches.Writer.TryWrite(batch)) { return true; }

        // A thread of its own may block: this is the backpressure.
        Interlocked.Increment(ref _waiting);
        try { _batches.Writer.WriteAsync(batch, _stopping.Token).AsTask().GetAwaiter().GetResult(); }
        finally { Interlocked.Decrement(ref _waiting); }

        return false;
    }
}

/// <summary>What one thread of a scan reads.</summary>
/// <param name="Reader">Consumes its partitions.</param>
/// <param name="Builder">Makes its batches; counts by the ordinals of the whole scan.</param>
/// <param name="Partitions">Ordinals of its partitions.</param>
internal sealed record ScanShare(TopicReader Reader, RecordBatchBuilder Builder, IReadOnlyList<int> Partitions);
