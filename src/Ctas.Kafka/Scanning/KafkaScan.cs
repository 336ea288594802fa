using System.Threading.Channels;

using Ctas.Sources;

namespace Ctas.Kafka.Scanning;

/// <summary>
/// One read of a topic. Its own thread consumes and decodes while the reader of the batches works on the one before;
/// it stops when two batches wait, and with it, when its bounded queue is full, the client.
/// </summary>
internal sealed class KafkaScan : ISourceScan
{
    private const int BatchesAhead = 2;

    private readonly TopicReader _reader;
    private readonly RecordBatchBuilder _builder;
    private readonly DeadLetterTopic? _deadLetters;
    private readonly CancellationTokenSource _disposal = new();
    private readonly TaskCompletionSource _threadEnded = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<SourceBatch> _batches = Channel.CreateBounded<SourceBatch>(
        new BoundedChannelOptions(BatchesAhead) { SingleReader = true, SingleWriter = true });

    private int _isDisposed;

    /// <summary>Starts to read; owns the reader and the dead-letter topic from now on.</summary>
    public KafkaScan(TopicScanSetup setup, TopicReader reader, RecordBatchBuilder builder)
    {
        Partitions = setup.Partitions;
        Identity = setup.Identity;
        _reader = reader;
        _builder = builder;
        _deadLetters = setup.DeadLetters;
        new Thread(Run) { IsBackground = true, Name = $"ctas {setup.Topic}" }.Start();
    }

    public IReadOnlyList<SourcePartition> Partitions { get; }

    public string? Identity { get; }

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

    public ScanStatistics GetStatistics() => _builder.GetStatistics();

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) != 0) { return; }

        await _disposal.CancelAsync().ConfigureAwait(false);
        await _threadEnded.Task.ConfigureAwait(false);
        _disposal.Dispose();
    }

    private void Run()
    {
        try
        {
            while (_reader.ReadBatch(_disposal.Token) is { } batch) { Hand(batch); }

            _batches.Writer.Complete();
        }
        catch (Exception e)
        {
            // Whatever it is, it belongs to the reader of the batches, not to this thread.
            _batches.Writer.Complete(e);
        }
        finally
        {
            _reader.Dispose();
            _deadLetters?.Dispose();
            _threadEnded.SetResult();
        }
    }

    private void Hand(SourceBatch batch)
    {
        if (_batches.Writer.TryWrite(batch)) { return; }

        // A thread of its own may block: this is the backpressure.
        _batches.Writer.WriteAsync(batch, _disposal.Token).AsTask().GetAwaiter().GetResult();
    }
}
