using Ctas.Data;

namespace Ctas.Tables;

/// <summary>A constructor parameter or property and the column it takes its value from. Immutable.</summary>
internal sealed class MappedMember
{
    private readonly string _table;
    private readonly Field _field;
    private readonly string _owner;
    private readonly string _name;
    private readonly Type _target;
    private readonly bool _allowsNull;
    private readonly Func<object, object>? _collection;

    /// <exception cref="InvalidOperationException">The member cannot hold values of the column.</exception>
    public MappedMember(
        string table, Schema schema, int ordinal, Type owner, string name, Type type, bool allowsNull)
    {
        _table = table;
        _field = schema.Fields[ordinal];
        _owner = owner.Name;
        _name = name;
        _target = Nullable.GetUnderlyingType(type) ?? type;
        _allowsNull = allowsNull;
        Ordinal = ordinal;
        bool isStruct = _field.Type.Kind == DataTypeKind.Struct && !CanHold(_target, _field.Type);
        if (isStruct && StructMapping.For(table, _field.Type, _target) is { } mapping)
        {
            _collection = mapping.Map;
            return;
        }

        bool isCollection = _target != typeof(object) && _field.Type.Kind is DataTypeKind.Array or DataTypeKind.Map;
        if (isCollection) { _collection = CollectionMapping.For(_target, _field.Type); }

        if (isCollection ? _collection is null : !CanHold(_target, _field.Type))
        {
            throw new InvalidOperationException(
                $"Column \"{_field.Name}\" of table \"{table}\" is {_field.Type} and does not fit into "
                + $"{_owner}.{name}, which is {_target.Name}.{NestedHint(_field.Type)}");
        }
    }

    /// <summary>Position of the column, or of the field of a STRUCT.</summary>
    public int Ordinal { get; }

    /// <summary>The value of the column in the type of the member.</summary>
    /// <exception cref="InvalidOperationException">It is NULL, and the member cannot hold null.</exception>
    public object? Read(Row row) => Convert(row[Ordinal]);

    /// <summary>A value of the column in the type of the member.</summary>
    /// <exception cref="InvalidOperationException">It is NULL, and the member cannot hold null.</exception>
    public object? Convert(object? boxed)
    {
        if (boxed is { } value) { return _collection is null ? ConvertScalar(value) : Collect(value); }

        return _allowsNull ? null : throw new InvalidOperationException(
            $"Column \"{_field.Name}\" of table \"{_table}\" is NULL, and {_owner}.{_name} cannot hold null.");
    }

    /// <summary>True when a member of the type holds the values of a column, without those of collections.</summary>
    public static bool CanHold(Type target, DataType type) => target == typeof(object) || type.Kind switch
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
        DataTypeKind.Struct => target.IsAssignableFrom(typeof(OrderedDictionary<string, object?>)),
        _ => false,
    };

    /// <summary>A scalar in a type that can hold it.</summary>
    public static object Convert(object value, Type target) => value switch
    {
        int number when target == typeof(long) => (long)number,
        int number when target == typeof(double) => (double)number,
        int number when target == typeof(decimal) => (decimal)number,
        long number when target == typeof(decimal) => (decimal)number,
        DateTime time when target == typeof(DateTimeOffset) => new DateTimeOffset(time),
        string digits when target == typeof(decimal) => throw new InvalidOperationException(
            $"A value is {digits}, which decimal cannot hold."),
        _ => value,
    };

    private object ConvertScalar(object value) => value is string digits && _target == typeof(decimal)
        ? throw new InvalidOperationException(
            $"Column \"{_field.Name}\" of table \"{_table}\" is {digits}, which {_owner}.{_name} cannot hold.")
        : Convert(value, _target);

    private object Collect(object value)
    {
        try
        {
            return _collection!(value);
        }
        catch (InvalidOperationException e)
        {
            throw new InvalidOperationException(
                $"Column \"{_field.Name}\" of table \"{_table}\" does not fit into {_owner}.{_name}: {e.Message}", e);
        }
    }

    private static string NestedHint(DataType type) => type.Kind switch
    {
        DataTypeKind.Array => " An ARRAY of scalars fits arrays, lists and IReadOnlyList of them, any ARRAY object?[].",
        DataTypeKind.Map => " A MAP of scalars fits dictionaries by string, int or long, any MAP object.",
        DataTypeKind.Struct =>
            " A STRUCT fits a record whose constructor takes its fields, and IReadOnlyDictionary<string, object?>.",
        _ => "",
    };
}
