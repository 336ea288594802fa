namespace Ctas.Execution.Incremental;

/// <summary>State of a maintained operator. What a tick changes in it is kept or undone as a whole. Single-threaded.</summary>
internal interface ITickState
{
    /// <summary>Bytes held.</summary>
    long SizeInBytes { get; }

    /// <summary>Keeps what the tick has changed. Cost O(changes).</summary>
    void Commit();

    /// <summary>Puts everything back to how it was before the tick. Cost O(changes).</summary>
    void Rollback();

    /// <summary>Writes what is kept, between two ticks. Cost O(rows held).</summary>
    void Save(StateWriter state);

    /// <summary>
    /// Takes up what the same operator has saved, before its first tick: the next one goes on as if this had had all ticks before.
    /// </summary>
    /// <exception cref="InvalidDataException">It was another operator.</exception>
    void Restore(StateReader state);
}
