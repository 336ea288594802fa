using Ctas.Data;
using Ctas.Planning;

namespace Ctas.Execution.State;

/// <summary>COUNT, SUM and AVG, of one call or of several that are added up together.</summary>
/// <remarks>
/// <code>
/// line of a group   │ rows │ total 0 │ total 1 │ …     64 bits each, 128 for a DECIMAL
/// </code>
/// What belongs to a group lies side by side, so that a row touches one cache line however many calls there are, and
/// rows are counted once. SUM and AVG are NULL of no values; a group whose SUM leaves the range of its type has no
/// result. Sums of whole and exact numbers are exact on the way too: only the last value must fit, in any order.
/// </remarks>
internal sealed class TotalsAccumulator : Accumulator
{
    // The lines of so many rows stay in the first cache from one pass over them to the next.
    private const int BlockRows = 512;

    private readonly TotalCall[] _calls;
    private readonly Total[] _totals;
    private readonly TotalPasses _passes;
    private readonly int _stride;
    private long[] _lines = [];
    private GroupFailures? _failures;

    /// <summary>Makes the state of one call, with the argument it has.</summary>
    /// <param name="call">The call.</param>
    /// <param name="text">Its text, for errors.</param>
    public TotalsAccumulator(AggregateCall call, string text)
        : this([new TotalCall(call, text, call.Arguments.Count - 1)], [.. call.Arguments.Select(argument => argument.Type)])
    {
    }

    /// <summary>Makes the state of calls.</summary>
    /// <param name="calls">The calls.</param>
    /// <param name="arguments">Types of their different arguments.</param>
    public TotalsAccumulator(TotalCall[] calls, DataType[] arguments)
    {
        _calls = calls;

        // What is added in one pass lies side by side: the narrow ones first.
        _totals = new Total[arguments.Length];
        _stride = 1;
        int[] order = [.. Enumerable.Range(0, arguments.Length).OrderBy(argument => Total.FormOf(FormType(argument)))];
        foreach (int argument in order)
        {
            _totals[argument] = new Total(FormType(argument), _stride);
            _stride += _totals[argument].Words;
        }

        _passes = new TotalPasses([.. order.Select(argument => (argument, _totals[argument]))]);

        // Of what is only counted no sum is kept.
        DataType? FormType(int argument) =>
            calls.Any(call => call.Argument == argument && !call.IsCount) ? arguments[argument] : null;
    }

    private TotalsAccumulator(TotalsAccumulator copied, ReadOnlySpan<int> groups)
    {
        _calls = copied._calls;
        _stride = copied._stride;
        _totals = new Total[copied._totals.Length];
        for (int total = 0; total < _totals.Length; total++) { _totals[total] = copied._totals[total].Copy(groups); }

        _passes = copied._passes.Of(_totals);
        _lines = new long[groups.Length * _stride];
        for (int group = 0; group < groups.Length; group++)
        {
            if (groups[group] * _stride < copied._lines.Length)
            {
                copied.LineOf(groups[group]).CopyTo(LineOf(group));
            }
        }
    }

    public override long SizeInBytes
    {
        get
        {
            long bytes = _lines.Length * 8L;
            foreach (Total total in _totals) { bytes += total.SizeInBytes; }

            return bytes;
        }
    }

    public override GroupFailures? Failures => _failures;

    /// <summary>True for calls of functions that are added up this way. ORDER BY makes no difference to them.</summary>
    public static bool CanTake(AggregateCall call) => call.Host is null && call.Function switch
    {
        "COUNT" => true,
        "SUM" or "AVG" => Total.FormOf(call.Arguments[0].Type) != TotalForm.None,
        _ => false,
    };

    public override void Add(ReadOnlySpan<Column> arguments, ReadOnlySpan<int> groups, int groupCount)
    {
        GrowTo(groupCount);
        for (int start = 0; start < groups.Length; start += BlockRows)
        {
            int count = Math.Min(BlockRows, groups.Length - start);
            _passes.Add(arguments, start, groups.Slice(start, count), new TotalLines(_lines, _stride));
        }

        for (int total = 0; total < _totals.Length; total++) { _totals[total].NoteNulls(arguments[total], groups); }
    }

    public override void Merge(Accumulator other, ReadOnlySpan<int> mapping, int groupCount)
    {
        GrowTo(groupCount);
        var part = (TotalsAccumulator)other;
        part.GrowTo(mapping.Length);
        for (int group = 0; group < mapping.Length; group++)
        {
            Span<long> line = LineOf(mapping[group]);
            Span<long> added = part.LineOf(group);
            line[0] += added[0];
            foreach (Total total in _totals) { total.MergeSum(line, added, mapping[group]); }
        }

        for (int total = 0; total < _totals.Length; total++) { _totals[total].MergeNotes(part._totals[total], mapping); }
    }

    public override Accumulator Copy(ReadOnlySpan<int> groups) => new TotalsAccumulator(this, groups);

    /// <summary>The results of the only call.</summary>
    public override Column Finish(int groupCount) => FinishAll(groupCount)[0];

    /// <summary>The results of all calls, in their order; called once, at the end.</summary>
    public Column[] FinishAll(int groupCount)
    {
        GrowTo(groupCount);
        var results = new Column[_calls.Length];
        var lines = new TotalLines(_lines, _stride);
        for (int call = 0; call < results.Length; call++)
        {
            var result = new TotalResult(_calls[call], lines, groupCount, ResultMemory);
            results[call] = result.Of(_calls[call].Argument < 0 ? null : _totals[_calls[call].Argument], ref _failures);
        }

        return results;
    }

    public override void Release()
    {
        PooledArrays.Release(ref _lines);
        foreach (Total total in _totals) { total.Release(); }
    }

    private void GrowTo(int groupCount) => Grow(ref _lines, checked(groupCount * _stride));

    private Span<long> LineOf(int group) => _lines.AsSpan(group * _stride, _stride);
}

/// <summary>One call among those that are added up together.</summary>
/// <param name="Call">The call.</param>
/// <param name="Text">Its text, for errors.</param>
/// <param name="Argument">The number of its argument; −1 for COUNT(*).</param>
internal sealed record TotalCall(AggregateCall Call, string Text, int Argument)
{
    /// <summary>True when values are counted only.</summary>
    public bool IsCount => Call.Function == "COUNT";
}

/// <summary>The memory of all groups.</summary>
/// <param name="Words">The lines one after another.</param>
/// <param name="Stride">Words of a line.</param>
internal readonly record struct TotalLines(long[] Words, int Stride);
