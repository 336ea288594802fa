using Ctas.Data;
using Ctas.Execution.Kernels;
using Ctas.Planning;

namespace Ctas.Execution;

/// <summary>Evaluates expressions over changes. Single-threaded.</summary>
/// <remarks>
/// Only rows that count are evaluated: with a selection, the columns that the expressions read are gathered first, so
/// that a row a filter has dropped cannot fail later.
/// </remarks>
internal sealed class Evaluator
{
    private readonly Kernel[] _kernels;
    private readonly int[] _ordinals;
    private readonly Schema _input;
    private readonly RowErrorLog _log;

    // Columns gathered for the last batch, to be written over; null where somebody may still read them.
    private readonly ReusedColumn[]? _gathered;
    private long _rowsBefore;

    /// <summary>Compiles expressions over one input.</summary>
    /// <param name="expressions">The expressions.</param>
    /// <param name="input">Columns of the input.</param>
    /// <param name="log">Where rows that fail are noted.</param>
    /// <param name="reusesResults">True when the columns are read until the next batch at most.</param>
    public Evaluator(
        IEnumerable<ScalarExpression> expressions, Schema input, RowErrorLog log, bool reusesResults = false)
        : this(compiler => [.. expressions.Select(compiler.Compile)], input, log, reusesResults)
    {
    }

    private Evaluator(Func<KernelCompiler, Kernel[]> compile, Schema input, RowErrorLog log, bool reusesResults)
    {
        var compiler = new KernelCompiler(reusesResults);
        _kernels = compile(compiler);
        _ordinals = compiler.Ordinals;
        _gathered = reusesResults ? [.. _ordinals.Select(_ => new ReusedColumn())] : null;
        _input = input;
        _log = log;
    }

    /// <summary>An evaluator of a condition: NULL, though told as such or as FALSE, drops a row.</summary>
    /// <inheritdoc cref="Evaluator(IEnumerable{ScalarExpression}, Schema, RowErrorLog, bool)"/>
    public static Evaluator OfCondition(
        ScalarExpression condition, Schema input, RowErrorLog log, bool reusesResults = false) =>
        new(compiler => [compiler.CompileCondition(condition)], input, log, reusesResults);

    /// <summary>The columns of the expressions, a row for every change that did not fail.</summary>
    public EvaluatedRows Evaluate(ChangeBatch changes)
    {
        Batch input = changes.Rows.Select(_ordinals);
        if (changes.Selection is { } selection) { input = Gather(input, selection.Span); }

        return Evaluate(input, changes);
    }

    /// <summary>The same over pairs of rows: the columns of the left one, then those of the right one.</summary>
    /// <returns>A row for every pair that did not fail; only the columns that are read are gathered.</returns>
    public EvaluatedRows EvaluatePairs(
        Batch left, ReadOnlySpan<int> leftRows, Batch right, ReadOnlySpan<int> rightRows)
    {
        var columns = new Column[_ordinals.Length];
        for (int column = 0; column < columns.Length; column++)
        {
            int ordinal = _ordinals[column];
            bool isLeft = ordinal < left.ColumnCount;
            Column values = isLeft ? left[ordinal] : right[ordinal - left.ColumnCount];
            ReadOnlySpan<int> rows = isLeft ? leftRows : rightRows;
            columns[column] = _gathered is null ? values.Gather(rows) : values.Gather(rows, _gathered[column]);
        }

        var input = new Batch(columns, leftRows.Length);
        return Evaluate(input, new ChangeBatch(input));
    }

    private Batch Gather(Batch input, ReadOnlySpan<int> rows)
    {
        if (_gathered is null) { return input.Gather(rows); }

        var columns = new Column[input.ColumnCount];
        for (int column = 0; column < columns.Length; column++)
        {
            columns[column] = input[column].Gather(rows, _gathered[column]);
        }

        return new Batch(columns, rows.Length);
    }

    private EvaluatedRows Evaluate(Batch input, ChangeBatch changes)
    {
        RowErrors errors = _log.ForBatch(input.RowCount, _rowsBefore, _input);
        _rowsBefore += input.RowCount;
        var columns = new Column[_kernels.Length];
        for (int kernel = 0; kernel < columns.Length; kernel++)
        {
            columns[kernel] = _kernels[kernel].Evaluate(input, errors);
        }

        var rows = new Batch(columns, input.RowCount);
        if (_log.Passed(errors) is not { } passed) { return new EvaluatedRows(rows, null, changes); }

        return new EvaluatedRows(rows.Gather(passed), passed, changes);
    }
}

/// <summary>Evaluated columns, and which changes their rows belong to.</summary>
/// <param name="Columns">The columns of the expressions.</param>
/// <param name="Passed">Change numbers of the rows, when some failed; null when row i belongs to change i.</param>
/// <param name="Changes">The changes evaluated.</param>
internal readonly record struct EvaluatedRows(Batch Columns, int[]? Passed, ChangeBatch Changes)
{
    /// <summary>Row of the input batch for every evaluated row; null when they are the same.</summary>
    public RowSelection? InputRows
    {
        get
        {
            if (Passed is null) { return Changes.Selection; }

            if (Changes.Selection is not { } selection) { return Passed; }

            var rows = new int[Passed.Length];
            for (int row = 0; row < rows.Length; row++) { rows[row] = selection.Span[Passed[row]]; }

            return rows;
        }
    }

    /// <summary>Weights of the evaluated rows; null when all are +1.</summary>
    public int[]? Weights
    {
        get
        {
            if (Changes.Weights is not { } weights || InputRows is not { } inputRows) { return Changes.Weights; }

            ReadOnlySpan<int> rows = inputRows.Span;
            var gathered = new int[rows.Length];
            for (int row = 0; row < gathered.Length; row++) { gathered[row] = weights[rows[row]]; }

            return gathered;
        }
    }

    /// <summary>The rows of the input that were evaluated, all columns of them.</summary>
    /// <param name="memory">Where they are gathered, if they are; lent ones take <see cref="GiveBack"/>.</param>
    public Batch InputBatch(ColumnMemory memory = default) =>
        InputRows is { } rows ? Changes.Rows.Gather(rows.Span, memory) : Changes.Rows;

    /// <summary>Gives back what <see cref="InputBatch"/> has gathered, which nobody reads any more; the input is not.</summary>
    public void GiveBack(Batch inputBatch)
    {
        if (!ReferenceEquals(inputBatch, Changes.Rows)) { inputBatch.GiveBack(); }
    }
}
