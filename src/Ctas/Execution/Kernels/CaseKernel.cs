using Ctas.Data;
using Ctas.Execution.State;

namespace Ctas.Execution.Kernels;

/// <summary>Searched CASE. A branch is evaluated only for the rows that no earlier condition took.</summary>
internal sealed class CaseKernel(DataType type, (Branch Condition, Branch Result)[] branches, Branch? otherwise)
    : Kernel(type, CanFailAnywhere(branches, otherwise))
{
    private readonly ColumnAssembler _assembler = ColumnAssembler.Create(type);

    public override Column Evaluate(Batch input, RowErrors errors)
    {
        _assembler.Start(input.RowCount);
        int[] open = RowNumbers.Ascending(input.RowCount);
        foreach ((Branch condition, Branch result) in branches)
        {
            if (open.Length == 0) { break; }

            (int[] taken, int[] left) = Split((FixedColumn<bool>)condition.Evaluate(input, open, errors), open);
            if (taken.Length > 0) { _assembler.Scatter(result.Evaluate(input, taken, errors), taken); }

            open = left;
        }

        if (open.Length > 0 && otherwise is not null)
        {
            _assembler.Scatter(otherwise.Evaluate(input, open, errors), open);
        }

        return _assembler.Finish();
    }

    private static (int[] Taken, int[] Left) Split(FixedColumn<bool> conditions, int[] rows)
    {
        // NULL holds false: a condition that is not TRUE does not take the row.
        var taken = new int[conditions.Values.Count(true)];
        var left = new int[rows.Length - taken.Length];
        int takenCount = 0;
        int leftCount = 0;
        for (int row = 0; row < rows.Length; row++)
        {
            if (conditions.Values[row]) { taken[takenCount++] = rows[row]; }
            else { left[leftCount++] = rows[row]; }
        }

        return (taken, left);
    }

    private static bool CanFailAnywhere((Branch Condition, Branch Result)[] branches, Branch? otherwise) =>
        otherwise is { CanFail: true } || branches.Any(branch => branch.Condition.CanFail || branch.Result.CanFail);
}

/// <summary>The first argument that is not NULL; later ones are evaluated only for the rows that need them.</summary>
internal sealed class CoalesceKernel(DataType type, Branch[] arguments)
    : Kernel(type, arguments.Any(argument => argument.CanFail))
{
    private readonly ColumnAssembler _assembler = ColumnAssembler.Create(type);

    public override Column Evaluate(Batch input, RowErrors errors)
    {
        Column first = arguments[0].Evaluate(input, errors);
        if (first.Validity is null || arguments.Length == 1) { return first; }

        _assembler.Start(input.RowCount);
        int[] open = RowNumbers.Ascending(input.RowCount);
        Column values = first;
        for (int argument = 0; open.Length > 0;)
        {
            _assembler.Scatter(values, open);
            open = NullsOf(values, open);
            if (++argument == arguments.Length || open.Length == 0) { break; }

            values = arguments[argument].Evaluate(input, open, errors);
        }

        return _assembler.Finish();
    }

    private static int[] NullsOf(Column values, int[] rows)
    {
        if (values.Validity is null) { return []; }

        var nulls = new List<int>();
        for (int row = 0; row < rows.Length; row++)
        {
            if (values.IsNull(row)) { nulls.Add(rows[row]); }
        }

        return [.. nulls];
    }
}

/// <summary>Lists of row numbers.</summary>
internal static class RowNumbers
{
    /// <summary>0, 1, 2 … <paramref name="count"/> − 1.</summary>
    public static int[] Ascending(int count)
    {
        var rows = new int[count];
        for (int row = 0; row < rows.Length; row++) { rows[row] = row; }

        return rows;
    }
}
