using System.Globalization;
using Ctas.Cli.Display;
using Ctas.Loading;
using Ctas.Sources;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Ctas.Cli.Loading;

/// <summary>The end of a load as a table, with everything that went wrong below it.</summary>
internal static class LoadReport
{
    // Beyond this width there is room to tell waiting from running.
    private const int WideConsole = 100;

    /// <summary>Prints the report.</summary>
    public static void Write(IAnsiConsole console, LoadResult result)
    {
        console.Write(Draw(result, console.Profile.Width >= WideConsole));
        console.WriteLine(Summary(result));
        WriteFailures(console, result);
        foreach (TableLoadResult table in result.Tables) { WriteNotes(console, table); }
    }

    /// <summary>Prints only the tables that are not there, a line each.</summary>
    public static void WriteFailures(IAnsiConsole console, LoadResult result)
    {
        foreach (TableLoadResult table in result.Tables.Where(table => !table.IsLoaded))
        {
            WriteNote(console, table.ToString(), DisplayStyle.Of(table.State));
        }
    }

    private static Table Draw(LoadResult result, bool isWide)
    {
        var table = new Table { Border = TableBorder.Simple };
        AddColumn(table, "wave", isNumber: true);
        AddColumn(table, "table", isNumber: false);
        AddColumn(table, "state", isNumber: false);
        string[] numbers = isWide
            ? ["rows", "records", "read", "memory", "queued", "run"]
            : ["rows", "records", "read", "memory", "run"];
        foreach (string header in numbers) { AddColumn(table, header, isNumber: true); }

        int lastWave = 0;
        foreach (TableLoadResult entry in result.Tables)
        {
            table.AddRow(Cells(entry, isWide, showsWave: entry.Wave != lastWave));
            lastWave = entry.Wave;
        }

        return table;
    }

    private static void AddColumn(Table table, string header, bool isNumber)
    {
        var column = new TableColumn(Label.Of(header, DisplayStyle.Header)) { NoWrap = isNumber, Padding = new Padding(0, 0, 1, 0) };
        table.AddColumn(isNumber ? column.RightAligned() : column);
    }

    private static IEnumerable<IRenderable> Cells(TableLoadResult table, bool isWide, bool showsWave)
    {
        yield return Label.Of(showsWave ? table.Wave.ToString(CultureInfo.InvariantCulture) : "");
        yield return Label.Of(table.Name);
        string state = table.WasLoadedBefore ? "kept" : table.State.ToString().ToLowerInvariant();
        yield return Label.Of(state, DisplayStyle.Of(table.State));
        yield return Label.Of(table.IsLoaded ? Amount.OfCount(table.Rows) : "");
        yield return Label.Of(table.Records == 0 ? "" : Amount.OfCount(table.Records));
        yield return Label.Of(table.Bytes == 0 ? "" : Amount.OfBytes(table.Bytes));
        yield return Label.Of(table.IsLoaded ? Amount.OfBytes(table.TableBytes) : "");
        if (isWide) { yield return Label.Of(Amount.OfTime(table.QueueTime)); }

        yield return Label.Of(Amount.OfTime(table.RunTime));
    }

    private static string Summary(LoadResult result)
    {
        int loaded = result.Successful.Count();
        string tables = result.Tables.Count == 1 ? "table" : "tables";
        string waves = result.Waves.Count == 1 ? "wave" : "waves";
        return $"{loaded} of {result.Tables.Count} {tables} loaded in {result.Waves.Count} {waves}, "
            + $"{Amount.OfCount(result.Tables.Sum(table => table.Records))} records, "
            + $"{Amount.OfBytes(result.Tables.Sum(table => table.Bytes))} read in {Amount.OfTime(result.Duration)}";
    }

    private static void WriteNotes(IAnsiConsole console, TableLoadResult table)
    {
        if (table.Retries > 0)
        {
            string times = table.Retries == 1 ? "once" : $"{Amount.OfCount(table.Retries)} times";
            WriteNote(console, $"{table.Name}: read again {times} after a transient fault", DisplayStyle.Faint);
        }

        if (table.Rejected > 0)
        {
            string records = table.Rejected == 1 ? "record" : "records";
            WriteNote(console, $"{table.Name}: {Amount.OfCount(table.Rejected)} {records} left out", Style.Plain);
            foreach (RejectedRecord sample in table.RejectedSamples)
            {
                WriteNote(console, $"  {sample.Partition} at {sample.Offset}: {sample.Reason}", DisplayStyle.Faint);
            }
        }

        foreach (string warning in table.Warnings) { WriteNote(console, $"{table.Name}: {warning}", Style.Plain); }
    }

    private static void WriteNote(IAnsiConsole console, string note, Style style)
    {
        console.Write(Label.Of(note, style));
        console.WriteLine();
    }
}
