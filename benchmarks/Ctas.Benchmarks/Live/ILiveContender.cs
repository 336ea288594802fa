namespace Ctas.Benchmarks.Live;

/// <summary>Something that keeps orders, large orders, large orders with their customers, and totals by region up to date.</summary>
internal interface ILiveContender : IAsyncDisposable
{
    /// <summary>Reads what the topics hold, and stops there until <see cref="Continue"/>.</summary>
    Task LoadAsync();

    /// <summary>Follows the topics.</summary>
    void Continue();

    /// <summary>Waits until so many order records have been applied since the load, and are visible.</summary>
    Task WaitForUpdatesAsync(long updates);

    /// <summary>Tells when each probe becomes visible in the join; called before <see cref="Continue"/>.</summary>
    void Watch(LatencyProbes probes);

    /// <summary>The total of each region, in order.</summary>
    IEnumerable<(string Region, long Orders, long Amount)> Totals();
}
