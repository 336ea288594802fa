using Ctas.Data;
using Ctas.Execution.Incremental;
using Ctas.Sources;
using Ctas.Tables.Snapshots;

namespace Ctas.Maintenance;

/// <summary>
/// Live tables that hang together because they read each other or follow the same source: they are right at one moment, or not at
/// all. Used while ticks are held.
/// </summary>
internal sealed class TiedTables
{
    private readonly MaintainedTable[] _tables;
    private readonly LiveSource[] _sources;

    private TiedTables(IEnumerable<MaintainedTable> tables)
    {
        _tables = [.. tables.OrderBy(table => table.Name, StringComparer.OrdinalIgnoreCase)];
        _sources = [.. _tables.SelectMany(table => table.Sources).Distinct().OrderBy(source => source.Name, StringComparer.OrdinalIgnoreCase)];
    }

    /// <summary>The tables, by name.</summary>
    public IReadOnlyList<MaintainedTable> Tables => _tables;

    /// <summary>
    /// True where rows of sources alone do not tell what the tables have become: rows of streams are not kept, and which were late
    /// depends on all that came before.
    /// </summary>
    public bool HaveHistory => _sources.Any(source => source.Rows is null) || _tables.Any(table => table.GoesByEventTime);

    /// <summary>Why they cannot be stored; null where they can.</summary>
    public string? WhyNotStored
    {
        get
        {
            if (_tables.FirstOrDefault(table => table.Failure is not null) is { } failed) { return $"table \"{failed.Name}\" is fresh no longer"; }

            if (_tables.FirstOrDefault(table => table.Stored is not { WhyNotStored: "" }) is { } refused)
            {
                return $"table \"{refused.Name}\": {refused.Stored?.WhyNotStored ?? "it was not loaded by this engine"}";
            }

            if (_tables.FirstOrDefault(table => table.ReadsOnce is not null) is { } reader)
            {
                return $"table \"{reader.Name}\" reads \"{reader.ReadsOnce}\", which is read once";
            }

            if (_sources.GroupBy(source => source.Name, StringComparer.OrdinalIgnoreCase).FirstOrDefault(same => same.Count() > 1) is { } twice)
            {
                return $"source \"{twice.Key}\" is read in several ways";
            }

            return _sources.FirstOrDefault(source => source.WhyNotStored is not null) is { } source
                ? $"source \"{source.Name}\" {source.WhyNotStored}"
                : null;
        }
    }

    /// <summary>The name under which such tables are stored; no table has it, unless in quotes.</summary>
    /// <param name="tables">Their names, in any order.</param>
    public static string NameOf(IEnumerable<string> tables) => $"live {tables.Order(StringComparer.OrdinalIgnoreCase).First()}";

    /// <summary>All tables, as they hang together.</summary>
    public static IReadOnlyList<TiedTables> Of(IEnumerable<MaintainedTable> tables)
    {
        var tied = new List<TiedTables>();
        List<MaintainedTable> left = [.. tables];
        while (left.Count > 0)
        {
            List<MaintainedTable> some = [left[0]];
            for (int member = 0; member < some.Count; member++)
            {
                some.AddRange(left.Where(table => !some.Contains(table) && AreTied(table, some[member])));
            }

            left.RemoveAll(some.Contains);
            tied.Add(new TiedTables(some));
        }

        return tied;
    }

    /// <summary>What they hold now. The state of operators is copied, rows of tables and changelogs are read later.</summary>
    /// <remarks>
    /// <code>
    /// header           sources with their positions; of each table its name and the digest of its operators
    /// of each source   event time by partition · how far event time has come, whether there are rows · the rows of a changelog
    /// of each table    number of sections · rows · the sections of its operators
    /// </code>
    /// </remarks>
    /// <param name="definitionOf">The digest of all of them, of their names and digests.</param>
    public CapturedTables Capture(Func<IEnumerable<(string Name, string Definition)>, string> definitionOf)
    {
        string definition = definitionOf(_tables.Select(table => (table.Name, table.Stored!.Definition)));
        var header = new SnapshotHeader(NameOf(_tables.Select(table => table.Name)), definition, new Schema([], []), 0, Guid.NewGuid())
        {
            Sources = [.. _sources.Select(source => source.StoredAt())],
            Inputs = [.. _tables.Select(table => new StoredInput(table.Name, table.Stored!.Plan))],
        };
        return new CapturedTables(
        [
            SnapshotPart.Of(header),
            .. _sources.SelectMany(PartsOf),
            .. _tables.SelectMany(PartsOf),
        ])
        {
            Marks = [.. _tables.SelectMany(table => table.Marks())],
        };
    }

    private static bool AreTied(MaintainedTable table, MaintainedTable other) =>
        table.Sources.Overlaps(other.Sources) || Reads(table, other) || Reads(other, table);

    private static bool Reads(MaintainedTable table, MaintainedTable other) =>
        table.Inputs.OfType<TableInput>().Any(input => input.Table == other);

    private static List<SnapshotPart> PartsOf(LiveSource source)
    {
        IReadOnlyList<PartitionTime> times = source.EventTime.Times;
        var state = new StateWriter();
        state.Add(
            StateWriter.Of([.. times.Select(time => (long)time.Partition)]),
            StateWriter.Of([.. times.Select(time => time.Time)]));
        state.AddRow(source.EventTime.Current, source.Rows is null ? 0 : 1);
        List<SnapshotPart> parts = [.. state.Sections.Select(SnapshotPart.Of)];
        if (source.Rows is { } rows) { parts.Add(SnapshotPart.Of(rows.Schema, rows.RowCount, rows.Scan())); }

        return parts;
    }

    private static List<SnapshotPart> PartsOf(MaintainedTable table)
    {
        var count = new StateWriter();
        var state = new StateWriter();
        table.Save(state);
        count.AddRow(state.Sections.Count);
        Tables.Table rows = table.Current;
        return
        [
            SnapshotPart.Of(count.Sections[0]),
            SnapshotPart.Of(rows.Schema, rows.RowCount, rows.Scan()),
            .. state.Sections.Select(SnapshotPart.Of),
        ];
    }
}
