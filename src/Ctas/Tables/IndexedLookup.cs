using Ctas.Data;
using Ctas.Tables.Indexes;

namespace Ctas.Tables;

/// <summary>Lookups of many keys, and of rows by other columns than the key: by value, by range, by prefix.</summary>
/// <remarks>
/// Every call reads one version. A search by a column uses an index that begins with it (<c>CREATE INDEX ON t (column)</c>,
/// or <c>AddIndex</c> of the builder) at O(log n + rows found); without one it looks at every row. Rows with NULL in the
/// column are never found.
/// </remarks>
public static class IndexedLookup
{
    /// <summary>Looks up many rows by VARCHAR key; allocates nothing.</summary>
    /// <param name="table">The table.</param>
    /// <param name="keys">The keys.</param>
    /// <param name="rows">A place for each; left as it is where no row has the key.</param>
    /// <param name="found">Says of each whether a row has the key.</param>
    /// <returns>How many have one.</returns>
    /// <exception cref="ArgumentException">There is not a place for each, or the key is of another type.</exception>
    public static int GetMany(this ITable table, ReadOnlySpan<string> keys, Span<Row> rows, Span<bool> found) =>
        GetMany(table, keys, rows, found, static (ITable version, in string key, out Row row) => version.TryGet(key, out row));

    /// <summary>Looks up many rows by INT or BIGINT key; allocates nothing.</summary>
    /// <inheritdoc cref="GetMany(ITable, ReadOnlySpan{string}, Span{Row}, Span{bool})"/>
    public static int GetMany(this ITable table, ReadOnlySpan<long> keys, Span<Row> rows, Span<bool> found) =>
        GetMany(table, keys, rows, found, static (ITable version, in long key, out Row row) => version.TryGet(key, out row));

    /// <summary>Looks up many rows by keys of any type and number of columns.</summary>
    /// <inheritdoc cref="GetMany(ITable, ReadOnlySpan{string}, Span{Row}, Span{bool})"/>
    public static int GetMany(this ITable table, ReadOnlySpan<TableKey> keys, Span<Row> rows, Span<bool> found) =>
        GetMany(table, keys, rows, found, static (ITable version, in TableKey key, out Row row) => version.TryGet(in key, out row));

    /// <summary>The rows with a value in a column.</summary>
    /// <exception cref="ArgumentException">There is no such column, or the value does not fit it.</exception>
    public static IEnumerable<Row> FindRows(this ITable table, string column, KeyValue value) =>
        FindRows(table, [column], [value]);

    /// <summary>The rows with some values in some columns.</summary>
    /// <exception cref="ArgumentException">There is no such column, or a value does not fit its column.</exception>
    public static IEnumerable<Row> FindRows(this ITable table, IReadOnlyList<string> columns, IReadOnlyList<KeyValue> values)
    {
        ArgumentNullException.ThrowIfNull(columns);
        ArgumentNullException.ThrowIfNull(values);
        if (columns.Count == 0 || columns.Count != values.Count)
        {
            throw new ArgumentException("A search needs as many values as columns, and at least one.", nameof(values));
        }

        Table version = Version(table);
        return values.Any(value => value.Kind == KeyValueKind.Null)
            ? []
            : Search(version, new ColumnSearch(OrdinalsOf(version, columns), [.. values]));
    }

    /// <summary>The rows whose value in a column lies in [from, to), sorted by it.</summary>
    /// <param name="table">The table.</param>
    /// <param name="column">The column.</param>
    /// <param name="from">First value, inclusive; NULL: no bound.</param>
    /// <param name="to">Last value, exclusive; NULL: no bound.</param>
    /// <exception cref="ArgumentException">There is no such column, or a bound does not fit it.</exception>
    public static IEnumerable<Row> Range(this ITable table, string column, KeyValue from, KeyValue to)
    {
        Table version = Version(table);
        return Search(
            version, new ColumnSearch(OrdinalsOf(version, [column]), []) { Lower = from, IncludesLower = true, Upper = to });
    }

    /// <summary>The rows whose text in a column begins so, sorted by it.</summary>
    /// <exception cref="ArgumentException">There is no such column, or it holds no text.</exception>
    public static IEnumerable<Row> Prefix(this ITable table, string column, string prefix)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        Table version = Version(table);
        int[] ordinals = OrdinalsOf(version, [column]);
        if (version.Schema.Fields[ordinals[0]].Type.Kind != DataTypeKind.Varchar)
        {
            throw new ArgumentException($"Column \"{column}\" of table \"{version.Name}\" holds no text.", nameof(column));
        }

        return Search(version, new ColumnSearch(ordinals, [prefix]) { IsPrefix = true });
    }

    private static IEnumerable<Row> Search(Table version, ColumnSearch search)
    {
        IReadOnlyList<int> rows = IndexSearch.Find(version, search);
        return rows.Select(row => new Row(version.Store, row));
    }

    private static int[] OrdinalsOf(Table version, IReadOnlyList<string> columns)
    {
        int[] ordinals = [.. columns.Select(version.Schema.IndexOf)];
        for (int column = 0; column < ordinals.Length; column++)
        {
            if (ordinals[column] < 0)
            {
                throw new ArgumentException($"Table \"{version.Name}\" has no column \"{columns[column]}\".", nameof(columns));
            }

            DataType type = version.Schema.Fields[ordinals[column]].Type;
            if (!SortPrefix.CanSort(type))
            {
                throw new ArgumentException(
                    $"Column \"{columns[column]}\" of table \"{version.Name}\" has type {type}, which cannot be searched.", nameof(columns));
            }
        }

        return ordinals;
    }

    private static Table Version(ITable table)
    {
        ArgumentNullException.ThrowIfNull(table);
        return table.Snapshot() as Table
            ?? throw new ArgumentException($"Table \"{table.Name}\" is not one that the engine has loaded.", nameof(table));
    }

    private static int GetMany<TKey>(
        ITable table, ReadOnlySpan<TKey> keys, Span<Row> rows, Span<bool> found, Lookup<TKey> lookup)
    {
        ArgumentNullException.ThrowIfNull(table);
        if (rows.Length < keys.Length || found.Length < keys.Length)
        {
            throw new ArgumentException($"{keys.Length} keys need as many places for rows and answers.", nameof(rows));
        }

        ITable version = table.Snapshot();
        int count = 0;
        for (int key = 0; key < keys.Length; key++)
        {
            found[key] = lookup(version, in keys[key], out Row row);
            if (!found[key]) { continue; }

            rows[key] = row;
            count++;
        }

        return count;
    }

    private delegate bool Lookup<TKey>(ITable version, in TKey key, out Row row);
}
