using Ctas.Data;

namespace Ctas.Execution.Incremental;

/// <summary>Tells a node with windows when to look for state of closed ones: once in a while, not in every tick.</summary>
/// <remarks>
/// A look costs O(rows held); there is one each time event time has moved on by the length of a window, so that state of
/// a closed window is kept for another length of it at most.
/// </remarks>
/// <param name="clock">How far event time has come.</param>
/// <param name="closing">Ordinal of the column that tells when a window closes.</param>
internal sealed class ClosedWindows(WindowClock clock, int closing)
{
    private long _nextLook = long.MinValue + 1;

    /// <summary>True when state of closed windows is to be freed; only then.</summary>
    public bool AreDue()
    {
        long closed = clock.ClosedUpTo;
        if (closed < _nextLook) { return false; }

        _nextLook = closed > long.MaxValue - clock.Window.Size ? long.MaxValue : closed + clock.Window.Size;
        return true;
    }

    /// <summary>The rows whose windows are closed.</summary>
    public int[] Of(ReadOnlySpan<Column> columns)
    {
        long closedUpTo = clock.ClosedUpTo;
        var rows = new List<int>();
        ReadOnlySpan<long> closings = ((FixedColumn<long>)columns[closing]).Values;
        for (int row = 0; row < closings.Length; row++)
        {
            if (closings[row] <= closedUpTo) { rows.Add(row); }
        }

        return [.. rows];
    }
}
