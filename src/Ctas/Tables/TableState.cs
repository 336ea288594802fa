namespace Ctas.Tables;

/// <summary>Where a table of the registry stands.</summary>
public enum TableState
{
    /// <summary>Declared; waits for its producers or for a free slot.</summary>
    Waiting,

    /// <summary>Being loaded.</summary>
    Loading,

    /// <summary>Loaded once; can be read.</summary>
    Ready,

    /// <summary>Loaded and kept fresh; can be read.</summary>
    Live,

    /// <summary>
    /// Its load failed, and nothing of it is visible; or it could not be kept fresh, or delivered to its sink, any longer, and
    /// can still be read.
    /// </summary>
    Failed,

    /// <summary>Not tried, because a producer is not there.</summary>
    Skipped,

    /// <summary>Its load was cut off; nothing of it is visible.</summary>
    Cancelled,

    /// <summary>Gone; readers that hold it can finish.</summary>
    Dropped,
}
