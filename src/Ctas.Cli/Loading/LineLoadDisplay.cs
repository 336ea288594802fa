using System.Globalization;
using Ctas.Cli.Display;
using Ctas.Loading;
using Ctas.Tables;

namespace Ctas.Cli.Loading;

/// <summary>
/// A line for every table that has ended, one for every fault that holds a table up, and one every few seconds while nothing
/// ends: for logs and pipes.
/// </summary>
/// <remarks>Safe for reports from many threads.</remarks>
internal sealed class LineLoadDisplay(TextWriter output) : ILoadDisplay, IProgress<LoadProgress>
{
    private static readonly TimeSpan Heartbeat = TimeSpan.FromSeconds(5);

    private readonly Lock _writing = new();
    private readonly HashSet<string> _ended = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, string> _faults = new(StringComparer.OrdinalIgnoreCase);
    private TimeSpan _lastLine;
    private int _nameWidth;

    /// <inheritdoc/>
    public Task<LoadResult> ShowAsync(LoadPlan tables, Func<IProgress<LoadProgress>?, Task<LoadResult>> load)
    {
        _nameWidth = tables.Tables.Select(table => PlainText.OneLine(table.Name).Length).DefaultIfEmpty().Max();
        return load(this);
    }

    /// <inheritdoc/>
    public void Report(LoadProgress value)
    {
        lock (_writing)
        {
            foreach (TableProgress table in value.Tables)
            {
                if (HasEnded(table.State) && _ended.Add(table.Name)) { WriteLine(value, EndLine(table)); }

                if (IsNewFault(table)) { WriteLine(value, Head(table) + LoadText.Waiting(table)); }
            }

            if (value.Elapsed - _lastLine >= Heartbeat) { WriteLine(value, HeartbeatLine(value)); }
        }
    }

    private static bool HasEnded(TableState state) => state is not (TableState.Waiting or TableState.Loading);

    /// <summary>True for a table that is there, and whose sink has not got all of its rows.</summary>
    private static bool IsDelivering(TableProgress table) =>
        table is { State: TableState.Ready, Phase: LoadPhase.Delivering };

    /// <summary>True for a fault that was not told since the table was well.</summary>
    private bool IsNewFault(TableProgress table)
    {
        string? told = _faults.GetValueOrDefault(table.Name);
        if (table.Fault is null) { _faults.Remove(table.Name); }
        else { _faults[table.Name] = table.Fault; }

        return table.Fault is not null && table.Fault != told;
    }

    private static string HeartbeatLine(LoadProgress progress)
    {
        IEnumerable<string> loading = progress.Tables
            .Where(table => table.State == TableState.Loading || IsDelivering(table))
            .Select(table => $"{PlainText.OneLine(table.Name)} {Percent(table.Percent)} ({table.Phase.InWords()})");
        return $"{Percent(progress.Percent)}  {Amount.OfCount(progress.Records)} records"
            + $"  {string.Join(", ", loading)}";
    }

    private static string Percent(double percent) =>
        Math.Floor(percent).ToString("F0", CultureInfo.InvariantCulture) + " %";

    private string Head(TableProgress table) => $"wave {table.Wave}  {PlainText.OneLine(table.Name).PadRight(_nameWidth)}  ";

    private string EndLine(TableProgress table)
    {
        string head = Head(table);
        return table.Error is not null
            ? head + LoadText.Failure(table)
            : head + $"{table.State.ToString().ToLowerInvariant()}  {Amount.OfCount(table.Rows),11} rows from {Amount.OfCount(table.Records),11} records"
                + $"  {Amount.OfTime(table.Elapsed)}";
    }

    private void WriteLine(LoadProgress progress, string line)
    {
        output.Write(line + "\n");
        output.Flush();
        _lastLine = progress.Elapsed;
    }
}
