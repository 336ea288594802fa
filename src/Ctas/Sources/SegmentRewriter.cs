using Ctas.Data;

namespace Ctas.Sources;

/// <summary>Copies the live rows of sparse segments together, leaves the others as they are, and keeps the order.</summary>
/// <remarks>Strings of small pools stay in them; those of large ones are copied, so that dead strings can be freed.</remarks>
internal sealed class SegmentRewriter(Schema schema)
{
    private const int SegmentRows = 8192;
    private const int SmallPoolBytes = 1 << 20;

    private readonly List<StagedSegment> _result = [];
    private readonly StringPool?[] _freshPools = new StringPool?[schema.Fields.Count];
    private readonly List<bool> _keyless = [];
    private ColumnBuilder[]? _builders;

    /// <summary>Takes the next segment.</summary>
    public void Add(StagedSegment segment)
    {
        if (segment.LiveRows == 0) { return; }

        if (!segment.IsSparse && segment.Rows.RowCount >= SegmentRows / 4)
        {
            Flush();
            _result.Add(segment);
            return;
        }

        Batch rows = SchemaUnion.Convert(segment.Rows, segment.Schema, schema);
        ReadOnlySpan<int> live = segment.Selection() is { } selection ? selection.Span : [.. Enumerable.Range(0, rows.RowCount)];
        ColumnBuilder[] builders = BuildersFor(rows);
        for (int ordinal = 0; ordinal < builders.Length; ordinal++)
        {
            foreach (int row in live) { builders[ordinal].AppendFrom(rows[ordinal], row); }
        }

        // Rows that came before the source had a key are keyless from now on.
        bool isKeyless = schema.HasKey && !segment.Schema.HasKey;
        foreach (int row in live) { _keyless.Add(isKeyless || segment.IsKeyless(row)); }

        if (_keyless.Count >= SegmentRows) { Flush(); }
    }

    /// <summary>All segments.</summary>
    public IReadOnlyList<StagedSegment> Finish()
    {
        Flush();
        return _result;
    }

    private void Flush()
    {
        if (_builders is null || _keyless.Count == 0) { return; }

        Bitmap? keyless = null;
        for (int row = 0; row < _keyless.Count; row++)
        {
            if (!_keyless[row]) { continue; }

            keyless ??= new Bitmap(_keyless.Count);
            keyless[row] = true;
        }

        Column[] columns = [.. _builders.Select(builder => builder.Finish())];
        _result.Add(new StagedSegment(schema, new Batch(columns, _keyless.Count), keyless));
        _keyless.Clear();
    }

    private ColumnBuilder[] BuildersFor(Batch rows)
    {
        bool fits = _builders is not null;
        var pools = new StringPool?[rows.Columns.Length];
        for (int ordinal = 0; ordinal < pools.Length; ordinal++)
        {
            pools[ordinal] = rows[ordinal] is StringColumn strings ? PoolFor(ordinal, strings.Pool) : null;
            fits = fits && ReferenceEquals(pools[ordinal], (_builders![ordinal] as StringColumnBuilder)?.Pool);
        }

        if (fits) { return _builders!; }

        Flush();
        _builders = [.. schema.Fields.Select((field, ordinal) => ColumnBuilder.Create(field.Type, pools[ordinal]))];
        return _builders;
    }

    // Codes of key columns are what keys are numbered by, so their pool stays. A pool that stays belongs to the reader:
    // nothing is added to it.
    private StringPool PoolFor(int ordinal, StringPool pool)
    {
        // A column of NULLs looks into no pool at all.
        if (pool.Count == 0 && _builders?[ordinal] is StringColumnBuilder current) { return current.Pool; }

        if (pool.SizeInBytes <= SmallPoolBytes || schema.Key.Contains(ordinal)) { return pool; }

        return _freshPools[ordinal] ??= new StringPool(isInterned: true);
    }
}
