namespace Ctas.Data.Host;

/// <summary>A parameter of a function of the host application.</summary>
/// <param name="Name">Its name in C#.</param>
/// <param name="Type">What it takes.</param>
/// <param name="TakesNull">True when NULL is given to the function; false when it makes the result NULL.</param>
internal sealed record HostParameter(string Name, HostType Type, bool TakesNull);

/// <summary>A scalar function of the host application. Called by several threads when the host says so of it.</summary>
internal abstract class HostFunction(string name, IReadOnlyList<HostParameter> parameters, DataType result)
{
    /// <summary>The name in SQL.</summary>
    public string Name { get; } = name;

    /// <summary>The parameters in order.</summary>
    public IReadOnlyList<HostParameter> Parameters { get; } = parameters;

    /// <summary>The type of the result.</summary>
    public DataType Result { get; } = result;

    /// <summary>False when two calls with the same arguments may differ.</summary>
    public bool IsDeterministic { get; private set; } = true;

    /// <summary>True when the result, an ARRAY, is rows in FROM.</summary>
    public bool IsTable { get; private set; }

    /// <summary>The same function, called for every row.</summary>
    public HostFunction NonDeterministic()
    {
        var copy = (HostFunction)MemberwiseClone();
        copy.IsDeterministic = false;
        return copy;
    }

    /// <summary>The same function, whose ARRAY is rows in FROM.</summary>
    public HostFunction Table()
    {
        var copy = (HostFunction)MemberwiseClone();
        copy.IsTable = true;
        return copy;
    }

    /// <summary>Calls the function for every row.</summary>
    /// <param name="arguments">The arguments.</param>
    /// <param name="rowCount">Rows.</param>
    /// <param name="fail">Told of a row for which it threw; the row is NULL.</param>
    public abstract Column Invoke(Column[] arguments, int rowCount, Action<int, Exception> fail);
}

/// <summary>A function of the host with a typed result.</summary>
/// <param name="name">The name in SQL.</param>
/// <param name="parameters">The parameters.</param>
/// <param name="result">How the result is a SQL value.</param>
/// <param name="call">Calls the function for a row of the arguments.</param>
internal sealed class HostFunction<TResult>(
    string name, IReadOnlyList<HostParameter> parameters, HostType<TResult> result, Func<Column[], int, TResult> call)
    : HostFunction(name, parameters, result.Type)
{
    public override Column Invoke(Column[] arguments, int rowCount, Action<int, Exception> fail)
    {
        ColumnBuilder builder = ColumnBuilder.Create(Result);
        Action<ColumnBuilder, TResult> append = result.NewAppend?.Invoke() ?? result.Append;
        for (int row = 0; row < rowCount; row++)
        {
            if (IsNull(arguments, row))
            {
                builder.AppendNull();
                continue;
            }

            int before = builder.Count;
            try { append(builder, call(arguments, row)); }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // The host's mistake is the row's: what becomes of it is for the policy to say.
                builder.TruncateTo(before);
                builder.AppendNull();
                fail(row, e);
            }
        }

        return builder.Finish();
    }

    private bool IsNull(Column[] arguments, int row)
    {
        for (int i = 0; i < arguments.Length; i++)
        {
            if (!Parameters[i].TakesNull && arguments[i].IsNull(row)) { return true; }
        }

        return false;
    }
}
