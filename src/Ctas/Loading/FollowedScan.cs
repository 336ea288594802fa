using Ctas.Data;
using Ctas.Maintenance;
using Ctas.Sources;
using Ctas.Tables;
using Ctas.Tables.Snapshots;
using Ctas.Tables.Versions;

namespace Ctas.Loading;

/// <summary>A scan that has ended, and what is needed to follow its source from there.</summary>
/// <param name="Scan">The scan; equal for the tables that share it, which then share what follows.</param>
/// <param name="Source">The source.</param>
/// <param name="Staged">What a changelog held at the end; null for a source that only appends.</param>
internal sealed record FollowedScan(SharedScan Scan, ITailSource Source, StagedTable? Staged)
{
    /// <summary>Makes one of a scan that has been read to its end.</summary>
    /// <exception cref="SourceException">The source cannot be followed.</exception>
    public static FollowedScan Of(SharedScan scan, ITailSource source, StagedTable? staged)
    {
        SourceDefinition definition = source.Definition;
        if (definition.NullKey == NullKeyPolicy.Append && definition.Mode != ReadMode.Append)
        {
            throw Refused(definition, "rows without a key under null_key = 'append' cannot be told apart later; use 'error' or 'skip'");
        }

        if (definition.Columns is null && staged is { Schema.Fields.Count: 0 })
        {
            throw Refused(definition, "it is empty, so that its columns are not known; declare them");
        }

        return new FollowedScan(scan, source, staged);
    }

    /// <summary>What there was when the scan was opened, where it ended before that; empty where it did not.</summary>
    public IReadOnlyList<PartitionOffset> LogEnds =>
    [
        .. Scan.Partitions.Where(partition => partition.LogEnd is not null)
            .Select(partition => new PartitionOffset(partition.Id, partition.LogEnd!.Value)),
    ];

    /// <summary>What to follow.</summary>
    public SourceToFollow Follow()
    {
        SourceDefinition definition = Source.Definition;
        Schema schema = SchemaOf(Scan, Staged);
        IReadOnlyList<SourceColumn> columns = Scan.Request.Columns ?? Inferred(schema);
        var request = new TailRequest(
            definition with
            {
                Columns = definition.Columns ?? [.. columns.Where(column => column.Role is SourceColumnRole.Value or SourceColumnRole.Key)],
                Mode = schema.HasKey ? ReadMode.Changelog : ReadMode.Append,
                MaxRecords = null,
            },
            new ScanRequest(columns) { TellsNewFields = definition.Columns is null },
            [.. Scan.Partitions.Select(partition => new PartitionOffset(partition.Id, partition.Range.End))])
        {
            Identity = Scan.Identity,
        };
        return new SourceToFollow(Source, request, schema, schema.HasKey ? Changelog(schema) : null)
        {
            LogEnds = LogEnds,
            NewestTimes = Scan.GetStatistics()?.NewestTimes ?? [],
            Starts = [.. Scan.Partitions.Select(partition => new PartitionOffset(partition.Id, Scan.StartOf(partition)))],
            EventTime = Scan.Stored?.EventTime,
            Stored = StoredWithTables(),
            WhyNotStored = WhyNotStored,
            Header = Staged is null ? null : Scan.Followed?.Header(Scan, Staged, schema),
        };
    }

    // A column that has held nothing but NULL has no type yet, and would get one by being stored.
    private bool IsSettled => Staged is null || SchemaUnion.AreSame(Staged.Inferred, Staged.Schema);

    private string? WhyNotStored =>
        Scan.Share is not null ? "is shared out by a group"
        : Scan.Identity is null ? "cannot be read on later"
        : Source.Definition.Start.Kind == StartKind.Latest ? "starts at its end"
        : Source.Definition.Columns is null && !IsSettled ? "has columns that have held nothing but NULL"
        : null;

    private StoredSource? StoredWithTables() => WhyNotStored is not null ? null : new StoredSource(
        Source.Definition.Name,
        Scan.Identity!,
        Source.Definition.Columns is null ? Staged!.Inferred : null,
        [.. Scan.Partitions.Select(partition => new StoredPartition(partition.Id, partition.Name, Scan.StartOf(partition), partition.Range.End))])
    {
        ReadAt = Scan.ReadAt,
    };

    private static SourceException Refused(SourceDefinition definition, string reason) => new(
        definition.Name, $"source \"{definition.Name}\" cannot be followed: {reason}", isTransient: false);

    /// <summary>The columns that were found, as if they had been declared.</summary>
    private static SourceColumn[] Inferred(Schema schema) =>
    [
        .. schema.Fields.Select((field, ordinal) => schema.Key.Contains(ordinal)
            ? new SourceColumn(field.Name, field.Type, SourceColumnRole.Key)
            : SourceSchemas.PseudoColumns.FirstOrDefault(
                    pseudo => string.Equals(pseudo.Name, field.Name, StringComparison.OrdinalIgnoreCase))
                ?? new SourceColumn(field.Name, field.Type)),
    ];

    /// <summary>The columns that are followed: those that were found, else, of a source that holds nothing yet or only appends, those asked for.</summary>
    public static Schema SchemaOf(SharedScan scan, StagedTable? staged) =>
        staged is { Schema.Fields.Count: > 0 } || scan.Request.Columns is not { } columns
            ? staged!.Schema
            : Declared(columns, scan.Definition.Mode);

    private static Schema Declared(IReadOnlyList<SourceColumn> columns, ReadMode mode)
    {
        int[] key = mode == ReadMode.Changelog
            ? [.. Enumerable.Range(0, columns.Count).Where(ordinal => columns[ordinal].Role == SourceColumnRole.Key)]
            : [];
        return new Schema(columns.Select(column => new Field(column.Name, column.Type)), key);
    }

    private TableWriter Changelog(Schema schema)
    {
        TableWriter writer = TableWriter.Create(TableModel.Standard, Source.Definition.Name, schema);
        foreach (ChangeBatch rows in Staged!.Batches) { writer.Apply(rows); }

        writer.Publish();
        return writer;
    }
}
