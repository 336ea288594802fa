using System.Globalization;
using Ctas.Cli.Display;
using Ctas.Loading;
using Ctas.Tables;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Ctas.Cli.Loading;

/// <summary>Draws a moment of a load: wave, name, bar, percent and status of each table, a line each.</summary>
internal sealed class LoadProgressLines
{
    private const int LongestName = 28;
    private const int PercentWidth = 4;
    private const int ShortestStatus = 26;
    private const int LongestBar = 30;
    private const int ShortestBar = 6;
    private const int LinesBelow = 3;
    private const string Gap = "  ";

    private readonly int _width;
    private readonly int _waveWidth;
    private readonly int _nameWidth;
    private readonly int _barWidth;
    private readonly bool _fits;

    /// <summary>Measures the lines.</summary>
    /// <param name="plan">The tables that will load.</param>
    /// <param name="width">Columns of the terminal.</param>
    /// <param name="height">Lines of the terminal.</param>
    public LoadProgressLines(LoadPlan plan, int width, int height)
    {
        // The last column stays free: some terminals break the line there.
        _width = width - 1;
        _waveWidth = plan.Waves.Count.ToString(CultureInfo.InvariantCulture).Length;
        int longestName = plan.Tables.Select(table => PlainText.OneLine(table.Name).Length).DefaultIfEmpty().Max();
        _nameWidth = Math.Min(longestName, LongestName);
        int others = _waveWidth + 1 + _nameWidth + (3 * Gap.Length) + PercentWidth + ShortestStatus;
        _barWidth = Math.Clamp(_width - others, ShortestBar, LongestBar);
        // What does not fit cannot be drawn over: then only the tables that load have a line.
        _fits = plan.Tables.Count() + LinesBelow <= height;
    }

    /// <summary>The lines.</summary>
    public IRenderable Draw(LoadProgress progress)
    {
        if (_fits) { return new Rows(progress.Tables.Select(DrawLine)); }

        int ended = progress.Tables.Count(table => table.State is not (TableState.Waiting or TableState.Loading));
        return new Rows(
        [
            .. progress.Tables.Where(table => table.State == TableState.Loading).Select(DrawLine),
            Label.Of($"{ended} of {progress.Tables.Count} tables done"),
        ]);
    }

    private Paragraph DrawLine(TableProgress table)
    {
        string wave = table.Wave.ToString(CultureInfo.InvariantCulture).PadLeft(_waveWidth);
        string name = Cut(PlainText.OneLine(table.Name), _nameWidth).PadRight(_nameWidth);
        int done = (int)(table.Percent / 100 * _barWidth);
        string percent = Math.Floor(table.Percent).ToString("F0", CultureInfo.InvariantCulture) + "%";
        int used = _waveWidth + 1 + _nameWidth + Gap.Length + _barWidth + Gap.Length + PercentWidth + Gap.Length;
        Style style = DisplayStyle.Of(table.State);
        return new Paragraph()
            .Append(wave + " ", DisplayStyle.Faint)
            .Append(name + Gap)
            .Append(new string('━', done), style)
            .Append(new string('─', _barWidth - done), DisplayStyle.Faint)
            .Append(Gap + percent.PadLeft(PercentWidth) + Gap)
            .Append(Cut(Describe(table, _width - used), _width - used), style);
    }

    private static string Describe(TableProgress table, int width)
    {
        switch (table.State)
        {
            case TableState.Waiting or TableState.Loading when table.Fault is not null: return LoadText.Waiting(table);
            case TableState.Waiting: return "waiting";
            case TableState.Loading when table.Records == 0: return table.Phase.InWords();
            case TableState.Loading:
                string speed = $"{Amount.OfCount(table.Records)} records  {Amount.OfRate(table.RecordsPerSecond)}";
                string left = table.Remaining is { } time ? $"  {Amount.OfTime(time)} left" : "";
                return speed.Length + left.Length <= width ? speed + left : speed;
            case TableState.Ready or TableState.Live:
                return $"{Amount.OfCount(table.Rows)} rows  {Amount.OfTime(table.Elapsed)}";
            default: return LoadText.Failure(table);
        }
    }

    private static string Cut(string text, int width) =>
        text.Length <= width ? text : width < 1 ? "" : text[..(width - 1)] + "…";
}
