using System.Diagnostics.CodeAnalysis;
using Ctas.Data;
using Ctas.Data.Host;

namespace Ctas.Binding.Functions;

/// <summary>What kind of rows a function works on.</summary>
internal enum FunctionKind
{
    /// <summary>One value a row.</summary>
    Scalar,

    /// <summary>One value a group.</summary>
    Aggregate,

    /// <summary>One value a row, from the rows around it.</summary>
    Window,

    /// <summary>Rows; stands in FROM.</summary>
    Table,
}

/// <summary>Whose users know a function under its name.</summary>
internal enum Heritage
{
    /// <summary>Nobody's; it is this engine's own.</summary>
    Own,

    /// <summary>PostgreSQL's.</summary>
    PostgreSql,

    /// <summary>ksqlDB's.</summary>
    KsqlDb,

    /// <summary>PostgreSQL's and ksqlDB's, with one meaning.</summary>
    Both,

    /// <summary>The host application's.</summary>
    Host,
}

/// <summary>A call with its result, executed by a test and shown in the reference.</summary>
/// <param name="Sql">An expression, or a whole SELECT.</param>
/// <param name="Result">Its value as text; the values of several rows are separated by <c> | </c>.</param>
internal sealed record FunctionExample(string Sql, string Result);

/// <summary>A check of an argument that is written as a constant.</summary>
/// <param name="Ordinal">Which argument, from 0.</param>
/// <param name="Complaint">What the constant should be, as a full sentence; null when it is right.</param>
internal sealed record ConstantCheck(int Ordinal, Func<string, string?> Complaint)
{
    /// <summary>Which calls it is made of, by their arguments; all when null.</summary>
    public Func<IReadOnlyList<BoundExpression>, bool>? Of { get; init; }
}

/// <summary>One function of the dialect, as declared: the binder, the reference and the tests all read it.</summary>
internal sealed record FunctionEntry
{
    /// <summary>Declares a function.</summary>
    /// <param name="name">The canonical name, upper case.</param>
    /// <param name="signatures">Forms in the notation of <see cref="SignatureReader"/>, most usual first.</param>
    public FunctionEntry(string name, params ReadOnlySpan<string> signatures)
    {
        Name = name;
        Kernel = name;
        var read = new Signature[signatures.Length];
        for (int form = 0; form < read.Length; form++) { read[form] = SignatureReader.Read(signatures[form]); }

        Signatures = read;
    }

    /// <summary>A function of the host application.</summary>
    [SetsRequiredMembers]
    public FunctionEntry(HostFunction function)
        : this(function.Name, function.Parameters, function.Result)
    {
        Kind = function.IsTable ? FunctionKind.Table : FunctionKind.Scalar;
        IsDeterministic = function.IsDeterministic;
        Host = function;
    }

    /// <summary>An aggregate of the host application.</summary>
    [SetsRequiredMembers]
    public FunctionEntry(HostAggregate aggregate)
        : this(aggregate.Name, aggregate.Parameters, aggregate.Result)
    {
        Kind = FunctionKind.Aggregate;
        Aggregate = new AggregateTraits { IsOrderSensitive = true };
        HostAggregate = aggregate;
    }

    [SetsRequiredMembers]
    private FunctionEntry(string name, IReadOnlyList<HostParameter> hostParameters, DataType result)
    {
        Name = name.ToUpperInvariant();
        Kernel = Name;
        Meaning = "A function of the host application.";
        Example = new FunctionExample("", "");
        Heritage = Heritage.Host;
        Parameter[] parameters = [.. hostParameters.Select(parameter => new Parameter(
            parameter.Name,
            parameter.Type.Type.Kind == DataTypeKind.Decimal ? new AnyDecimal() : new ExactType(parameter.Type.Type),
            IsOptional: false))];
        Signatures = [new Signature(new ParameterList(parameters, IsVariadic: false), new ExactType(result))];
    }

    /// <summary>The function of the host that is called; null for one of the dialect.</summary>
    public HostFunction? Host { get; }

    /// <summary>The aggregate of the host that is called; null for one of the dialect.</summary>
    public HostAggregate? HostAggregate { get; }

    /// <summary>The canonical name.</summary>
    public string Name { get; }

    /// <summary>The name under which it is executed: another function's where the two are the same.</summary>
    public string Kernel { get; init; }

    /// <summary>What kind of rows it works on.</summary>
    public FunctionKind Kind { get; init; }

    /// <summary>The forms in which it can be called.</summary>
    public IReadOnlyList<Signature> Signatures { get; }

    /// <summary>Other names for the same function.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>What it gives, in one line.</summary>
    public required string Meaning { get; init; }

    /// <summary>A call and its result.</summary>
    public required FunctionExample Example { get; init; }

    /// <summary>Whose users know it under this name.</summary>
    public required Heritage Heritage { get; init; }

    /// <summary>What NULL arguments do, where it is not that they make the result NULL.</summary>
    public string? Nulls { get; init; }

    /// <summary>The result's type from the converted arguments, where a constant among them decides it.</summary>
    public Func<IReadOnlyList<BoundExpression>, DataType>? ResultOfArguments { get; init; }

    /// <summary>The result's type from the converted arguments' types, where the signature cannot say it.</summary>
    public Func<IReadOnlyList<DataType>, DataType>? Result { get; init; }

    /// <summary>Checks of constant arguments, so that mistakes are found before anything is read.</summary>
    public IReadOnlyList<ConstantCheck> Checks { get; init; } = [];

    /// <summary>How it treats the rows of a group; of meaning for aggregates only.</summary>
    public AggregateTraits Aggregate { get; init; } = new();

    /// <summary>
    /// True when its result comes from the rows of the frame, not of the whole partition; of meaning for window
    /// functions only.
    /// </summary>
    public bool UsesFrame { get; init; }

    /// <summary>False when two calls with the same arguments may differ: such calls are never computed ahead.</summary>
    public bool IsDeterministic { get; init; } = true;

    /// <summary>True when the binder puts something else in the call's place, so that there is no kernel.</summary>
    public bool IsRewritten { get; init; }

    /// <summary>True when an argument is a unit of time, which can be written without quotes.</summary>
    public bool TakesUnitAt(int ordinal) => Signatures.Any(form =>
        ordinal < form.Parameters.Items.Count && form.Parameters.Items[ordinal].Type is UnitWord);

    /// <summary>Its forms, as in a hint: <c>LPAD(text VARCHAR, length INT)</c>.</summary>
    public string Forms(string name) => string.Join(" or ", Signatures.Select(form => $"{name}({form.Parameters})"));
}

/// <summary>Functions that belong together in the reference.</summary>
/// <param name="Title">Heading.</param>
/// <param name="Functions">The functions.</param>
internal sealed record FunctionFamily(string Title, IReadOnlyList<FunctionEntry> Functions);
