using System.Diagnostics;
using Ctas.Data;
using Ctas.Execution.State;
using Ctas.Planning;

namespace Ctas.Execution.Windows;

/// <summary>COUNT of anything, SUM and AVG of whole numbers: the total up to an end less that up to a start.</summary>
/// <remarks>Totals have 128 bits, so they are exact. Sums of DOUBLE are added up only where frames start with the partition: differences would lose digits.</remarks>
internal static class RunningTotals
{
    /// <summary>True for the aggregates that totals give.</summary>
    public static bool Supports(AggregateCall call, Column[] arguments) => call.Function switch
    {
        "COUNT" => true,
        "SUM" or "AVG" => arguments[0] is FixedColumn<int> or FixedColumn<long>,
        _ => false,
    };

    /// <summary>The results, a row for each row (not position).</summary>
    public static FrameResult Compute(
        AggregateCall call, SortedRows rows, Column[] arguments, FixedColumn<bool>? filter, FrameBounds frames)
    {
        Column? argument = arguments.Length == 0 ? null : arguments[0];
        int[] counts = Counted(rows, argument, filter);
        if (call.Function == "COUNT") { return new FrameResult(Counts(call.Type, rows, frames, counts), null); }

        Int128[] totals = argument switch
        {
            FixedColumn<int> ints => Totals(rows, ints, value => value),
            FixedColumn<long> longs => Totals(rows, longs, value => value),
            _ => throw new UnreachableException($"No totals of {argument?.Type}."),
        };
        return call.Function == "SUM"
            ? Sums(call, rows, frames, counts, totals)
            : new FrameResult(Averages(call.Type, rows, frames, counts, totals), null);
    }

    /// <summary>How many values lie before each position.</summary>
    private static int[] Counted(SortedRows rows, Column? argument, FixedColumn<bool>? filter)
    {
        var counts = new int[rows.Count + 1];
        for (int position = 0; position < rows.Count; position++)
        {
            int row = rows.Order[position];
            bool isCounted = (argument is null || !argument.IsNull(row)) && (filter is null || filter.Values[row]);
            counts[position + 1] = counts[position] + (isCounted ? 1 : 0);
        }

        return counts;
    }

    private static Int128[] Totals<T>(SortedRows rows, FixedColumn<T> argument, Func<T, Int128> widen)
        where T : unmanaged
    {
        // NULL rows hold 0.
        var totals = new Int128[rows.Count + 1];
        ReadOnlySpan<T> values = argument.Values;
        for (int position = 0; position < rows.Count; position++)
        {
            int row = rows.Order[position];
            totals[position + 1] = totals[position] + (argument.IsNull(row) ? 0 : widen(values[row]));
        }

        return totals;
    }

    private static FixedColumn<long> Counts(DataType type, SortedRows rows, FrameBounds frames, int[] counts)
    {
        var results = new long[rows.Count];
        for (int position = 0; position < results.Length; position++)
        {
            results[rows.Order[position]] = CountOf(frames, position, counts);
        }

        return new FixedColumn<long>(type, results, results.Length);
    }

    private static int CountOf(FrameBounds frames, int position, int[] counts)
    {
        if (!frames.HasHoles) { return counts[frames.Ends[position]] - counts[frames.Starts[position]]; }

        int count = 0;
        for (int piece = 0; piece < frames.MaxPieces; piece++)
        {
            (int start, int end) = frames.Piece(position, piece);
            count += counts[end] - counts[start];
        }

        return count;
    }

    private static Int128 SumOf(FrameBounds frames, int position, Int128[] totals)
    {
        if (!frames.HasHoles) { return totals[frames.Ends[position]] - totals[frames.Starts[position]]; }

        Int128 sum = 0;
        for (int piece = 0; piece < frames.MaxPieces; piece++)
        {
            (int start, int end) = frames.Piece(position, piece);
            sum += totals[end] - totals[start];
        }

        return sum;
    }

    private static FrameResult Sums(
        AggregateCall call, SortedRows rows, FrameBounds frames, int[] counts, Int128[] totals)
    {
        var results = new long[rows.Count];
        Bitmap? validity = null;
        Bitmap? failed = null;
        for (int position = 0; position < results.Length; position++)
        {
            int row = rows.Order[position];
            if (CountOf(frames, position, counts) == 0)
            {
                validity ??= new Bitmap(results.Length, value: true);
                validity[row] = false;
                continue;
            }

            Int128 sum = SumOf(frames, position, totals);
            results[row] = (long)sum;
            if (sum == results[row]) { continue; }

            failed ??= new Bitmap(results.Length);
            failed[row] = true;
        }

        var values = new FixedColumn<long>(call.Type, results, results.Length, validity);
        return new FrameResult(
            values,
            failed is null ? null : new GroupFailures(failed, ExecutionErrors.SumOverflow($"{call.Function}(…) OVER (…)")));
    }

    private static FixedColumn<double> Averages(
        DataType type, SortedRows rows, FrameBounds frames, int[] counts, Int128[] totals)
    {
        var results = new double[rows.Count];
        Bitmap? validity = null;
        for (int position = 0; position < results.Length; position++)
        {
            int row = rows.Order[position];
            int count = CountOf(frames, position, counts);
            if (count == 0)
            {
                validity ??= new Bitmap(results.Length, value: true);
                validity[row] = false;
                continue;
            }

            results[row] = (double)SumOf(frames, position, totals) / count;
        }

        return new FixedColumn<double>(type, results, results.Length, validity);
    }
}
