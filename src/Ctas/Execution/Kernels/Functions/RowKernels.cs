using Ctas.Data;

namespace Ctas.Execution.Kernels.Functions;

/// <summary>How rows are given to a function.</summary>
[Flags]
internal enum RowOptions
{
    /// <summary>NULL in gives NULL out; no row fails.</summary>
    None = 0,

    /// <summary>Some row may have no result.</summary>
    CanFail = 1,

    /// <summary>The function sees NULL arguments.</summary>
    TakesNull = 2,
}

/// <summary>A function of VARCHAR, BYTES or nested result, row by row. The result has a pool of its own.</summary>
internal sealed class RowTextKernel(FunctionCall call, Kernel[] arguments, TextOfRow function, RowOptions options)
    : Kernel(call.Type, options.HasFlag(RowOptions.CanFail) || arguments.Any(argument => argument.CanFail))
{
    private readonly ByteWriter _output = new();

    public override Column Evaluate(Batch input, RowErrors errors)
    {
        var rows = new RowResults(call, arguments, options, input, errors);
        var pool = new StringPool(isInterned: false);
        var codes = new int[input.RowCount];
        for (int row = 0; row < codes.Length; row++)
        {
            codes[row] = -1;
            if (rows.IsNull(row)) { continue; }

            _output.Clear();
            Outcome outcome = function(rows.Arguments(row), _output);
            if (outcome.IsNull) { rows.SetNull(row, outcome); }
            else { codes[row] = pool.Add(_output.Written); }
        }

        return new StringColumn(Type, codes, codes.Length, pool, rows.Validity);
    }
}

/// <summary>A function with a result of fixed width, row by row.</summary>
internal sealed class RowValueKernel<T>(
    FunctionCall call, Kernel[] arguments, ValueOfRow<T> function, RowOptions options)
    : Kernel(call.Type, options.HasFlag(RowOptions.CanFail) || arguments.Any(argument => argument.CanFail))
    where T : unmanaged
{
    public override Column Evaluate(Batch input, RowErrors errors)
    {
        var rows = new RowResults(call, arguments, options, input, errors);
        var results = new T[input.RowCount];
        for (int row = 0; row < results.Length; row++)
        {
            if (rows.IsNull(row)) { continue; }

            Outcome outcome = function(rows.Arguments(row), out results[row]);
            if (!outcome.IsNull) { continue; }

            rows.SetNull(row, outcome);
            results[row] = default;
        }

        return new FixedColumn<T>(Type, results, results.Length, rows.Validity);
    }
}

/// <summary>The argument columns of one batch, and which of its rows have a result.</summary>
internal ref struct RowResults
{
    private readonly FunctionCall _call;
    private readonly Column[] _columns;
    private readonly RowErrors _errors;
    private readonly Bitmap? _given;
    private readonly int _rowCount;
    private Bitmap? _validity;

    /// <summary>Evaluates the arguments.</summary>
    public RowResults(FunctionCall call, Kernel[] arguments, RowOptions options, Batch input, RowErrors errors)
    {
        (_columns, Bitmap? validity) = TextOperands.Evaluate(arguments, input, errors);
        _given = options.HasFlag(RowOptions.TakesNull) ? null : validity;
        _validity = _given;
        _call = call;
        _errors = errors;
        _rowCount = input.RowCount;
    }

    /// <summary>Set where there is a result.</summary>
    public readonly Bitmap? Validity => _validity;

    /// <summary>True when an argument that may not be NULL is.</summary>
    public readonly bool IsNull(int row) => _given is not null && !_given[row];

    /// <summary>The arguments of a row.</summary>
    public readonly RowArguments Arguments(int row) => new(_columns, row);

    /// <summary>Takes note of a row without a result.</summary>
    public void SetNull(int row, Outcome outcome)
    {
        if (ReferenceEquals(_validity, _given)) { _validity = NullRows.CopyOf(_given, _rowCount); }

        _validity![row] = false;
        if (outcome.Failure is { } reason) { _errors.Report(row, _call.Failure(reason).For(row, _columns)); }
    }
}
