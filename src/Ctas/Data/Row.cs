using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Ctas.Data.Nested;

namespace Ctas.Data;

/// <summary>A view of one row. A value of two words: copying it copies no data. Safe for many readers.</summary>
/// <remarks>The row stays what it was when it was looked up, also when its table is replaced meanwhile.</remarks>
public readonly struct Row
{
    private readonly RowStore _store;
    private readonly int _row;

    /// <summary>A view of row <paramref name="row"/> of <paramref name="store"/>.</summary>
    public Row(RowStore store, int row)
    {
        _store = store;
        _row = row;
    }

    /// <summary>The row's number in its store.</summary>
    internal int Number => _row;

    /// <summary>Number of columns.</summary>
    public int ColumnCount => _store.ColumnCount;

    /// <summary>The columns with their names; null for a row of a batch, which knows types only.</summary>
    public Schema? Schema => _store.Schema;

    /// <summary>The boxed value at an ordinal, null for NULL; forms as at <see cref="Column.GetValue"/>.</summary>
    public object? this[int ordinal] => _store.GetValue(_row, ordinal);

    /// <summary>The boxed value of a column by name, ignoring case; null for NULL. Cost O(columns).</summary>
    /// <exception cref="ArgumentException">There is no such column, or the row is one of a batch.</exception>
    public object? this[string column] => _store.GetValue(_row, OrdinalOf(column));

    /// <summary>True when the value is NULL.</summary>
    public bool IsNull(int ordinal) => _store.IsNull(_row, ordinal);

    /// <summary>The value of a fixed-width column, in its form at <see cref="Column"/>; default for NULL.</summary>
    /// <exception cref="InvalidCastException">The column is not stored as <typeparamref name="T"/>.</exception>
    public T Get<T>(int ordinal)
        where T : unmanaged
    {
        PhysicalType wanted = PhysicalTypes.Of<T>();
        if (_store.FormOf(ordinal) != wanted) { ThrowWrongType(wanted, _store.TypeOf(ordinal)); }

        // The type tests are constants to the JIT: one branch is left.
        if (typeof(T) == typeof(bool)) { return As<bool, T>(_store.GetInt64(_row, ordinal) != 0); }

        if (typeof(T) == typeof(int)) { return As<int, T>((int)_store.GetInt64(_row, ordinal)); }

        if (typeof(T) == typeof(long)) { return As<long, T>(_store.GetInt64(_row, ordinal)); }

        if (typeof(T) == typeof(double)) { return As<double, T>(_store.GetDouble(_row, ordinal)); }

        return typeof(T) == typeof(Int128)
            ? As<Int128, T>(_store.GetInt128(_row, ordinal))
            : As<Interval, T>(_store.GetInterval(_row, ordinal));
    }

    /// <summary>The bytes of a VARCHAR or BYTES value, empty for NULL; valid as long as the table.</summary>
    /// <remarks>
    /// No copy where the table keeps the bytes as they are. A compact table may keep them compressed; then they are
    /// decompressed into a new array: <see cref="CopyBytes"/> takes the caller's buffer instead.
    /// </remarks>
    /// <exception cref="InvalidCastException">The column is neither VARCHAR nor BYTES.</exception>
    public ReadOnlySpan<byte> GetBytes(int ordinal)
    {
        RequireBytes(ordinal);
        return _store.GetBytes(_row, ordinal);
    }

    /// <summary>Copies the bytes of a VARCHAR or BYTES value; nothing for NULL. Allocates nothing.</summary>
    /// <returns>The bytes written; −1, and nothing written, when they do not fit.</returns>
    /// <exception cref="InvalidCastException">The column is neither VARCHAR nor BYTES.</exception>
    public int CopyBytes(int ordinal, Span<byte> destination)
    {
        RequireBytes(ordinal);
        return _store.CopyBytes(_row, ordinal, destination);
    }

    /// <summary>The string of a VARCHAR value, null for NULL; allocates.</summary>
    /// <exception cref="InvalidCastException">The column is neither VARCHAR nor BYTES.</exception>
    public string? GetString(int ordinal)
    {
        RequireBytes(ordinal);
        return IsNull(ordinal) ? null : _store.GetString(_row, ordinal);
    }

    /// <summary>
    /// <c>(value, …)</c> for display, the same in every culture: nested values as JSON, times and intervals as ISO 8601 has them, BYTES in base64.
    /// </summary>
    public override string ToString()
    {
        Row row = this;
        return $"({string.Join(", ", Enumerable.Range(0, ColumnCount).Select(row.TextOf))})";
    }

    private void RequireBytes(int ordinal)
    {
        DataType type = _store.TypeOf(ordinal);
        if (type.IsNested || PhysicalTypes.Of(type) != PhysicalType.Bytes) { ThrowWrongType(PhysicalType.Bytes, type); }
    }

    private string TextOf(int ordinal)
    {
        DataType type = _store.TypeOf(ordinal);
        return type.IsNested && !IsNull(ordinal)
            ? Encoding.UTF8.GetString(new NestedJson().Write(ValueShape.Of(type), _store.GetBytes(_row, ordinal)))
            : TextOf(this[ordinal]);
    }

    private static string TextOf(object? value) => value switch
    {
        null => "NULL",
        bool flag => flag ? "true" : "false",
        DateTime time => time.ToString("yyyy-MM-dd HH:mm:ss.FFFFFF", CultureInfo.InvariantCulture),
        DateOnly date => date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture),
        TimeOnly time => time.ToString("HH:mm:ss.FFFFFF", CultureInfo.InvariantCulture),
        Interval interval => IsoInterval.Write(interval),
        byte[] bytes => Convert.ToBase64String(bytes),
        IFormattable number => number.ToString(format: null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };

    private static TTo As<TFrom, TTo>(TFrom value)
        where TFrom : unmanaged
        where TTo : unmanaged => Unsafe.As<TFrom, TTo>(ref value);

    private static void ThrowWrongType(PhysicalType wanted, DataType type) =>
        throw new InvalidCastException($"A column of type {type} cannot be read as {wanted}.");

    private int OrdinalOf(string column)
    {
        int ordinal = _store.Schema?.IndexOf(column) ?? -1;
        if (ordinal >= 0) { return ordinal; }

        string columns = string.Join(", ", _store.Schema?.Fields.Select(field => field.Name) ?? []);
        throw new ArgumentException($"There is no column \"{column}\" among ({columns}).", nameof(column));
    }
}
