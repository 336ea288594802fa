using Ctas.Data;

namespace Ctas.Execution.Operators;

/// <summary>Hands out morsels to lanes, and says whose turn it is to push on what became of one. Safe for many threads.</summary>
/// <remarks>Turns go by the number of the morsel. Whoever takes one must pass, so the lane of the least one never waits for ever.</remarks>
internal sealed class MorselTurns
{
    // Tasks, as whoever waits for one tells the thread pool that its thread is free for other work.
    private readonly TaskCompletionSource[] _passed;
    private int _taken;

    // The morsel after which nothing goes on.
    private volatile int _last = int.MaxValue;

    /// <summary>Prepares the turns of so many morsels.</summary>
    public MorselTurns(int count)
    {
        _passed = new TaskCompletionSource[count];
        for (int morsel = 0; morsel < count; morsel++)
        {
            _passed[morsel] = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>True when nothing more goes on: a morsel has failed, or enough rows are there.</summary>
    public bool AreOver => _last < int.MaxValue;

    /// <summary>Takes the next morsel; false when there is none, or all is over.</summary>
    public bool TryTake(out int morsel)
    {
        morsel = AreOver ? _passed.Length : Interlocked.Increment(ref _taken) - 1;
        return morsel < _passed.Length;
    }

    /// <summary>Waits until all morsels before have passed.</summary>
    public void Await(int morsel)
    {
        if (morsel > 0) { _passed[morsel - 1].Task.Wait(); }
    }

    /// <summary>Lets the next morsel have its turn. Called once by whoever took this one, when it was its turn.</summary>
    public void Pass(int morsel) => _passed[morsel].SetResult();

    /// <summary>True when one thread would have come to a morsel. Known when it is its turn.</summary>
    public bool Counts(int morsel) => morsel <= _last;

    /// <summary>Says that nothing more goes on after a morsel. Called by whoever took that one, when it was its turn.</summary>
    public void EndAfter(int morsel) => _last = morsel;
}

/// <summary>Where the rows of one lane go on, when it is the turn of their morsel. Used by the thread of the lane.</summary>
internal sealed class LaneExit(MorselTurns turns, IOperatorInput output) : IOperatorInput
{
    public bool IsSatisfied => turns.AreOver;

    public bool KeepsColumns => output.KeepsColumns;

    /// <summary>The morsel that the lane is at.</summary>
    public int Morsel { get; set; }

    /// <summary>True when it was the output that failed.</summary>
    public bool HasOutputFailed { get; private set; }

    public void Push(ChangeBatch changes)
    {
        turns.Await(Morsel);
        if (turns.AreOver) { return; }

        HasOutputFailed = true;
        output.Push(changes);
        HasOutputFailed = false;
        if (output.IsSatisfied) { turns.EndAfter(Morsel); }
    }

    public void Complete()
    {
    }
}
