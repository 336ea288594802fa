using Ctas.Data.Host;

namespace Ctas;

/// <summary>Describes the columns of the rows that a table function of the host application gives.</summary>
/// <typeparam name="TRow">A row: a record, a tuple, any type.</typeparam>
public sealed class TableFunctionColumns<TRow>
{
    private readonly List<HostColumn<TRow>> _columns = [];

    internal TableFunctionColumns()
    {
    }

    internal IReadOnlyList<HostColumn<TRow>> All => _columns;

    /// <summary>Adds the next column.</summary>
    /// <param name="name">Its name, where SQL gives none: <c>FROM f(x) AS t(a, b)</c>.</param>
    /// <param name="value">The value of a row.</param>
    /// <returns>The same columns.</returns>
    /// <exception cref="ArgumentException">
    /// The type is none that functions can return, or there is a column of that name.
    /// </exception>
    public TableFunctionColumns<TRow> Add<TValue>(string name, Func<TRow, TValue> value)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(value);
        if (_columns.Exists(column => string.Equals(column.Name, name, StringComparison.OrdinalIgnoreCase)))
        {
            throw new ArgumentException($"There is a column \"{name}\" already.", nameof(name));
        }

        _columns.Add(new HostColumn<TRow, TValue>(name, HostTypes.Of<TValue>(), value));
        return this;
    }
}
