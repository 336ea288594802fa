using System.Diagnostics.CodeAnalysis;
using Ctas.Data.Host;
using Ctas.Tables;

namespace Ctas;

/// <content>Functions of the host application.</content>
public sealed partial class CtasEngineBuilder
{
    private readonly List<HostFunction> _functions = [];
    private readonly MemberNullability _nullability = new();

    /// <summary>Adds a scalar function without parameters to SQL.</summary>
    /// <param name="name">Its name, in any case; no function of SQL has it.</param>
    /// <param name="function">Called for every row, by several threads at a time.</param>
    /// <remarks>
    /// Parameters and results are bool, int, long, double, decimal, string, byte[], ReadOnlyMemory&lt;byte&gt;, DateOnly,
    /// TimeOnly, DateTime (UTC), DateTimeOffset, Interval, and lists of them. A decimal result is DECIMAL(38, 10). NULL
    /// is given to parameters that can be null (<c>long?</c>, <c>string?</c>); for any other it makes the result NULL.
    /// What the function throws is an error of the row. Equal arguments are taken to give equal results: see
    /// <see cref="WithNonDeterministic"/>.
    /// </remarks>
    /// <exception cref="ArgumentException">A type is none of these.</exception>
    public CtasEngineBuilder AddFunction<TResult>(string name, Func<TResult> function) =>
        Add(name, function, () => Factory().Make(name, function));

    /// <summary>Adds a scalar function of one parameter.</summary>
    /// <inheritdoc cref="AddFunction{TResult}(string, Func{TResult})"/>
    public CtasEngineBuilder AddFunction<T, TResult>(string name, Func<T, TResult> function) =>
        Add(name, function, () => Factory().Make(name, function));

    /// <summary>Adds a scalar function of two parameters.</summary>
    /// <inheritdoc cref="AddFunction{TResult}(string, Func{TResult})"/>
    public CtasEngineBuilder AddFunction<T1, T2, TResult>(
        string name, Func<T1, T2, TResult> function) =>
        Add(name, function, () => Factory().Make(name, function));

    /// <summary>Adds a scalar function of three parameters.</summary>
    /// <inheritdoc cref="AddFunction{TResult}(string, Func{TResult})"/>
    public CtasEngineBuilder AddFunction<T1, T2, T3, TResult>(
        string name, Func<T1, T2, T3, TResult> function) =>
        Add(name, function, () => Factory().Make(name, function));

    /// <summary>Adds a scalar function of four parameters.</summary>
    /// <inheritdoc cref="AddFunction{TResult}(string, Func{TResult})"/>
    public CtasEngineBuilder AddFunction<T1, T2, T3, T4, TResult>(
        string name, Func<T1, T2, T3, T4, TResult> function) =>
        Add(name, function, () => Factory().Make(name, function));

    /// <summary>Adds a scalar function of five parameters.</summary>
    /// <inheritdoc cref="AddFunction{TResult}(string, Func{TResult})"/>
    public CtasEngineBuilder AddFunction<T1, T2, T3, T4, T5, TResult>(
        string name, Func<T1, T2, T3, T4, T5, TResult> function) =>
        Add(name, function, () => Factory().Make(name, function));

    /// <summary>Adds a scalar function of any delegate or static method of at most five parameters.</summary>
    /// <inheritdoc cref="AddFunction{TResult}(string, Func{TResult})"/>
    [RequiresDynamicCode("Makes generic code for the delegate's types; the typed overloads do not need to.")]
    [RequiresUnreferencedCode("Makes generic code for the delegate's types; the typed overloads do not need to.")]
    public CtasEngineBuilder AddFunction(string name, Delegate function) =>
        Add(name, function, () => Factory().Make(name, function));

    /// <summary>Adds a table function without parameters: its items are rows in FROM, in one column.</summary>
    /// <param name="name">Its name, in any case; no function of SQL has it. The column has it too, or its alias's.</param>
    /// <param name="function">Gives the rows; null gives none.</param>
    /// <remarks>
    /// Items are of the types that <see cref="AddFunction{TResult}(string, Func{TResult})"/> names, lists excepted.
    /// Arguments may name columns of tables that stand before it in FROM. In an expression it is an ARRAY.
    /// </remarks>
    /// <exception cref="ArgumentException">A type is none of these.</exception>
    public CtasEngineBuilder AddTableFunction<TItem>(string name, Func<IEnumerable<TItem>> function) =>
        Add(name, function, () => Factory().Make(name, function).Table());

    /// <summary>Adds a table function of one parameter.</summary>
    /// <inheritdoc cref="AddTableFunction{TItem}(string, Func{IEnumerable{TItem}})"/>
    public CtasEngineBuilder AddTableFunction<T, TItem>(string name, Func<T, IEnumerable<TItem>> function) =>
        Add(name, function, () => Factory().Make(name, function).Table());

