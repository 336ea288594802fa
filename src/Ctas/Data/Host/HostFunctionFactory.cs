using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace Ctas.Data.Host;

/// <summary>Makes functions of delegates. Arguments and results are not boxed, save those of untyped delegates.</summary>
/// <param name="allowsNull">Tells whether a parameter is declared to take null.</param>
/// <param name="rows">How the result is a SQL value, when its type alone does not say it.</param>
internal sealed class HostFunctionFactory(Func<ParameterInfo, bool> allowsNull, HostType? rows = null)
{
    public HostFunction Make<TResult>(string name, Func<TResult> function) =>
        Of<TResult>(name, function, (_, _) => function());

    public HostFunction Make<T1, TResult>(string name, Func<T1, TResult> function)
    {
        Func<Column, int, T1> first = HostTypes.Of<T1>().Read;
        return Of<TResult>(
            name, function, (columns, row) => function(first(columns[0], row)), HostTypes.Of<T1>());
    }

    public HostFunction Make<T1, T2, TResult>(string name, Func<T1, T2, TResult> function)
    {
        Func<Column, int, T1> first = HostTypes.Of<T1>().Read;
        Func<Column, int, T2> second = HostTypes.Of<T2>().Read;
        return Of<TResult>(
            name,
            function,
            (columns, row) => function(first(columns[0], row), second(columns[1], row)),
            HostTypes.Of<T1>(),
            HostTypes.Of<T2>());
    }

    public HostFunction Make<T1, T2, T3, TResult>(
        string name, Func<T1, T2, T3, TResult> function)
    {
        Func<Column, int, T1> first = HostTypes.Of<T1>().Read;
        Func<Column, int, T2> second = HostTypes.Of<T2>().Read;
        Func<Column, int, T3> third = HostTypes.Of<T3>().Read;
        return Of<TResult>(
            name,
            function,
            (columns, row) => function(first(columns[0], row), second(columns[1], row), third(columns[2], row)),
            HostTypes.Of<T1>(),
            HostTypes.Of<T2>(),
            HostTypes.Of<T3>());
    }

    public HostFunction Make<T1, T2, T3, T4, TResult>(
        string name, Func<T1, T2, T3, T4, TResult> function)
    {
        Func<Column, int, T1> first = HostTypes.Of<T1>().Read;
        Func<Column, int, T2> second = HostTypes.Of<T2>().Read;
        Func<Column, int, T3> third = HostTypes.Of<T3>().Read;
        Func<Column, int, T4> fourth = HostTypes.Of<T4>().Read;
        return Of<TResult>(
            name,
            function,
            (columns, row) => function(
                first(columns[0], row), second(columns[1], row), third(columns[2], row), fourth(columns[3], row)),
            HostTypes.Of<T1>(),
            HostTypes.Of<T2>(),
            HostTypes.Of<T3>(),
            HostTypes.Of<T4>());
    }

    public HostFunction Make<T1, T2, T3, T4, T5, TResult>(
        string name, Func<T1, T2, T3, T4, T5, TResult> function)
    {
        Func<Column, int, T1> first = HostTypes.Of<T1>().Read;
        Func<Column, int, T2> second = HostTypes.Of<T2>().Read;
        Func<Column, int, T3> third = HostTypes.Of<T3>().Read;
        Func<Column, int, T4> fourth = HostTypes.Of<T4>().Read;
        Func<Column, int, T5> fifth = HostTypes.Of<T5>().Read;
        return Of<TResult>(
            name,
            function,
            (columns, row) => function(
                first(columns[0], row),
                second(columns[1], row),
                third(columns[2], row),
                fourth(columns[3], row),
                fifth(columns[4], row)),
            HostTypes.Of<T1>(),
            HostTypes.Of<T2>(),
            HostTypes.Of<T3>(),
            HostTypes.Of<T4>(),
            HostTypes.Of<T5>());
    }

    /// <summary>A function of any delegate of up to five parameters, of types known while compiling only to its author.</summary>
    [RequiresDynamicCode("Makes generic methods for the delegate's types; typed overloads do not need to.")]
    [RequiresUnreferencedCode("Makes generic methods for the delegate's types; typed overloads do not need to.")]
    public HostFunction Make(string name, Delegate function)
    {
        MethodInfo method = function.Method;
        ParameterInfo[] parameters = function.GetType().GetMethod("Invoke")!.GetParameters();
        Type[] types = [.. parameters.Select(parameter => parameter.ParameterType), method.ReturnType];
        foreach (Type type in types) { HostTypes.Of(type); }

        MethodInfo make = typeof(HostFunctionFactory).GetMethods().FirstOrDefault(
            candidate => candidate.Name == nameof(Make) && candidate.GetGenericArguments().Length == types.Length)
            ?? throw new ArgumentException(
                $"A function of {parameters.Length} parameters cannot be added; five are the most.", nameof(function));
        Type typed = make.MakeGenericMethod(types).GetParameters()[1].ParameterType;
        Delegate converted = function.GetType() == typed
            ? function
            : Delegate.CreateDelegate(typed, function.Target, method);
        return (HostFunction)make.MakeGenericMethod(types).Invoke(this, [name, converted])!;
    }

    private HostFunction<TResult> Of<TResult>(
        string name,
        Delegate function,
        Func<Column[], int, TResult> call,
        params ReadOnlySpan<HostType> types)
    {
        // The method of a closed static delegate has a first parameter more than the delegate.
        ParameterInfo[] declared = function.Method.GetParameters();
        int skipped = declared.Length - types.Length;
        var parameters = new HostParameter[types.Length];
        for (int i = 0; i < parameters.Length; i++)
        {
            ParameterInfo parameter = declared[i + skipped];
            bool isReference = !parameter.ParameterType.IsValueType;
            parameters[i] = new HostParameter(
                parameter.Name ?? $"argument{i + 1}", types[i], types[i].TakesNull || (isReference && allowsNull(parameter)));
        }

        return new HostFunction<TResult>(name, parameters, rows as HostType<TResult> ?? HostTypes.Of<TResult>(), call);
    }
}
