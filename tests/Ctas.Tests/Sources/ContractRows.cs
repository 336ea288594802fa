using Ctas.Data;
using Ctas.Sources;
using FluentAssertions.Execution;

namespace Ctas.Tests.Sources;

/// <summary>Everything one scan delivered.</summary>
public sealed class ContractRows
{
    private readonly List<(SourceBatch Batch, int Row)> _rows = [];

    private ContractRows(ISourceScan scan) => Partitions = scan.Partitions;

    /// <summary>The partitions of the scan.</summary>
    public IReadOnlyList<SourcePartition> Partitions { get; }

    /// <summary>The schema of each batch.</summary>
    public List<Schema> Schemas { get; } = [];

    /// <summary>The rows as boxed values, tombstones included.</summary>
    public IReadOnlyList<object?[]> Rows => [.. _rows.Select(at => Values(at.Batch, at.Row))];

    /// <summary>The statistics behind the last batch.</summary>
    public ScanStatistics Statistics { get; private set; } = null!;

    /// <summary>Reads a scan to its end.</summary>
    public static async Task<ContractRows> ReadAsync(ISourceScan scan)
    {
        var rows = new ContractRows(scan);
        while (await scan.ReadAsync(CancellationToken.None) is { } batch)
        {
            rows.Schemas.Add(batch.Schema);
            for (int row = 0; row < batch.Rows.RowCount; row++) { rows._rows.Add((batch, row)); }
        }

        rows.Statistics = scan.GetStatistics();
        return rows;
    }

    /// <summary>The values of one column, null where a batch has none.</summary>
    public IReadOnlyList<object?> Named(string column) =>
    [
        .. _rows.Select(at => at.Batch.Schema.IndexOf(column) is int ordinal and >= 0
            ? at.Batch.Rows[ordinal].GetValue(at.Row)
            : null),
    ];

    /// <summary>What is left when later rows of a key replace earlier ones and tombstones delete; rows without a key stay.</summary>
    public IReadOnlyList<object?[]> Compacted()
    {
        var latest = new OrderedDictionary<string, object?[]>();
        int keyless = 0;
        foreach ((SourceBatch batch, int row) in _rows)
        {
            bool isKeyless = batch.Keyless is not null && batch.Keyless[row];
            object?[] values = Values(batch, row);
            string key = isKeyless
                ? $"keyless {keyless++}"
                : string.Join('|', batch.Schema.Key.Select(ordinal => values[ordinal]));
            latest.Remove(key);
            if (batch.Tombstones is null || !batch.Tombstones[row]) { latest.Add(key, values); }
        }

        return [.. latest.Values];
    }

    /// <summary>Compares all rows, in order.</summary>
    public void Should(params object?[][] expected)
    {
        using var scope = new AssertionScope();
        Rows.Should().HaveCount(expected.Length);
        for (int row = 0; row < Math.Min(expected.Length, Rows.Count); row++)
        {
            Rows[row].Should().BeEquivalentTo(expected[row], options => options.WithStrictOrdering(), "row {0} is", row);
        }
    }

    private static object?[] Values(SourceBatch batch, int row) =>
        [.. Enumerable.Range(0, batch.Schema.Fields.Count).Select(ordinal => batch.Rows[ordinal].GetValue(row))];
}
