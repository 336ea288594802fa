using System.Reflection;

namespace Ctas.Data.Host;

/// <summary>Makes aggregates of delegates. Inputs, states and results are not boxed.</summary>
/// <param name="allowsNull">Tells whether a parameter is declared to take null.</param>
internal sealed class HostAggregateFactory(Func<ParameterInfo, bool> allowsNull)
{
    public HostAggregate Make<TInput, TState, TResult>(
        string name,
        Func<TState> seed,
        Func<TState, TInput, TState> step,
        Func<TState, TResult> finish,
        Func<TState, TState, TState>? merge)
    {
        Func<Column, int, TInput> read = HostTypes.Of<TInput>().Read;
        return new HostAggregate<TState, TResult>(
            name,
            Parameters(step, HostTypes.Of<TInput>()),
            HostTypes.Of<TResult>(),
            seed,
            (state, columns, row) => step(state, read(columns[0], row)),
            finish,
            merge);
    }

    public HostAggregate Make<T1, T2, TState, TResult>(
        string name,
        Func<TState> seed,
        Func<TState, T1, T2, TState> step,
        Func<TState, TResult> finish,
        Func<TState, TState, TState>? merge)
    {
        Func<Column, int, T1> first = HostTypes.Of<T1>().Read;
        Func<Column, int, T2> second = HostTypes.Of<T2>().Read;
        return new HostAggregate<TState, TResult>(
            name,
            Parameters(step, HostTypes.Of<T1>(), HostTypes.Of<T2>()),
            HostTypes.Of<TResult>(),
            seed,
            (state, columns, row) => step(state, first(columns[0], row), second(columns[1], row)),
            finish,
            merge);
    }

    private HostParameter[] Parameters(Delegate step, params ReadOnlySpan<HostType> types)
    {
        // The state comes before the inputs, and in a closed static delegate something else before the state.
        ParameterInfo[] declared = step.Method.GetParameters();
        int skipped = declared.Length - types.Length;
        var parameters = new HostParameter[types.Length];
        for (int i = 0; i < parameters.Length; i++)
        {
            ParameterInfo parameter = declared[i + skipped];
            bool isReference = !parameter.ParameterType.IsValueType;
            parameters[i] = new HostParameter(
                parameter.Name ?? $"argument{i + 1}", types[i], types[i].TakesNull || (isReference && allowsNull(parameter)));
        }

        return parameters;
    }
}
