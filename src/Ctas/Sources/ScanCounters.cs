namespace Ctas.Sources;

/// <summary>Counts of one scan. One writer; <see cref="Published"/> may be read from any thread.</summary>
internal sealed class ScanCounters
{
    /// <summary>Rejected records that are kept.</summary>
    public const int MaxSamples = 10;

    private const int MaxWarnings = 100;

    private readonly IReadOnlyList<SourcePartition> _partitions;
    private readonly long[] _positions;
    private readonly long[] _newestTimes;
    private readonly List<RejectedRecord> _samples = [];
    private readonly List<string> _warnings = [];
    private ScanStatistics _published;

    /// <summary>Starts at the beginning of every partition.</summary>
    public ScanCounters(IReadOnlyList<SourcePartition> partitions)
    {
        _partitions = partitions;
        _positions = [.. partitions.Select(partition => partition.Range.Start)];
        _newestTimes = new long[partitions.Count];
        _newestTimes.AsSpan().Fill(long.MinValue);
        _published = Compose();
    }

    /// <summary>Records read.</summary>
    public long Records { get; set; }

    /// <summary>Bytes of keys and values read.</summary>
    public long Bytes { get; set; }

    /// <summary>Times the read was taken up again.</summary>
    public int Retries { get; set; }

    /// <summary>Records left out.</summary>
    public long Rejected { get; private set; }

    /// <summary>Next offset per partition ordinal.</summary>
    public Span<long> Positions => _positions;

    /// <summary>The latest ROWTIME per partition ordinal; <see cref="long.MinValue"/> before the first.</summary>
    public Span<long> NewestTimes => _newestTimes;

    /// <summary>The counts at the last <see cref="Publish"/>.</summary>
    public ScanStatistics Published => Volatile.Read(ref _published);

    /// <summary>Counts a rejected record; the first few are kept as samples.</summary>
    public void Reject(RejectedRecord record)
    {
        Rejected++;
        if (_samples.Count < MaxSamples) { _samples.Add(record); }
    }

    /// <summary>Keeps a warning; after the hundredth there is only a note that more were left out.</summary>
    public void Warn(string warning)
    {
        if (_warnings.Count < MaxWarnings) { _warnings.Add(warning); }
        else if (_warnings.Count == MaxWarnings) { _warnings.Add("more warnings were left out"); }
    }

    /// <summary>Shows the counts to readers.</summary>
    public void Publish() => Volatile.Write(ref _published, Compose());

    private ScanStatistics Compose() =>
        new(Records, Bytes, Retries, Rejected, [.. _positions], [.. _samples], [.. _warnings]) { NewestTimes = Times() };

    private List<PartitionTime> Times()
    {
        List<PartitionTime> times = [];
        for (int partition = 0; partition < _newestTimes.Length; partition++)
        {
            if (_newestTimes[partition] > long.MinValue) { times.Add(new PartitionTime(_partitions[partition].Id, _newestTimes[partition])); }
        }

        return times;
    }
}
