using Ctas.Data;
using Ctas.Execution.Kernels;
using Ctas.Planning;

namespace Ctas.Execution.State;

/// <summary>
/// Rows kept with their groups in the order of arrival: the shared arena of aggregates whose state is a list.
/// Single-threaded.
/// </summary>
internal sealed class GroupRows(IReadOnlyList<DataType> types)
{
    private RowBuffer _rows = new(types);
    private int[] _groups = [];

    /// <summary>Rows held.</summary>
    public int Count => _rows.Count;

    /// <summary>Bytes held.</summary>
    public long SizeInBytes => _rows.SizeInBytes + (_groups.Length * 4L);

    /// <summary>The group of each row.</summary>
    public ReadOnlySpan<int> Groups => _groups.AsSpan(0, Count);

    /// <summary>The rows; nothing is copied.</summary>
    public Batch View() => _rows.View();

    /// <summary>Appends all rows.</summary>
    public void Append(ReadOnlySpan<Column> columns, ReadOnlySpan<int> groups)
    {
        int end = Count + groups.Length;
        if (end > _groups.Length) { Array.Resize(ref _groups, Math.Max(end, _groups.Length * 2)); }

        groups.CopyTo(_groups.AsSpan(Count));
        _rows.Append(new Batch(columns.ToArray(), groups.Length));
    }

    /// <summary>Appends the rows whose first column is not NULL.</summary>
    public void AppendValues(ReadOnlySpan<Column> columns, ReadOnlySpan<int> groups)
    {
        if (columns[0].Validity is not { } validity)
        {
            Append(columns, groups);
            return;
        }

        var rows = new int[validity.CountSet()];
        int count = 0;
        for (int row = 0; row < groups.Length; row++)
        {
            if (validity[row]) { rows[count++] = row; }
        }

        AppendRows(columns, groups, rows);
    }

    /// <summary>Appends some of the rows.</summary>
    public void AppendRows(ReadOnlySpan<Column> columns, ReadOnlySpan<int> groups, ReadOnlySpan<int> rows)
    {
        var gathered = new Column[columns.Length];
        for (int column = 0; column < gathered.Length; column++) { gathered[column] = columns[column].Gather(rows); }

        var gatheredGroups = new int[rows.Length];
        for (int row = 0; row < rows.Length; row++) { gatheredGroups[row] = groups[rows[row]]; }

        Append(gathered, gatheredGroups);
    }

    /// <summary>Appends the rows of another part.</summary>
    public void Merge(GroupRows other, ReadOnlySpan<int> mapping)
    {
        var groups = new int[other.Count];
        for (int row = 0; row < groups.Length; row++) { groups[row] = mapping[other._groups[row]]; }

        Append(other.View().Columns, groups);
    }

    /// <summary>Keeps these rows only, in this order.</summary>
    public void Keep(ReadOnlySpan<int> rows)
    {
        Batch all = View();
        int[] groups = _groups;
        _rows = new RowBuffer(types);
        _groups = [];
        AppendRows(all.Columns, groups, rows);
    }

    /// <summary>The rows of each group together, in the order of arrival.</summary>
    public GroupedRows ByGroup(int groupCount) => ByGroup(RowNumbers.Ascending(Count), groupCount);

    /// <summary>The rows of each group together, by the first column; equal ones in the order of arrival.</summary>
    public GroupedRows ByGroupOrdered(int groupCount, bool isDescending)
    {
        Column first = View()[0];
        var key = new SortKey(new ColumnReference(0, first.Type), isDescending, NullsFirst: false);
        return ByGroup(SortOrder.Of(new Batch([first], Count), [key]), groupCount);
    }

    // Counting sort: rows of a group stay in the order in which they are given.
    private GroupedRows ByGroup(int[] order, int groupCount)
    {
        var starts = new int[groupCount + 1];
        foreach (int group in Groups) { starts[group + 1]++; }

        for (int group = 0; group < groupCount; group++) { starts[group + 1] += starts[group]; }

        var rows = new int[Count];
        int[] next = starts[..groupCount];
        foreach (int row in order) { rows[next[_groups[row]]++] = row; }

        return new GroupedRows(rows, starts);
    }
}

/// <summary>Row numbers by group.</summary>
/// <param name="Rows">Row numbers; those of group g are [<c>Starts[g]</c>, <c>Starts[g + 1]</c>).</param>
/// <param name="Starts">Where the rows of each group start; one more at the end.</param>
internal readonly record struct GroupedRows(int[] Rows, int[] Starts)
{
    /// <summary>The row numbers of a group.</summary>
    public Span<int> Of(int group) => Rows.AsSpan(Starts[group], Starts[group + 1] - Starts[group]);
}
