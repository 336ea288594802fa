using Ctas.Data.Host;
using Ctas.Tables;

namespace Ctas;

/// <content>Aggregates of the host application.</content>
public sealed partial class CtasEngineBuilder
{
    private readonly List<HostAggregate> _aggregates = [];
    private readonly HostAggregateFactory _aggregateFactory = new(new MemberNullability().AllowsNull);

    /// <summary>Adds an aggregate function of one argument to SQL, whose rows are taken one after another.</summary>
    /// <param name="name">Its name, in any case; no function of SQL has it.</param>
    /// <param name="seed">Makes the state of a group without rows; called once a group and part of the input.</param>
    /// <param name="step">The state after one more row; may change the one it is given and give it back.</param>
    /// <param name="finish">The result; of a group without rows it is that of the seed.</param>
    /// <remarks>
    /// It is called as the aggregates of SQL are, with DISTINCT, ORDER BY, FILTER and OVER. Inputs and results are of the
    /// types of <see cref="AddFunction{T, TResult}(string, Func{T, TResult})"/>; the state is of any type, and nothing is
    /// boxed. A row whose argument is NULL is left out, unless the input can be null (<c>long?</c>, <c>string?</c>). What
    /// a delegate throws is an error of the group, CTAS5020 with the exception inside: the query fails, or by
    /// <c>on_error</c> the group is left out and counted.
    /// </remarks>
    /// <exception cref="ArgumentException">The name is blank, or a type cannot be a value of SQL.</exception>
    public CtasEngineBuilder AddAggregate<TInput, TState, TResult>(
        string name, Func<TState> seed, Func<TState, TInput, TState> step, Func<TState, TResult> finish) =>
        Add(name, seed, step, finish, () => _aggregateFactory.Make(name, seed, step, finish, merge: null));

    /// <summary>Adds an aggregate function of one argument whose rows may be taken in parts, side by side.</summary>
    /// <param name="name">Its name, in any case; no function of SQL has it.</param>
    /// <param name="seed">Makes the state of a group without rows.</param>
    /// <param name="step">The state after one more row.</param>
    /// <param name="finish">The result.</param>
    /// <param name="merge">The state of two parts of the rows, the earlier part first.</param>
    /// <inheritdoc cref="AddAggregate{TInput, TState, TResult}(string, Func{TState}, Func{TState, TInput, TState}, Func{TState, TResult})"/>
    public CtasEngineBuilder AddAggregate<TInput, TState, TResult>(
        string name,
        Func<TState> seed,
        Func<TState, TInput, TState> step,
        Func<TState, TResult> finish,
        Func<TState, TState, TState> merge)
    {
        ArgumentNullException.ThrowIfNull(merge);
        return Add(name, seed, step, finish, () => _aggregateFactory.Make(name, seed, step, finish, merge));
    }

    /// <summary>Adds an aggregate function of two arguments to SQL, whose rows are taken one after another.</summary>
    /// <inheritdoc cref="AddAggregate{TInput, TState, TResult}(string, Func{TState}, Func{TState, TInput, TState}, Func{TState, TResult})"/>
    public CtasEngineBuilder AddAggregate<T1, T2, TState, TResult>(
        string name, Func<TState> seed, Func<TState, T1, T2, TState> step, Func<TState, TResult> finish) =>
        Add(name, seed, step, finish, () => _aggregateFactory.Make(name, seed, step, finish, merge: null));

    /// <summary>Adds an aggregate function of two arguments whose rows may be taken in parts, side by side.</summary>
    /// <inheritdoc cref="AddAggregate{TInput, TState, TResult}(string, Func{TState}, Func{TState, TInput, TState}, Func{TState, TResult}, Func{TState, TState, TState})"/>
    public CtasEngineBuilder AddAggregate<T1, T2, TState, TResult>(
        string name,
        Func<TState> seed,
        Func<TState, T1, T2, TState> step,
        Func<TState, TResult> finish,
        Func<TState, TState, TState> merge)
    {
        ArgumentNullException.ThrowIfNull(merge);
        return Add(name, seed, step, finish, () => _aggregateFactory.Make(name, seed, step, finish, merge));
    }

    private CtasEngineBuilder Add(
        string name, Delegate seed, Delegate step, Delegate finish, Func<HostAggregate> make)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(seed);
        ArgumentNullException.ThrowIfNull(step);
        ArgumentNullException.ThrowIfNull(finish);
        _aggregates.Add(make());
        return this;
    }
}
