using System.Diagnostics;
using Ctas.Data;
using Ctas.Planning;

namespace Ctas.Execution.Windows;

/// <summary>Functions that give the value of another row. Cost O(rows).</summary>
/// <remarks>
/// The candidates are the positions whose value may be taken: all, or those that are not NULL. How many lie before each
/// position is counted once; the k-th candidate from any place is then an index into their list.
/// </remarks>
internal sealed class ValueFunctions
{
    private readonly SortedRows _rows;
    private readonly Column _values;
    private readonly int[] _candidates;
    private readonly int[] _before;

    private ValueFunctions(SortedRows rows, Column values, bool ignoresNulls)
    {
        _rows = rows;
        _values = values;
        _before = new int[rows.Count + 1];
        _candidates = new int[rows.Count];
        int count = 0;
        for (int position = 0; position < rows.Count; position++)
        {
            _before[position] = count;
            _candidates[count] = position;
            count += ignoresNulls && values.IsNull(rows.Order[position]) ? 0 : 1;
        }

        _before[rows.Count] = count;
    }

    /// <summary>The results, a row for each row (not position).</summary>
    /// <param name="call">The function.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="arguments">A column for each argument.</param>
    /// <param name="frames">The frames, for functions that use them.</param>
    public static Column Compute(WindowCall call, SortedRows rows, ReadOnlySpan<Column> arguments, FrameBounds? frames)
    {
        var functions = new ValueFunctions(rows, arguments[0], call.IgnoresNulls);
        var counts = arguments.Length > 1 ? (FixedColumn<long>)arguments[1] : null;
        Column? absent = arguments.Length > 2 ? arguments[2] : null;
        return call.Function switch
        {
            "LAG" => functions.Shifted(counts, sign: -1, absent),
            "LEAD" => functions.Shifted(counts, sign: 1, absent),
            "FIRST_VALUE" => functions.NthOfFrames(frames!, _ => 1),
            "LAST_VALUE" => functions.NthOfFrames(frames!, _ => -1),
            "NTH_VALUE" => functions.NthOfFrames(frames!, row => Nth(counts!, row)),
            _ => throw new UnreachableException($"No function {call.Function}."),
        };
    }

    private static long Nth(FixedColumn<long> counts, int row)
    {
        if (counts.IsNull(row)) { return 0; }

        long nth = counts.Values[row];
        return nth > 0 ? nth : throw ExecutionErrors.NthCount(nth);
    }

    /// <summary>The value so many candidates before or after; the default outside of the partition.</summary>
    private Column Shifted(FixedColumn<long>? counts, int sign, Column? absent)
    {
        const int Outside = -1;
        const int NoOffset = -2;
        var sources = new int[_rows.Count];
        for (int partition = 0; partition < _rows.PartitionCount; partition++)
        {
            int start = _rows.PartitionStarts[partition];
            int end = _rows.PartitionStarts[partition + 1];
            for (int position = start; position < end; position++)
            {
                int row = _rows.Order[position];
                bool isNull = counts is not null && counts.IsNull(row);
                Int128 offset = (Int128)(counts is null ? 1 : counts.Values[row]) * sign;
                sources[row] = isNull ? NoOffset : SourceOf(position, offset, start, end) ?? Outside;
            }
        }

        return absent is null ? _values.Gather(sources) : WithDefault(sources, absent, Outside);
    }

    /// <summary>The row of the candidate at an offset; null outside of the partition [start, end).</summary>
    private int? SourceOf(int position, Int128 offset, int start, int end)
    {
        if (offset == 0) { return _rows.Order[position]; }

        Int128 candidate = offset < 0 ? _before[position] + offset : _before[position + 1] + offset - 1;
        bool isInside = candidate >= _before[start] && candidate < _before[end];
        return isInside ? _rows.Order[_candidates[(int)candidate]] : null;
    }

    private Column WithDefault(int[] sources, Column absent, int outside)
    {
        ColumnBuilder builder = ColumnBuilder.Create(_values.Type);
        for (int row = 0; row < sources.Length; row++)
        {
            if (sources[row] == outside) { builder.AppendFrom(absent, row); }
            else { builder.AppendFrom(_values, Math.Max(-1, sources[row])); }
        }

        return builder.Finish();
    }

    /// <summary>The n-th candidate of each frame; negative counts from the end, 0 gives NULL.</summary>
    private Column NthOfFrames(FrameBounds frames, Func<int, long> nthOfRow)
    {
        var sources = new int[_rows.Count];
        for (int position = 0; position < sources.Length; position++)
        {
            int row = _rows.Order[position];
            long nth = nthOfRow(row);
            sources[row] = nth == 0 ? -1 : SourceIn(frames, position, nth);
        }

        return _values.Gather(sources);
    }

    private int SourceIn(FrameBounds frames, int position, long nth)
    {
        for (int i = 0; i < frames.MaxPieces; i++)
        {
            (int start, int end) = frames.Piece(position, nth > 0 ? i : frames.MaxPieces - 1 - i);
            int first = _before[start];
            int count = _before[end] - first;
            long index = nth > 0 ? nth - 1 : count + nth;
            if (index >= 0 && index < count) { return _rows.Order[_candidates[first + index]]; }

            nth += nth > 0 ? -count : count;
        }

        return -1;
    }
}
