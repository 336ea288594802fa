using System.Runtime.ExceptionServices;
using System.Threading.Channels;
using Ctas.Maintenance;
using Ctas.Tables;

namespace Ctas.Loading;

/// <summary>Gathers the state of every table of a load and reports it. Safe for concurrent use; reports never overlap.</summary>
internal sealed class ProgressTracker : IDisposable
{
    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly long _started;
    private readonly TableTracker[] _tables;
    private readonly IProgress<LoadProgress>? _progress;
    private readonly ITimer? _timer;
    private bool _isEnded;
    private ExceptionDispatchInfo? _failure;

    /// <summary>Starts tracking; reports the first moment at once.</summary>
    public ProgressTracker(
        IReadOnlyList<TableTracker> tables, IProgress<LoadProgress>? progress, TimeSpan interval, TimeProvider time)
    {
        _time = time;
        _started = time.GetTimestamp();
        _tables = [.. tables];
        _progress = progress;
        if (progress is null) { return; }

        Report();
        _timer = time.CreateTimer(_ => Report(), state: null, interval, interval);
    }

    /// <summary>Since the load started.</summary>
    public TimeSpan Elapsed => _time.GetElapsedTime(_started);

    /// <summary>Changes a table and reports the change.</summary>
    public void Change(TableTracker table, Action<TableTracker> change)
    {
        lock (_lock) { change(table); }

        Report();
    }

    /// <summary>Ends the reports; the last one has been made when this returns.</summary>
    public void Dispose()
    {
        _timer?.Dispose();
        lock (_lock) { _isEnded = true; }
    }

    /// <summary>Throws what the caller's progress has thrown; after that it was told no more.</summary>
    public void ThrowIfFailed() => _failure?.Throw();

    private void Report()
    {
        if (_progress is null) { return; }

        // The lock is held while reporting: two reports never overtake each other, so percentages never fall.
        lock (_lock)
        {
            if (_isEnded || _failure is not null) { return; }

            TimeSpan elapsed = Elapsed;
            try { _progress.Report(new LoadProgress([.. _tables.Select(table => table.ToProgress(elapsed))], elapsed)); }
            catch (Exception e)
            {
                // On a timer's thread it would end the process; it is the caller's, who gets it when the load has ended.
                _failure = ExceptionDispatchInfo.Capture(e);
            }
        }
    }
}

/// <summary>One table's part of a <see cref="ProgressTracker"/>. Changed under the tracker's lock only.</summary>
internal sealed class TableTracker(string name, int wave)
{
    private IReadOnlyList<SharedScan> _scans = [];
    private SinkWriter? _sink;
    private double _percent;

    public string Name { get; } = name;

    public int Wave { get; } = wave;

    public TableState State { get; set; } = TableState.Waiting;

    public LoadPhase Phase { get; set; }

    public long Rows { get; set; }

    public long RowsRead { get; set; }

    public string? Error { get; set; }

    /// <summary>Since the start of the load; null while queued.</summary>
    public TimeSpan? StartedAt { get; set; }

    /// <summary>Since the start of the load; null while running.</summary>
    public TimeSpan? EndedAt { get; set; }

    /// <summary>The scans it reads. Their statistics are final once the load has ended.</summary>
    public IReadOnlyList<SharedScan> Scans
    {
        get => Volatile.Read(ref _scans);
        set => Volatile.Write(ref _scans, value);
    }

    /// <summary>The sink that it waits for; null while it waits for none.</summary>
    public SinkWriter? Sink
    {
        get => Volatile.Read(ref _sink);
        set => Volatile.Write(ref _sink, value);
    }

    /// <summary>Where every partition of its scans stands.</summary>
    public IReadOnlyList<PartitionProgress> Partitions() =>
    [
        .. from scan in Scans
           let positions = scan.GetStatistics()?.Positions ?? []
           from entry in scan.Partitions.Zip(positions)
           select new PartitionProgress(entry.First.Name, entry.Second, entry.First.Range.End),
    ];

    public TableProgress ToProgress(TimeSpan elapsed)
    {
        long records = Scans.Sum(scan => scan.GetStatistics()?.Records ?? 0);
        TimeSpan running = StartedAt is { } started ? (EndedAt ?? elapsed) - started : TimeSpan.Zero;
        return new TableProgress(
            Name,
            Wave,
            State,
            Phase,
            Scans.Count > 0 ? records : RowsRead,
            Scans.Sum(scan => scan.GetStatistics()?.Bytes ?? 0),
            Rows,
            Percent(),
            running,
            Partitions(),
            Error)
        {
            Fault = Fault(),
        };
    }

    private string? Fault()
    {
        bool readsSources = State is TableState.Waiting or TableState.Loading;
        return Sink?.Fault ?? (readsSources ? Scans.Select(scan => scan.Fault).FirstOrDefault(fault => fault is not null) : null);
    }

    private double Percent()
    {
        if (State is TableState.Ready or TableState.Live) { return _percent = 100; }

        long total = 0;
        long done = 0;
        foreach (SharedScan scan in Scans)
        {
            IReadOnlyList<long> positions = scan.GetStatistics()?.Positions ?? [];
            for (int partition = 0; partition < positions.Count; partition++)
            {
                Sources.OffsetRange range = scan.Partitions[partition].Range;
                total += range.Length;
                done += Math.Clamp(positions[partition] - range.Start, 0, range.Length);
            }
        }

        // 100 is kept for a table that can be read; scans opened later must not make it fall.
        double read = total == 0 ? 0 : Math.Min(99.9, 100.0 * done / total);
        return _percent = Math.Max(_percent, read);
    }
}

/// <summary>Progress as an async stream: every change of state, and ticks as far as the reader keeps up.</summary>
internal sealed class ProgressStream : IProgress<LoadProgress>
{
    // Not one for a single reader: those cannot be counted.
    private readonly Channel<LoadProgress> _channel = Channel.CreateUnbounded<LoadProgress>();

    private string _lastStates = "";

    /// <summary>The moments in order, until <see cref="Complete"/>.</summary>
    public IAsyncEnumerable<LoadProgress> ReadAsync(CancellationToken cancellationToken) =>
        _channel.Reader.ReadAllAsync(cancellationToken);

    /// <summary>Ends the stream.</summary>
    public void Complete(Exception? error = null) => _channel.Writer.TryComplete(error);

    /// <inheritdoc/>
    public void Report(LoadProgress value)
    {
        string states = string.Concat(value.Tables.Select(table => (char)('0' + (int)table.State)));
        bool isTick = string.Equals(states, _lastStates, StringComparison.Ordinal);
        _lastStates = states;

        // A slow reader misses ticks, never a change of state.
        if (!isTick || _channel.Reader.Count < 4) { _channel.Writer.TryWrite(value); }
    }
}
