using Ctas.Data;

namespace Ctas.Tables;

/// <summary>A constructor parameter or property and the column it takes its value from. Immutable.</summary>
internal sealed class MappedMember
{
    private readonly string _table;
    private readonly Field _field;
    private readonly int _ordinal;
    private readonly string _owner;
    private readonly string _name;
    private readonly Type _target;
    private readonly bool _allowsNull;

    /// <exception cref="InvalidOperationException">The member cannot hold values of the column.</exception>
    public MappedMember(
        string table, Schema schema, int ordinal, Type owner, string name, Type type, bool allowsNull)
    {
        _table = table;
        _field = schema.Fields[ordinal];
        _ordinal = ordinal;
        _owner = owner.Name;
        _name = name;
        _target = Nullable.GetUnderlyingType(type) ?? type;
        _allowsNull = allowsNull;
        if (!CanHold(_target, _field.Type.Kind))
        {
            throw new InvalidOperationException(
                $"Column \"{_field.Name}\" of table \"{table}\" is {_field.Type} and does not fit into "
                + $"{_owner}.{name}, which is {_target.Name}.");
        }
    }

    /// <summary>The value of the column in the type of the member.</summary>
    /// <exception cref="InvalidOperationException">It is NULL, and the member cannot hold null.</exception>
    public object? Read(Row row)
    {
        if (row[_ordinal] is { } value) { return Convert(value); }

        return _allowsNull ? null : throw new InvalidOperationException(
            $"Column \"{_field.Name}\" of table \"{_table}\" is NULL, and {_owner}.{_name} cannot hold null.");
    }

    private static bool CanHold(Type target, DataTypeKind kind) => target == typeof(object) || kind switch
    {
        DataTypeKind.Boolean => target == typeof(bool),
        DataTypeKind.Int => target == typeof(int) || target == typeof(long) || target == typeof(double)
            || target == typeof(decimal),
        DataTypeKind.BigInt => target == typeof(long) || target == typeof(decimal),
        DataTypeKind.Double => target == typeof(double),
        DataTypeKind.Decimal => target == typeof(decimal),
        DataTypeKind.Varchar or DataTypeKind.Null => target == typeof(string),
        DataTypeKind.Bytes => target == typeof(byte[]),
        DataTypeKind.Date => target == typeof(DateOnly),
        DataTypeKind.Time => target == typeof(TimeOnly),
        DataTypeKind.Timestamp => target == typeof(DateTime) || target == typeof(DateTimeOffset),
        DataTypeKind.Interval => target == typeof(Interval),
        _ => false,
    };

    private object Convert(object value) => value switch
    {
        int number when _target == typeof(long) => (long)number,
        int number when _target == typeof(double) => (double)number,
        int number when _target == typeof(decimal) => (decimal)number,
        long number when _target == typeof(decimal) => (decimal)number,
        DateTime time when _target == typeof(DateTimeOffset) => new DateTimeOffset(time),
        string digits when _target == typeof(decimal) => throw new InvalidOperationException(
            $"Column \"{_field.Name}\" of table \"{_table}\" is {digits}, which {_owner}.{_name} cannot hold."),
        _ => value,
    };
}
