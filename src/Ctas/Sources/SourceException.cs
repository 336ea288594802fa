namespace Ctas.Sources;

/// <summary>A source could not be read. The message names the place; a load wraps this with table and phase.</summary>
public sealed class SourceException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="source">The source's name.</param>
    /// <param name="message">What happened, lower case, no period, with the place.</param>
    /// <param name="isTransient">True when trying again may help.</param>
    /// <param name="inner">The cause.</param>
    public SourceException(string source, string message, bool isTransient, Exception? inner = null)
        : base(message, inner)
    {
        SourceName = source;
        IsTransient = isTransient;
    }

    /// <summary>The source's name.</summary>
    public string SourceName { get; }

    /// <summary>True when trying again may help.</summary>
    public bool IsTransient { get; }

    /// <summary>The partition's name, null when the failure belongs to none.</summary>
    public string? Partition { get; init; }

    /// <summary>The next offset that would have been read, null when unknown.</summary>
    public long? Offset { get; init; }
}
