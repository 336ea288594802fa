using Ctas.Data;
using Ctas.Sources;
using Ctas.Tables;

namespace Ctas.Maintenance;

/// <summary>What leads from one table to another with the same key: the changes that a follower of the first has to be told.</summary>
internal static class RowDifferences
{
    /// <summary>
    /// Keys that are gone, retracted, then rows that are new or other ones, inserted; a row that is the same in both is left
    /// out. Cost O(rows of both); of the first, 16 bytes a row are held meanwhile.
    /// </summary>
    /// <remarks>A retracted row has values in its key columns only, as the second table has them.</remarks>
    /// <param name="before">The first table.</param>
    /// <param name="after">The second; its key has columns of the same types, its other columns may be others.</param>
    public static IEnumerable<ChangeBatch> Between(Table before, Table after)
    {
        KeyIndex former = IndexOf(before);
        if (Gone(before, after, former) is { } gone) { yield return gone; }

        bool hasSameColumns = before.Schema == after.Schema;
        KeyLayout rows = new(after.Schema.WithKey([.. after.Shape.AllColumns]));
        foreach (Batch batch in after.Scan())
        {
            var selection = new List<int>();
            for (int row = 0; row < batch.RowCount; row++)
            {
                int number = NumberOf(before, former, after.Shape.Keys, batch, row);
                bool isSame = number >= 0 && hasSameColumns && rows.AreEqual(batch, row, before.Store, number);
                if (!isSame) { selection.Add(row); }
            }

            if (selection.Count > 0) { yield return new ChangeBatch(batch.Gather([.. selection])); }
        }
    }

    /// <summary>True when keys of the one can be told in terms of the other.</summary>
    public static bool CanCompare(Schema before, Schema after) =>
        before.HasKey && after.HasKey && Key(before).SequenceEqual(Key(after));

    private static IEnumerable<(string Name, DataType Type, int Ordinal)> Key(Schema schema) =>
        schema.Key.Select(ordinal => (schema.Fields[ordinal].Name.ToUpperInvariant(), schema.Fields[ordinal].Type, ordinal));

    private static KeyIndex IndexOf(Table table)
    {
        var index = new KeyIndex((int)table.RowCount);
        foreach (int row in table.LiveRows()) { index.Add(table.Shape.Keys.Hash(table.Store, row), row); }

        return index;
    }

    private static ChangeBatch? Gone(Table before, Table after, KeyIndex former)
    {
        var kept = new HashSet<int>();
        foreach (Batch batch in after.Scan())
        {
            for (int row = 0; row < batch.RowCount; row++)
            {
                int number = NumberOf(before, former, after.Shape.Keys, batch, row);
                if (number >= 0) { kept.Add(number); }
            }
        }

        int[] gone = [.. before.LiveRows().Where(row => !kept.Contains(row))];
        if (gone.Length == 0) { return null; }

        Batch keys = TableRows.Gather(before.Store, gone, new OrdinalList([.. before.Schema.Key]));
        return new ChangeBatch(WithKeysOnly(keys, after.Schema), Selection: null, [.. Enumerable.Repeat(-1, gone.Length)]);
    }

    private static Batch WithKeysOnly(Batch keys, Schema schema) => new(
        [
            .. schema.Fields.Select((field, ordinal) => schema.Key.ToList().IndexOf(ordinal) is >= 0 and var part
                ? keys[part]
                : ColumnWidening.Nulls(field.Type, keys.RowCount)),
        ],
        keys.RowCount);

    private static int NumberOf(Table table, KeyIndex index, KeyLayout keys, Batch rows, int row)
    {
        for (KeyProbe probe = index.Probe(keys.Hash(rows, row)); probe.MoveNext();)
        {
            if (keys.AreEqual(rows, row, table.Store, probe.Row)) { return probe.Row; }
        }

        return -1;
    }
}
