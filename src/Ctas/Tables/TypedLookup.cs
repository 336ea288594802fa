using System.Diagnostics.CodeAnalysis;
using Ctas.Data;

namespace Ctas.Tables;

/// <summary>Lookups that give records or classes instead of rows: <c>orders.Get&lt;Order&gt;("o-17")</c>.</summary>
/// <remarks>Members are matched as at <see cref="ITable.GetMapper"/>, once per table and type.</remarks>
public static class TypedLookup
{
    /// <summary>The row with the key as a <typeparamref name="T"/>.</summary>
    /// <exception cref="KeyNotFoundException">No row has the key.</exception>
    public static T Get<[DynamicallyAccessedMembers(RowMapping.NeededMembers)] T>(this ITable table, string key) =>
        table.TryGet(key, out Row row) ? table.GetMapper<T>()(row) : throw NoRow(table, (KeyValue)key);

    /// <summary>The row with the key as a <typeparamref name="T"/>.</summary>
    /// <exception cref="KeyNotFoundException">No row has the key.</exception>
    public static T Get<[DynamicallyAccessedMembers(RowMapping.NeededMembers)] T>(this ITable table, long key) =>
        table.TryGet(key, out Row row) ? table.GetMapper<T>()(row) : throw NoRow(table, (KeyValue)key);

    /// <summary>The row with the key as a <typeparamref name="T"/>.</summary>
    /// <exception cref="KeyNotFoundException">No row has the key.</exception>
    public static T Get<[DynamicallyAccessedMembers(RowMapping.NeededMembers)] T>(this ITable table, in TableKey key) =>
        table.TryGet(key, out Row row) ? table.GetMapper<T>()(row) : throw NoRow(table, key);

    /// <summary>The row with the key as a <typeparamref name="T"/>.</summary>
    /// <returns>False when no row has the key.</returns>
    public static bool TryGet<[DynamicallyAccessedMembers(RowMapping.NeededMembers)] T>(
        this ITable table, string key, [MaybeNullWhen(false)] out T value) =>
        Map(table, table.TryGet(key, out Row row), row, out value);

    /// <summary>The row with the key as a <typeparamref name="T"/>.</summary>
    /// <returns>False when no row has the key.</returns>
    public static bool TryGet<[DynamicallyAccessedMembers(RowMapping.NeededMembers)] T>(
        this ITable table, long key, [MaybeNullWhen(false)] out T value) =>
        Map(table, table.TryGet(key, out Row row), row, out value);

    /// <summary>The row with the key as a <typeparamref name="T"/>.</summary>
    /// <returns>False when no row has the key.</returns>
    public static bool TryGet<[DynamicallyAccessedMembers(RowMapping.NeededMembers)] T>(
        this ITable table, in TableKey key, [MaybeNullWhen(false)] out T value) =>
        Map(table, table.TryGet(key, out Row row), row, out value);

    private static bool Map<[DynamicallyAccessedMembers(RowMapping.NeededMembers)] T>(
        ITable table, bool isFound, Row row, [MaybeNullWhen(false)] out T value)
    {
        value = isFound ? table.GetMapper<T>()(row) : default;
        return isFound;
    }

    private static KeyNotFoundException NoRow(ITable table, object key) =>
        new($"Table \"{table.Name}\" has no row with key {key}.");
}
