using Ctas.Data;

namespace Ctas.Sources;

/// <summary>The keys that the records of a changelog name, tombstones included, as often as they do. Single-threaded.</summary>
internal sealed class TouchedKeys
{
    private readonly List<(Schema Schema, Batch Rows)> _keys = [];

    /// <summary>Takes in the next batch of a scan; records without a key name none.</summary>
    public void Add(SourceBatch batch)
    {
        if (!batch.Schema.HasKey) { return; }

        int[] ordinals = [.. batch.Schema.Key];
        Batch keys = batch.Rows.Select(ordinals);
        if (batch.Keyless is { } keyless) { keys = keys.Gather(RowsWithout(keyless)); }

        Schema schema = new(ordinals.Select(ordinal => batch.Schema.Fields[ordinal]));
        _keys.Add((schema, keys));
    }

    /// <summary>The keys, with the key columns of the final schema in key order.</summary>
    public IReadOnlyList<Batch> Finish(Schema final)
    {
        var schema = new Schema(final.Key.Select(ordinal => final.Fields[ordinal]));
        return [.. _keys.Select(keys => SchemaUnion.Convert(keys.Rows, keys.Schema, schema))];
    }

    private static int[] RowsWithout(Bitmap keyless) =>
        [.. Enumerable.Range(0, keyless.Length).Where(row => !keyless[row])];
}
