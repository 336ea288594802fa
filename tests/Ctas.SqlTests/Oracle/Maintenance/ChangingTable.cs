using Ctas.Data;

namespace Ctas.SqlTests.Oracle.Maintenance;

/// <summary>A table whose rows change at random, tick by tick.</summary>
internal sealed class ChangingTable(OracleTable table, Random random)
{
    private readonly List<object?[]> _rows = [];
    private List<object?[]> _before = [];
    private int _nextKey = 100;

    public OracleTable Table => table;

    /// <summary>The rows now.</summary>
    public Batch Rows => ToBatch(_rows);

    /// <summary>The first changes: all rows that the table starts with.</summary>
    public List<ChangeBatch> Start()
    {
        _rows.AddRange(table.Rows);
        return [.. table.Batches(random).Select(batch => new ChangeBatch(batch))];
    }

    /// <summary>Random changes: insertions, deletions and updates, some of them undone in the same tick.</summary>
    public List<ChangeBatch> Change()
    {
        _before = [.. _rows];
        var changes = new List<(object?[] Row, int Weight)>();
        for (int count = random.Next(4) == 0 ? random.Next(12) : random.Next(3); count > 0; count--)
        {
            switch (random.Next(10))
            {
                case < 4: Insert(NewRow(), changes); break;
                case < 6: Delete(changes); break;
                case 6 when _rows.Count > 0 && !table.HasKey: Insert([.. _rows[random.Next(_rows.Count)]], changes); break;
                case 7: DeleteMany(changes); break;
                default: Update(changes); break;
            }
        }

        return Batches(changes);
    }

    /// <summary>Takes the changes of the last tick back.</summary>
    public void Undo()
    {
        _rows.Clear();
        _rows.AddRange(_before);
    }

    private void Insert(object?[] row, List<(object?[] Row, int Weight)> changes)
    {
        _rows.Add(row);
        changes.Add((row, 1));
    }

    private void Delete(List<(object?[] Row, int Weight)> changes)
    {
        if (_rows.Count == 0) { return; }

        int row = random.Next(_rows.Count);
        changes.Add((_rows[row], -1));
        _rows.RemoveAt(row);
    }

    private void DeleteMany(List<(object?[] Row, int Weight)> changes)
    {
        if (random.Next(3) > 0) { return; }

        for (int count = random.Next(_rows.Count + 1); count > 0; count--) { Delete(changes); }
    }

    private void Update(List<(object?[] Row, int Weight)> changes)
    {
        if (_rows.Count == 0) { return; }

        int row = random.Next(_rows.Count);
        object?[] updated = [.. _rows[row]];
        int column = random.Next(table.HasKey ? 1 : 0, updated.Length);
        updated[column] = OracleTable.Value(random, table.Columns[column], 6);
        changes.Add((_rows[row], -1));
        changes.Add((updated, 1));
        _rows[row] = updated;
    }

    // Half of the rows share all but one value with a row that there is: groups and joins meet them.
    private object?[] NewRow()
    {
        object?[] row = _rows.Count > 0 && random.Next(2) == 0
            ? [.. _rows[random.Next(_rows.Count)]]
            : [.. table.Columns.Select(tag => OracleTable.Value(random, tag, 6))];
        int column = random.Next(row.Length);
        row[column] = OracleTable.Value(random, table.Columns[column], 6);
        if (table.HasKey) { row[0] = _nextKey++; }

        return row;
    }

    private List<ChangeBatch> Batches(List<(object?[] Row, int Weight)> changes)
    {
        var batches = new List<ChangeBatch>();
        for (int start = 0; start < changes.Count;)
        {
            List<(object?[] Row, int Weight)> part = changes.GetRange(start, Math.Min(random.Next(1, 6), changes.Count - start));
            int[] weights = [.. part.Select(change => change.Weight)];
            batches.Add(new ChangeBatch(
                ToBatch([.. part.Select(change => change.Row)]), Selection: null, weights.All(w => w == 1) ? null : weights));
            start += part.Count;
        }

        return batches;
    }

    private Batch ToBatch(List<object?[]> rows) => new(
        [.. table.Columns.Select((tag, i) => OracleTable.Build(tag.Type, rows.Select(row => row[i])))], rows.Count);
}
