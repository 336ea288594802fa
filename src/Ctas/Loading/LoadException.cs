using Ctas.Sources;

namespace Ctas.Loading;

/// <summary>A table could not be loaded. The table is absent, or as it was before; nothing half-read is visible.</summary>
public sealed class LoadException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="table">The table.</param>
    /// <param name="phase">What the load was doing.</param>
    /// <param name="message">Why, lower case, no period.</param>
    /// <param name="isTransient">True when loading again may help.</param>
    /// <param name="inner">The cause.</param>
    public LoadException(string table, LoadPhase phase, string message, bool isTransient, Exception? inner = null)
        : base($"could not load table \"{table}\" ({phase.InWords()}): {message}", inner)
    {
        Table = table;
        Phase = phase;
        IsTransient = isTransient;
        if (inner is SourceException source)
        {
            Partition = source.Partition;
            Offset = source.Offset;
        }
    }

    /// <summary>The table.</summary>
    public string Table { get; }

    /// <summary>What the load was doing.</summary>
    public LoadPhase Phase { get; }

    /// <summary>True when loading again may help.</summary>
    public bool IsTransient { get; }

    /// <summary>The source partition's name, null when the failure belongs to none.</summary>
    public string? Partition { get; }

    /// <summary>The next offset that would have been read, null when unknown.</summary>
    public long? Offset { get; }
}
