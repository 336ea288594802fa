using Ctas.Loading;

namespace Ctas.Cli.Loading;

/// <summary>Shows a load while it runs.</summary>
internal interface ILoadDisplay
{
    /// <summary>Runs a load and shows what it reports; the display is closed when the call returns.</summary>
    /// <param name="tables">The tables that will load, with their waves.</param>
    /// <param name="load">The load; whatever it throws passes through.</param>
    Task<LoadResult> ShowAsync(LoadPlan tables, Func<IProgress<LoadProgress>?, Task<LoadResult>> load);
}

/// <summary>Shows nothing.</summary>
internal sealed class QuietLoadDisplay : ILoadDisplay
{
    /// <inheritdoc/>
    public Task<LoadResult> ShowAsync(LoadPlan tables, Func<IProgress<LoadProgress>?, Task<LoadResult>> load) =>
        load(null);
}
