using Ctas.Loading;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Ctas.Cli.Loading;

/// <summary>A line with a bar a table, drawn over and over: for terminals.</summary>
internal sealed class LiveLoadDisplay(IAnsiConsole console) : ILoadDisplay
{
    /// <inheritdoc/>
    public Task<LoadResult> ShowAsync(LoadPlan tables, Func<IProgress<LoadProgress>?, Task<LoadResult>> load)
    {
        var lines = new LoadProgressLines(tables, console.Profile.Width, console.Profile.Height);
        return console.Live(lines.Draw(new LoadProgress([], TimeSpan.Zero)))
            .AutoClear(false)
            .StartAsync(context => load(new Screen(context, lines)));
    }

    /// <summary>Shows what is reported. Safe for reports from many threads.</summary>
    private sealed class Screen(LiveDisplayContext context, LoadProgressLines lines) : IProgress<LoadProgress>
    {
        private readonly Lock _drawing = new();

        public void Report(LoadProgress value)
        {
            lock (_drawing)
            {
                IRenderable drawn = lines.Draw(value);
                context.UpdateTarget(drawn);
            }
        }
    }
}
