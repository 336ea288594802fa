namespace Ctas.Data.Host;

/// <summary>An aggregate function of the host application.</summary>
internal abstract class HostAggregate(string name, IReadOnlyList<HostParameter> parameters, DataType result)
{
    /// <summary>The name in SQL.</summary>
    public string Name { get; } = name;

    /// <summary>The parameters in order.</summary>
    public IReadOnlyList<HostParameter> Parameters { get; } = parameters;

    /// <summary>The type of the result.</summary>
    public DataType Result { get; } = result;

    /// <summary>True when states of two parts of the rows can be made one.</summary>
    public abstract bool CanMerge { get; }

    /// <summary>States, one for each group.</summary>
    public abstract HostStates CreateStates();
}

/// <summary>The states of a host's aggregate for all groups. Single-threaded.</summary>
internal abstract class HostStates
{
    /// <summary>Bytes held; what lies behind references is estimated.</summary>
    public abstract long SizeInBytes { get; }

    /// <summary>Makes the states of so many groups.</summary>
    public abstract void GrowTo(int groupCount);

    /// <summary>Adds a row to a group.</summary>
    public abstract void Step(int group, Column[] arguments, int row);

    /// <summary>Adds the rows of a group of another part.</summary>
    public abstract void Merge(int group, HostStates other, int otherGroup);

    /// <summary>Appends the result of a group.</summary>
    public abstract void Append(ColumnBuilder builder, int group);
}

/// <summary>An aggregate of the host with a typed state and result.</summary>
/// <param name="name">The name in SQL.</param>
/// <param name="parameters">The parameters.</param>
/// <param name="result">How the result is a SQL value.</param>
/// <param name="seed">The state of no rows.</param>
/// <param name="step">The state after one more row.</param>
/// <param name="finish">The result.</param>
/// <param name="merge">The state of both parts; null when there is no such thing.</param>
internal sealed class HostAggregate<TState, TResult>(
    string name,
    IReadOnlyList<HostParameter> parameters,
    HostType<TResult> result,
    Func<TState> seed,
    Func<TState, Column[], int, TState> step,
    Func<TState, TResult> finish,
    Func<TState, TState, TState>? merge) : HostAggregate(name, parameters, result.Type)
{
    public override bool CanMerge => merge is not null;

    public override HostStates CreateStates() => new HostStates<TState, TResult>(result, seed, step, finish, merge);
}

/// <summary>Typed states, side by side.</summary>
internal sealed class HostStates<TState, TResult>(
    HostType<TResult> result,
    Func<TState> seed,
    Func<TState, Column[], int, TState> step,
    Func<TState, TResult> finish,
    Func<TState, TState, TState>? merge) : HostStates
{
    private const int BytesBehindReferences = 64;

    private TState[] _states = [];
    private int _count;

    public override long SizeInBytes =>
        ((long)_states.Length * System.Runtime.CompilerServices.Unsafe.SizeOf<TState>())
        + (System.Runtime.CompilerServices.RuntimeHelpers.IsReferenceOrContainsReferences<TState>()
            ? (long)_count * BytesBehindReferences
            : 0);

    public override void GrowTo(int groupCount)
    {
        if (groupCount > _states.Length)
        {
            Array.Resize(ref _states, Math.Max(groupCount, Math.Max(16, _states.Length * 2)));
        }

        for (; _count < groupCount; _count++) { _states[_count] = seed(); }
    }

    public override void Step(int group, Column[] arguments, int row) =>
        _states[group] = step(_states[group], arguments, row);

    public override void Merge(int group, HostStates other, int otherGroup) =>
        _states[group] = merge!(_states[group], ((HostStates<TState, TResult>)other)._states[otherGroup]);

    public override void Append(ColumnBuilder builder, int group) => result.Append(builder, finish(_states[group]));
}
