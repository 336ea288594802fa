namespace Ctas.SqlTests.Oracle.Maintenance;

/// <summary>What comes in one tick.</summary>
/// <param name="EventTime">How far event time has come with it.</param>
/// <param name="Changes">Rows that come and go, by table; of a stream the last value is its time.</param>
internal sealed record EventStep(long EventTime, IReadOnlyDictionary<string, List<(object?[] Row, int Weight)>> Changes);

/// <summary>Random rows of streams, out of order around a time that goes on, and of a table.</summary>
/// <param name="tables">The streams <c>s</c> and <c>r</c>, and the table <c>t</c>.</param>
/// <param name="scale">Microseconds in which windows and waits are measured.</param>
/// <param name="hasRetractions">True to take rows of streams back now and then.</param>
/// <param name="random">The dice.</param>
internal sealed class EventHistory(IReadOnlyList<OracleTable> tables, long scale, bool hasRetractions, Random random)
{
    private const int Parts = 8;

    // 2020-01-01
    private const long Epoch = 1_577_836_800_000_000;

    private readonly Dictionary<string, List<object?[]>> _there = tables.ToDictionary(table => table.Name, _ => new List<object?[]>());
    private long _eventTime = long.MinValue;

    /// <summary>The next tick.</summary>
    public EventStep Next(int tick)
    {
        // Parts of the scale, so that bounds are met exactly.
        long now = Epoch - (Epoch % scale) + (tick * scale * random.Next(2, 12) / Parts);
        var changes = tables.ToDictionary(table => table.Name, table => Changes(table, now));
        if (random.Next(4) > 0) { _eventTime = Math.Max(_eventTime, now - (random.Next(3 * Parts) * scale / Parts)); }

        return new EventStep(_eventTime, changes);
    }

    private List<(object?[] Row, int Weight)> Changes(OracleTable table, long now)
    {
        List<(object?[] Row, int Weight)> changes = [];
        for (int count = random.Next(8); count > 0; count--)
        {
            object? time = random.Next(20) == 0 ? null : now + ((random.Next(5 * Parts) - (4 * Parts)) * scale / Parts);
            object?[] values = [.. table.Columns.Select(tag => OracleTable.Value(random, tag, 6))];
            object?[] row = IsStream(table) ? [.. values, time] : values;
            changes.Add((row, 1));
            _there[table.Name].Add(row);
        }

        for (int count = hasRetractions || !IsStream(table) ? random.Next(3) : 0; count > 0 && _there[table.Name].Count > 0; count--)
        {
            int gone = random.Next(_there[table.Name].Count);
            changes.Add((_there[table.Name][gone], -1));
            _there[table.Name].RemoveAt(gone);
        }

        return changes;
    }

    /// <summary>True for a table to whose columns a time is added.</summary>
    public static bool IsStream(OracleTable table) => table.Name != "t";
}
