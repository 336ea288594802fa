using System.Runtime.ExceptionServices;
using Ctas.Data;

namespace Ctas.Execution.Operators;

/// <summary>One lane's share: batches [Start, End), and what takes them.</summary>
internal sealed record Lane(int Start, int End, RowErrorLog Log, IOperatorInput Input, ILaneEnd Result);

/// <summary>Runs lanes side by side, once.</summary>
/// <remarks>
/// When the first lane finds, by its first rows, that merging would cost as much as it takes over everything, the others
/// stop, and what they have done until then is given up. Nobody waits for that to be known.
/// </remarks>
internal sealed class LaneRun(Lane[] lanes, IReadOnlyList<ChangeBatch> batches, CancellationToken cancellationToken)
{
    private const int SampleRows = 64 * 1024;

    private volatile bool _hasFailed;
    private volatile bool _isAlone;

    // True once it is known that the first lane leaves their rows to the others.
    private volatile bool _areTogether;

    // Lanes but the first that may read rows yet.
    private int _others = lanes.Length - 1;

    /// <summary>True when no lane but the first reads rows any more.</summary>
    internal bool AreOthersGone => Volatile.Read(ref _others) == 0;

    /// <summary>
    /// Runs to the end: the lanes that have all rows between them, in their order; none when a row failed or memory ran
    /// out. Those not given back are forgotten.
    /// </summary>
    public Lane[] Execute()
    {
        try
        {
            Parallel.For(0, lanes.Length, new ParallelOptions { MaxDegreeOfParallelism = lanes.Length }, Run);
        }
        catch (AggregateException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerExceptions[0]);
        }

        bool isGood = !_hasFailed && lanes.All(lane => lane.Log.Skipped == 0);
        Lane[] done = !isGood ? [] : _isAlone ? lanes[..1] : lanes;
        foreach (Lane lane in lanes.AsSpan(done.Length)) { lane.Result.Forget(); }

        return done;
    }

    private void Run(int number)
    {
        Lane lane = lanes[number];
        try
        {
            if (number == 0) { RunFirst(lane); }
            else { RunOther(lane); }
        }
        catch (ExecutionException)
        {
            _hasFailed = true;
        }
    }

    private void RunFirst(Lane lane)
    {
        long rows = 0;
        for (int batch = lane.Start; batch < (_isAlone ? batches.Count : lane.End) && !_hasFailed; batch++)
        {
            Push(lane, batch);
            bool isSampled = rows >= SampleRows;
            rows += batches[batch].Count;
            if (batch < lane.End || AreOthersGone) { GiveBack(lane, batch); }

            if (!isSampled && rows >= SampleRows)
            {
                _isAlone = lane.Result.IsBetterAlone(rows);
                _areTogether = !_isAlone;
            }
        }
    }

    private void RunOther(Lane lane)
    {
        int kept = lane.Start;
        for (int batch = lane.Start; batch < lane.End && !_hasFailed && !_isAlone; batch++)
        {
            Push(lane, batch);

            // Until then the first lane may come to read them too.
            while (_areTogether && kept <= batch) { GiveBack(lane, kept++); }
        }

        Interlocked.Decrement(ref _others);
    }

    private void Push(Lane lane, int batch)
    {
        cancellationToken.ThrowIfCancellationRequested();
        lane.Input.Push(batches[batch]);
    }

    // Only rows that no other lane reads.
    private void GiveBack(Lane lane, int batch)
    {
        if (!lane.Input.KeepsColumns) { batches[batch].Rows.GiveBackDecoded(); }
    }
}
