using Ctas.Data;
using Ctas.Sources;

namespace Ctas.IntegrationTests.Kafka;

/// <summary>Reads a scan to its end and shows it as plain values.</summary>
internal static class ScanRows
{
    private static readonly TimeSpan HangGuard = TimeSpan.FromMinutes(2);

    /// <summary>Opens the source and returns its rows by partition order of arrival.</summary>
    public static async Task<List<object?[]>> ReadAllAsync(this ISource source, params SourceColumn[] columns)
    {
        await using ISourceScan scan = await source.OpenGuardedAsync(columns);
        return await scan.ReadRowsAsync();
    }

    public static async Task<ISourceScan> OpenGuardedAsync(this ISource source, params SourceColumn[] columns)
    {
        using var guard = new CancellationTokenSource(HangGuard);
        return await source.OpenAsync(new ScanRequest(columns.Length == 0 ? null : columns), guard.Token);
    }

    public static async Task<List<object?[]>> ReadRowsAsync(this ISourceScan scan)
    {
        using var guard = new CancellationTokenSource(HangGuard);
        var rows = new List<object?[]>();
        while (await scan.ReadAsync(guard.Token) is { } batch) { rows.AddRange(RowsOf(batch)); }

        return rows;
    }

    public static IEnumerable<object?[]> RowsOf(SourceBatch batch)
    {
        for (int row = 0; row < batch.Rows.RowCount; row++)
        {
            var values = new object?[batch.Rows.ColumnCount];
            for (int column = 0; column < values.Length; column++)
            {
                values[column] = batch.Rows[column].GetValue(row);
            }

            yield return values;
        }
    }
}
