using Ctas.Data;
using Ctas.Execution.State;
using Ctas.Planning;

namespace Ctas.Execution.Windows;

/// <summary>The result of an aggregate over the frame of each row.</summary>
/// <param name="Values">A row for each row (not position).</param>
/// <param name="Failed">Rows whose aggregate has no result; null when there are none.</param>
internal readonly record struct FrameResult(Column Values, GroupFailures? Failed);

/// <summary>Computes one aggregate over the frames of all rows.</summary>
/// <remarks>
/// The whole partition: once a partition. Counts, and sums of whole numbers: differences of running totals. MIN and MAX:
/// a queue that slides with the frames. Everything else: a tree of partial aggregates over the sorted rows, of which
/// each frame takes a few; cost O(rows × log rows). Aggregates that cannot be taken apart are computed row by row.
/// </remarks>
/// <param name="call">The function.</param>
/// <param name="rows">The rows.</param>
/// <param name="arguments">A column for each argument, a row for each row (not position).</param>
/// <param name="filter">Only rows for which it is TRUE count; null when the arguments say so already.</param>
/// <param name="frames">The frames; null for the whole partition.</param>
/// <param name="create">Makes a fresh state.</param>
internal sealed class FrameAggregate(
    AggregateCall call,
    SortedRows rows,
    Column[] arguments,
    FixedColumn<bool>? filter,
    FrameBounds? frames,
    Func<Accumulator> create)
{
    /// <summary>The results.</summary>
    public FrameResult Compute()
    {
        if (frames is null) { return OfPartitions(create()); }

        bool isPlain = call.OrderBy.Count == 0;
        bool isDistinct = call.IsDistinct;
        Column[] inputs = arguments;
        if (isPlain && isDistinct && !frames.HasHoles && call.Function is "COUNT" or "SUM" or "AVG"
            && inputs.Length == 1 && StartWithPartitions(frames))
        {
            // In a frame that only grows, a value counts where it comes first.
            inputs = [FirstOfEach(inputs[0])];
            isDistinct = false;
        }

        if (isPlain && !isDistinct && RunningTotals.Supports(call, inputs))
        {
            return RunningTotals.Compute(call, rows, inputs, filter, frames);
        }

        return isPlain && call.Function is "MIN" or "MAX" && !frames.HasHoles
            ? new FrameResult(SlidingExtremes.Compute(call.Function == "MIN", rows, inputs[0], frames), null)
            : FrameTree.Compute(rows, arguments, filter, frames, create);
    }

    private FrameResult OfPartitions(Accumulator state)
    {
        int[] groups = rows.PartitionOfRow;
        if (state.IsOrderSensitive || filter is not null)
        {
            int[] order = filter is null ? rows.Order : Array.FindAll(rows.Order, row => filter.Values[row]);
            arguments = [.. arguments.Select(argument => argument.Gather(order))];
            groups = Array.ConvertAll(order, row => rows.PartitionOfRow[row]);
        }

        state.Add(arguments, groups, rows.PartitionCount);
        Column values = state.Finish(rows.PartitionCount).Gather(rows.PartitionOfRow);
        if (state.Failures is not { } failures) { return new FrameResult(values, null); }

        var failed = new Bitmap(rows.Count);
        for (int row = 0; row < rows.Count; row++) { failed[row] = failures.Groups[rows.PartitionOfRow[row]]; }

        return new FrameResult(values, failures with { Groups = failed });
    }

    private bool StartWithPartitions(FrameBounds bounds)
    {
        for (int partition = 0; partition < rows.PartitionCount; partition++)
        {
            int start = rows.PartitionStarts[partition];
            if (bounds.Starts.AsSpan(start..rows.PartitionStarts[partition + 1]).ContainsAnyExcept(start))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The values, NULL where an equal one stands before in the partition.</summary>
    private Column FirstOfEach(Column values)
    {
        var partitions = new FixedColumn<int>(DataType.Int, rows.PartitionOfRow, rows.Count);
        KeyNumbers numbers = KeyNumbers.Create([DataType.Int, values.Type]);
        var numberOfRow = new int[rows.Count];
        numbers.FindOrAdd([partitions, values], numberOfRow);

        var seen = new bool[numbers.Count];
        var sources = new int[rows.Count];
        foreach (int row in rows.Order)
        {
            ref bool isKnown = ref seen[numberOfRow[row]];
            sources[row] = isKnown ? -1 : row;
            isKnown = true;
        }

        return values.Gather(sources);
    }
}
