using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Ctas.Data;

namespace Ctas.Tables;

/// <summary>What all versions of a table share: its name, its columns and its key. Safe for any number of threads.</summary>
internal sealed class TableShape(string name, Schema schema)
{
    private readonly ConcurrentDictionary<Type, object> _mappers = new();

    /// <summary>The table's name.</summary>
    public string Name => name;

    /// <summary>The columns and the key.</summary>
    public Schema Schema => schema;

    /// <summary>How keys are hashed and compared.</summary>
    public KeyLayout Keys { get; } = new(schema);

    /// <summary>Every ordinal in order.</summary>
    public OrdinalList AllColumns { get; } = new([.. Enumerable.Range(0, schema.Fields.Count)]);

    /// <summary>Held while an index is added to a version.</summary>
    public Lock Indexing { get; } = new();

    /// <inheritdoc cref="ITable.GetMapper"/>
    public Func<Row, T> GetMapper<[DynamicallyAccessedMembers(RowMapping.NeededMembers)] T>()
    {
        if (_mappers.TryGetValue(typeof(T), out object? known)) { return (Func<Row, T>)known; }

        Func<Row, T> mapper = RowMapping.Create<T>(name, schema);
        return (Func<Row, T>)_mappers.GetOrAdd(typeof(T), mapper);
    }

    /// <summary>Holds that a batch has the columns of the table.</summary>
    /// <exception cref="ArgumentException">It has others.</exception>
    public void RequireColumns(Batch rows)
    {
        bool fits = rows.ColumnCount == schema.Fields.Count;
        for (int ordinal = 0; fits && ordinal < rows.ColumnCount; ordinal++)
        {
            DataType wanted = schema.Fields[ordinal].Type;
            fits = rows[ordinal].Type.Kind == wanted.Kind && rows[ordinal].Type.Scale == wanted.Scale;
        }

        if (fits) { return; }

        string given = string.Join(", ", rows.Columns.ToArray().Select(column => column.Type.ToString()));
        throw new ArgumentException(
            $"Table \"{name}\" has columns ({schema}), the rows have ({given}).", nameof(rows));
    }

    /// <summary>Holds that no key column of rows [start, end) is NULL.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="start">First row, inclusive.</param>
    /// <param name="end">Last row, exclusive.</param>
    /// <param name="numbered">What the first of them is counted as in the message.</param>
    /// <exception cref="TableDataException">One is.</exception>
    public void RequireKeys(Batch rows, int start, int end, long numbered)
    {
        foreach (int ordinal in Keys.Ordinals)
        {
            if (rows[ordinal].Validity is null) { continue; }

            for (int row = start; row < end; row++)
            {
                if (!rows[ordinal].IsNull(row)) { continue; }

                string column = schema.Fields[ordinal].Name;
                throw new TableDataException(name, column,
                    $"NULL in key column \"{column}\" of table \"{name}\" at row {numbered + row - start}");
            }
        }
    }
}
