using System.Globalization;
using Ctas.Data;

namespace Ctas.SqlTests.Oracle.Maintenance;

/// <summary>What a reader of a change stream has: changes applied to a multiset of rows, which none may leave below 0.</summary>
internal sealed class MaintainedRows
{
    private Dictionary<string, (object?[] Row, int Count)> _rows = [];

    /// <summary>All rows, each as often as it is there.</summary>
    public List<object?[]> Rows => [.. _rows.Values.SelectMany(entry => Enumerable.Repeat(entry.Row, entry.Count))];

    /// <summary>Applies the changes of a tick; null, or what is wrong with them.</summary>
    public string? Apply(IReadOnlyList<ChangeBatch> changes)
    {
        var rows = new Dictionary<string, (object?[] Row, int Count)>(_rows);
        var inserted = new HashSet<string>();
        foreach (ChangeBatch batch in changes.Select(batch => batch.Densify()))
        {
            for (int row = 0; row < batch.Count; row++)
            {
                int weight = batch.Weights is null ? 1 : batch.Weights[row];
                object?[] values = [.. Enumerable.Range(0, batch.Rows.ColumnCount).Select(c => batch.Rows[c].GetValue(row))];
                string key = Key(values);
                int count = rows.GetValueOrDefault(key).Count + weight;
                if (weight is not (1 or -1)) { return $"weight {weight}"; }

                if (count < 0) { return $"retracted a row that is not there: {key}"; }

                if (weight < 0 && inserted.Contains(key)) { return $"inserted and retracted in one tick: {key}"; }

                if (weight > 0) { inserted.Add(key); }

                rows[key] = ([.. values.Select(ComparableValue.Of)], count);
                if (count == 0) { rows.Remove(key); }
            }
        }

        _rows = rows;
        return null;
    }

    // Every bit counts: what is retracted is what was inserted.
    private static string Key(object?[] row) => string.Join('\u0001', row.Select(value => value switch
    {
        null => "\u0002",
        double it => BitConverter.DoubleToInt64Bits(it).ToString("x", CultureInfo.InvariantCulture),
        Interval it => it.ToString(),
        var it => ComparableValue.Show(ComparableValue.Of(it)),
    }));
}