    /// <summary>Adds a table function of two parameters.</summary>
    /// <inheritdoc cref="AddTableFunction{TItem}(string, Func{IEnumerable{TItem}})"/>
    public CtasEngineBuilder AddTableFunction<T1, T2, TItem>(string name, Func<T1, T2, IEnumerable<TItem>> function) =>
        Add(name, function, () => Factory().Make(name, function).Table());

    /// <summary>Adds a table function of three parameters.</summary>
    /// <inheritdoc cref="AddTableFunction{TItem}(string, Func{IEnumerable{TItem}})"/>
    public CtasEngineBuilder AddTableFunction<T1, T2, T3, TItem>(
        string name, Func<T1, T2, T3, IEnumerable<TItem>> function) =>
        Add(name, function, () => Factory().Make(name, function).Table());

    /// <summary>Adds a table function without parameters whose rows have several columns.</summary>
    /// <param name="name">Its name, in any case; no function of SQL has it.</param>
    /// <param name="function">Gives the rows; null gives none.</param>
    /// <param name="columns">Says what the columns of a row are: <c>columns.Add("a", row => row.A)</c>.</param>
    /// <remarks>
    /// <c>FROM f(x) AS t(a, b)</c> gives a row for each row, and other names to its columns. Arguments may name columns of
    /// tables that stand before it in FROM. In an expression it is an ARRAY of STRUCTs.
    /// </remarks>
    /// <exception cref="ArgumentException">A type is none that functions take or return, or there is no column.</exception>
    public CtasEngineBuilder AddTableFunction<TRow>(
        string name, Func<IEnumerable<TRow>> function, Action<TableFunctionColumns<TRow>> columns) =>
        Add(name, function, () => Rows(columns).Make(name, function).Table());

    /// <summary>Adds a table function of one parameter whose rows have several columns.</summary>
    /// <inheritdoc cref="AddTableFunction{TRow}(string, Func{IEnumerable{TRow}}, Action{TableFunctionColumns{TRow}})"/>
    public CtasEngineBuilder AddTableFunction<T, TRow>(
        string name, Func<T, IEnumerable<TRow>> function, Action<TableFunctionColumns<TRow>> columns) =>
        Add(name, function, () => Rows(columns).Make(name, function).Table());

    /// <summary>Adds a table function of two parameters whose rows have several columns.</summary>
    /// <inheritdoc cref="AddTableFunction{TRow}(string, Func{IEnumerable{TRow}}, Action{TableFunctionColumns{TRow}})"/>
    public CtasEngineBuilder AddTableFunction<T1, T2, TRow>(
        string name, Func<T1, T2, IEnumerable<TRow>> function, Action<TableFunctionColumns<TRow>> columns) =>
        Add(name, function, () => Rows(columns).Make(name, function).Table());

    /// <summary>Adds a table function of three parameters whose rows have several columns.</summary>
    /// <inheritdoc cref="AddTableFunction{TRow}(string, Func{IEnumerable{TRow}}, Action{TableFunctionColumns{TRow}})"/>
    public CtasEngineBuilder AddTableFunction<T1, T2, T3, TRow>(
        string name, Func<T1, T2, T3, IEnumerable<TRow>> function, Action<TableFunctionColumns<TRow>> columns) =>
        Add(name, function, () => Rows(columns).Make(name, function).Table());

    /// <summary>Says of a function added before that two calls with the same arguments may differ.</summary>
    /// <remarks>It is then called for every row, and never ahead.</remarks>
    /// <exception cref="ArgumentException">No function of that name has been added.</exception>
    public CtasEngineBuilder WithNonDeterministic(string function)
    {
        int at = _functions.FindIndex(added => string.Equals(added.Name, function, StringComparison.OrdinalIgnoreCase));
        if (at < 0) { throw new ArgumentException($"No function \"{function}\" has been added.", nameof(function)); }

        _functions[at] = _functions[at].NonDeterministic();
        return this;
    }

    private HostFunctionFactory Factory(HostType? rows = null) => new(_nullability.AllowsNull, rows);

    private HostFunctionFactory Rows<TRow>(Action<TableFunctionColumns<TRow>> describe)
    {
        ArgumentNullException.ThrowIfNull(describe);
        var columns = new TableFunctionColumns<TRow>();
        describe(columns);
        return Factory(HostRows<TRow>.TypeOf(columns.All));
    }

    private CtasEngineBuilder Add(string name, Delegate function, Func<HostFunction> make)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentNullException.ThrowIfNull(function);
        _functions.Add(make());
        return this;
    }
}
