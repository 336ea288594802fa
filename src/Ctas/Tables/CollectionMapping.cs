using Ctas.Data;

namespace Ctas.Tables;

/// <summary>
/// Makes arrays, lists and dictionaries of a member's own type from boxed ARRAYs and MAPs. Immutable.
/// </summary>
/// <remarks>
/// The element types are known here one by one, so that nothing has to be made by reflection: the .NET forms of the
/// scalar types, and their nullable forms.
/// </remarks>
internal abstract class CollectionMapping
{
    private static readonly CollectionMapping[] Mappings =
    [
        new ElementMapping<string>(), new ElementMapping<object>(), new ElementMapping<byte[]>(),
        new ElementMapping<bool>(), new ElementMapping<bool?>(), new ElementMapping<int>(), new ElementMapping<int?>(),
        new ElementMapping<long>(), new ElementMapping<long?>(), new ElementMapping<double>(),
        new ElementMapping<double?>(), new ElementMapping<decimal>(), new ElementMapping<decimal?>(),
        new ElementMapping<DateOnly>(), new ElementMapping<DateOnly?>(), new ElementMapping<TimeOnly>(),
        new ElementMapping<TimeOnly?>(), new ElementMapping<DateTime>(), new ElementMapping<DateTime?>(),
        new ElementMapping<DateTimeOffset>(), new ElementMapping<DateTimeOffset?>(), new ElementMapping<Interval>(),
        new ElementMapping<Interval?>(),
    ];

    /// <summary>The type of the elements, or of the values of a dictionary.</summary>
    protected abstract Type Element { get; }

    /// <summary>A function from the boxed form to the member's type; null when the member cannot hold the type.</summary>
    public static Func<object, object>? For(Type target, DataType type)
    {
        if (target.IsAssignableFrom(typeof(object?[])) && type.Kind == DataTypeKind.Array) { return value => value; }

        foreach (CollectionMapping mapping in Mappings)
        {
            if (!MappedMember.CanHold(Nullable.GetUnderlyingType(mapping.Element) ?? mapping.Element, type.Element!))
            {
                continue;
            }

            if ((type.Kind == DataTypeKind.Array ? mapping.List(target) : mapping.Dictionary(target, type)) is { } map)
            {
                return map;
            }
        }

        return null;
    }

    protected abstract Func<object, object>? List(Type target);

    protected abstract Func<object, object>? Dictionary(Type target, DataType type);

    private sealed class ElementMapping<T> : CollectionMapping
    {
        protected override Type Element => typeof(T);

        protected override Func<object, object>? List(Type target)
        {
            if (target.IsAssignableFrom(typeof(T[]))) { return value => Array.ConvertAll((object?[])value, Convert<T>); }

            return target == typeof(List<T>)
                ? value => new List<T>(Array.ConvertAll((object?[])value, Convert<T>))
                : null;
        }

        protected override Func<object, object>? Dictionary(Type target, DataType type) => type.Key!.Kind switch
        {
            DataTypeKind.Varchar => Dictionary<string>(target),
            DataTypeKind.Int => Dictionary<int>(target) ?? Dictionary<long>(target),
            DataTypeKind.BigInt => Dictionary<long>(target),
            _ => null,
        };

        private static Func<object, object>? Dictionary<TKey>(Type target)
            where TKey : notnull
        {
            if (!target.IsAssignableFrom(typeof(Dictionary<TKey, T>))) { return null; }

            return value => ((IReadOnlyDictionary<object, object?>)value).ToDictionary(
                entry => Convert<TKey>(entry.Key), entry => Convert<T>(entry.Value));
        }
    }

    private static T Convert<T>(object? value)
    {
        if (value is null)
        {
            return default(T) is null ? default! : throw new InvalidOperationException(
                $"An element is NULL, which {typeof(T).Name} cannot hold: take {typeof(T).Name}?.");
        }

        return (T)MappedMember.Convert(value, Nullable.GetUnderlyingType(typeof(T)) ?? typeof(T));
    }
}
