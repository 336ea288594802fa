using Ctas.Data;
using Ctas.Tables;

namespace Ctas.Tests.Maintenance;

/// <summary>Waits for what live tables hold.</summary>
internal static class LiveRows
{
    private static readonly TimeSpan HangGuard = TimeSpan.FromMinutes(2);

    /// <summary>Waits until a condition on one moment of the registry holds; the last moment is in the error.</summary>
    public static async Task<RegistrySnapshot> UntilAsync(this TableRegistry registry, Func<RegistrySnapshot, bool> condition)
    {
        while (true)
        {
            Task changed = registry.Changed;
            RegistrySnapshot snapshot = registry.Snapshot();
            if (condition(snapshot)) { return snapshot; }

            try { await changed.WaitAsync(HangGuard); }
            catch (TimeoutException)
            {
                string tables = string.Join("; ", snapshot.Tables.Select(table =>
                    $"{table.Name} {table.State} {table.Failure?.Message}: {(table.RowCount < 50 ? string.Join(" ", RowsOf(snapshot, table.Name)) : table.RowCount)}"));
                throw new TimeoutException($"The tables never came to it: {tables}");
            }
        }
    }

    /// <summary>Waits until a table holds exactly these rows, written as <c>(value, …)</c>, in any order.</summary>
    public static Task UntilRowsAsync(this TableRegistry registry, string table, params string[] rows) =>
        registry.UntilAsync(snapshot => RowsOf(snapshot, table).Order(StringComparer.Ordinal).SequenceEqual(rows.Order(StringComparer.Ordinal)));

    /// <summary>The rows of a table, written as <c>(value, …)</c>.</summary>
    public static IEnumerable<string> RowsOf(RegistrySnapshot snapshot, string table) =>
        snapshot.TryGet(table, out ITable? found) ? found.Rows.Select(row => row.ToString()) : [];
}
