using System.Diagnostics.CodeAnalysis;
using System.Reflection;
using Ctas.Data;

namespace Ctas.Tables;

/// <summary>Makes records of STRUCTs by their constructor: fields match parameters as columns do. Immutable.</summary>
/// <remarks>
/// Constructors alone are used: where trimming took one away, that is an error and never a record that is half filled.
/// </remarks>
internal sealed class StructMapping
{
    private readonly ConstructorInvoker _constructor;
    private readonly MappedMember?[] _arguments;
    private readonly object?[] _defaults;

    private StructMapping(ConstructorInfo constructor, MappedMember?[] arguments)
    {
        _constructor = ConstructorInvoker.Create(constructor);
        _arguments = arguments;
        _defaults = [.. constructor.GetParameters().Select(parameter => parameter.DefaultValue)];
    }

    /// <summary>A mapping to the type; null when no constructor takes fields of the STRUCT.</summary>
    /// <param name="table">The table, for messages.</param>
    /// <param name="type">The STRUCT.</param>
    /// <param name="target">The record.</param>
    /// <exception cref="InvalidOperationException">A parameter cannot hold its field.</exception>
    public static StructMapping? For(string table, DataType type, Type target)
    {
        var fields = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
        for (int ordinal = 0; ordinal < type.Fields.Count; ordinal++)
        {
            _ = fields.TryAdd(RowMapping.Plain(type.Fields[ordinal].Name), ordinal);
        }

        bool IsField(ParameterInfo parameter) => fields.ContainsKey(RowMapping.Plain(parameter.Name!));
        ConstructorInfo? constructor = Constructors(target)
            .OrderByDescending(candidate => candidate.GetParameters().Length)
            .FirstOrDefault(candidate => candidate.GetParameters().Any(IsField)
                && candidate.GetParameters().All(parameter => IsField(parameter) || parameter.HasDefaultValue));
        if (constructor is null) { return null; }

        var schema = new Schema([.. type.Fields.Select(field => new Field(field.Name, field.Type))]);
        var nullability = new MemberNullability();
        return new StructMapping(constructor, [.. constructor.GetParameters().Select(parameter => IsField(parameter)
            ? new MappedMember(
                table,
                schema,
                fields[RowMapping.Plain(parameter.Name!)],
                target,
                parameter.Name!,
                parameter.ParameterType,
                nullability.AllowsNull(parameter))
            : null)]);
    }

    /// <summary>The record of a STRUCT in its boxed form.</summary>
    /// <exception cref="InvalidOperationException">A field is NULL, and its parameter cannot hold null.</exception>
    public object Map(object value)
    {
        var fields = (OrderedDictionary<string, object?>)value;
        var arguments = new object?[_arguments.Length];
        for (int i = 0; i < arguments.Length; i++)
        {
            arguments[i] = _arguments[i] is { } member ? member.Convert(fields.GetAt(member.Ordinal).Value) : _defaults[i];
        }

        return _constructor.Invoke(arguments.AsSpan());
    }

    [UnconditionalSuppressMessage(
        "Trimming", "IL2070", Justification = "A constructor that was trimmed away is reported as one that is missing.")]
    private static ConstructorInfo[] Constructors(Type type) => type.GetConstructors();
}
