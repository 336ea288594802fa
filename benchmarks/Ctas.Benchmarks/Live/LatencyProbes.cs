using System.Diagnostics;
using System.Globalization;

namespace Ctas.Benchmarks.Live;

/// <summary>Records whose way is timed: when each was sent, and when it could first be read. One sender, one watcher.</summary>
internal sealed class LatencyProbes(int capacity)
{
    private const string Prefix = "probe-";

    private readonly long[] _sentAt = new long[capacity];
    private readonly List<double> _milliseconds = [];
    private readonly TaskCompletionSource _finished = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _sent;
    private int _expected = int.MaxValue;

    /// <summary>Probes sent so far.</summary>
    public int Sent => Volatile.Read(ref _sent);

    /// <summary>Completes when all probes have been seen.</summary>
    public Task Finished => _finished.Task;

    /// <summary>The key of a probe.</summary>
    public static string KeyOf(int probe) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{probe}");

    /// <summary>The probe that a key belongs to; negative when it is an order like any other.</summary>
    public static int NumberOf(string key) =>
        key.StartsWith(Prefix, StringComparison.Ordinal) ? int.Parse(key.AsSpan(Prefix.Length), CultureInfo.InvariantCulture) : -1;

    /// <summary>Notes that the next probe is sent now.</summary>
    public void Send()
    {
        _sentAt[_sent] = Stopwatch.GetTimestamp();
        Volatile.Write(ref _sent, _sent + 1);
    }

    /// <summary>Notes that a probe can be read.</summary>
    public void See(int probe)
    {
        _milliseconds.Add(Stopwatch.GetElapsedTime(_sentAt[probe]).TotalMilliseconds);
        if (_milliseconds.Count >= Volatile.Read(ref _expected)) { _finished.TrySetResult(); }
    }

    /// <summary>Says that no more will come; called before the last is sent.</summary>
    public void Expect(int probes) => Volatile.Write(ref _expected, probes);

    /// <summary>The time below which this share of the probes took; the first third has warmed up, and does not count.</summary>
    public double Percentile(double share)
    {
        double[] sorted = [.. _milliseconds.Skip(_milliseconds.Count / 3).Order()];
        return sorted[(int)Math.Min(sorted.Length - 1, sorted.Length * share)];
    }
}
