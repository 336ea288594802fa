using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using System.Runtime.CompilerServices;
using Ctas.Data;

namespace Ctas.Tables;

/// <summary>Makes functions that turn rows into records and classes, by reflection without generated code.</summary>
/// <remarks>
/// The constructor taken is the one with most parameters that all have a column; further columns go to settable
/// properties. A parameter with a default value may lack a column; a property may, unless it is <c>required</c>.
/// </remarks>
internal static class RowMapping
{
    /// <summary>What a trimmed application must keep of a type that rows are mapped to.</summary>
    public const DynamicallyAccessedMemberTypes NeededMembers =
        DynamicallyAccessedMemberTypes.PublicConstructors | DynamicallyAccessedMemberTypes.PublicProperties;

    /// <summary>A function for rows of the schema.</summary>
    /// <exception cref="InvalidOperationException">A member has no column, or one of a type it cannot hold.</exception>
    public static Func<Row, T> Create<[DynamicallyAccessedMembers(NeededMembers)] T>(string table, Schema schema)
    {
        var columns = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        for (int ordinal = 0; ordinal < schema.Fields.Count; ordinal++)
        {
            _ = columns.TryAdd(Plain(schema.Fields[ordinal].Name), ordinal);
        }

        ConstructorInfo constructor = FindConstructor<T>(table, schema, columns);
        RequireRequiredProperties<T>(constructor, table, schema, columns);
        var nullability = new MemberNullability();
        MappedMember Member(string name, Type type, bool allowsNull) =>
            new(table, schema, columns[Plain(name)], typeof(T), name, type, allowsNull);
        MappedMember?[] arguments = [.. constructor.GetParameters().Select(parameter =>
            columns.ContainsKey(Plain(parameter.Name!))
                ? Member(parameter.Name!, parameter.ParameterType, nullability.AllowsNull(parameter))
                : null)];
        object?[] defaults = [.. constructor.GetParameters().Select(parameter => parameter.DefaultValue)];
        (PropertyInfo Property, MappedMember Member)[] properties =
            [.. FindProperties<T>(constructor, columns).Select(property =>
                (property, Member(property.Name, property.PropertyType, nullability.AllowsNull(property))))];
        var invoker = ConstructorInvoker.Create(constructor);
        return row => Map<T>(row, invoker, arguments, defaults, properties);
    }

    /// <summary>A name as members and columns are matched by it, but for case.</summary>
    public static string Plain(string name) => name.Replace("_", "", StringComparison.Ordinal);

    private static T Map<T>(
        Row row,
        ConstructorInvoker constructor,
        MappedMember?[] arguments,
        object?[] defaults,
        (PropertyInfo Property, MappedMember Member)[] properties)
    {
        var values = new object?[arguments.Length];
        for (int argument = 0; argument < values.Length; argument++)
        {
            values[argument] = arguments[argument] is { } member ? member.Read(row) : defaults[argument];
        }

        object mapped = constructor.Invoke(values.AsSpan());
        foreach ((PropertyInfo property, MappedMember member) in properties)
        {
            property.SetValue(mapped, member.Read(row));
        }

        return (T)mapped;
    }

    private static ConstructorInfo FindConstructor<[DynamicallyAccessedMembers(NeededMembers)] T>(
        string table, Schema schema, Dictionary<string, int> columns)
    {
        ConstructorInfo[] constructors =
            [.. typeof(T).GetConstructors().OrderByDescending(constructor => constructor.GetParameters().Length)];
        ConstructorInfo? fitting = constructors.FirstOrDefault(constructor =>
            constructor.GetParameters().All(parameter =>
                columns.ContainsKey(Plain(parameter.Name!)) || parameter.HasDefaultValue));
        if (fitting is not null) { return fitting; }

        string lacking = constructors.Length == 0
            ? "it has no public constructor"
            : $"there is no column for parameter \"{constructors[0].GetParameters().First(parameter =>
                !columns.ContainsKey(Plain(parameter.Name!)) && !parameter.HasDefaultValue).Name}\" of its constructor";
        throw CannotRead<T>(table, schema, lacking);
    }

    private static void RequireRequiredProperties<[DynamicallyAccessedMembers(NeededMembers)] T>(
        ConstructorInfo constructor, string table, Schema schema, Dictionary<string, int> columns)
    {
        if (constructor.IsDefined(typeof(SetsRequiredMembersAttribute))) { return; }

        PropertyInfo? lacking = typeof(T).GetProperties().FirstOrDefault(property =>
            property.IsDefined(typeof(RequiredMemberAttribute)) && !columns.ContainsKey(Plain(property.Name)));
        if (lacking is not null)
        {
            throw CannotRead<T>(table, schema, $"there is no column for its required property \"{lacking.Name}\"");
        }
    }

    private static InvalidOperationException CannotRead<T>(string table, Schema schema, string lacking) =>
        new($"Rows of table \"{table}\" cannot be read as {typeof(T).Name}: {lacking}. The columns are ({schema}).");

    private static IEnumerable<PropertyInfo> FindProperties<[DynamicallyAccessedMembers(NeededMembers)] T>(
        ConstructorInfo constructor, Dictionary<string, int> columns)
    {
        var taken = constructor.GetParameters().Select(parameter => Plain(parameter.Name!))
            .ToHashSet(StringComparer.OrdinalIgnoreCase);
        return typeof(T).GetProperties().Where(property => property.SetMethod is { IsPublic: true }
            && property.GetIndexParameters().Length == 0
            && !taken.Contains(Plain(property.Name))
            && columns.ContainsKey(Plain(property.Name)));
    }
}
