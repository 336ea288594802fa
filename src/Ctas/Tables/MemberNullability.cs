using System.Reflection;

namespace Ctas.Tables;

/// <summary>Tells whether a member may be set to null. Single-threaded.</summary>
/// <remarks>
/// Value types say so themselves. Reference types say so by nullable annotations, which a trimmed application may
/// have lost: there every reference may be null.
/// </remarks>
internal sealed class MemberNullability
{
    private const string Switch = "System.Reflection.NullabilityInfoContext.IsSupported";

    private readonly NullabilityInfoContext? _annotations =
        AppContext.TryGetSwitch(Switch, out bool isSupported) && !isSupported ? null : new NullabilityInfoContext();

    /// <summary>True when null can be passed for the parameter.</summary>
    public bool AllowsNull(ParameterInfo parameter) => parameter.ParameterType.IsValueType
        ? Nullable.GetUnderlyingType(parameter.ParameterType) is not null
        : _annotations?.Create(parameter).WriteState != NullabilityState.NotNull;

    /// <summary>True when the property can be set to null.</summary>
    public bool AllowsNull(PropertyInfo property) => property.PropertyType.IsValueType
        ? Nullable.GetUnderlyingType(property.PropertyType) is not null
        : _annotations?.Create(property).WriteState != NullabilityState.NotNull;
}
