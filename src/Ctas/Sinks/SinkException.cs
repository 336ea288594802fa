namespace Ctas.Sinks;

/// <summary>A sink could not take what it was given.</summary>
public sealed class SinkException : Exception
{
    /// <summary>Makes one.</summary>
    /// <param name="sink">The sink's name.</param>
    /// <param name="message">What happened, and where.</param>
    /// <param name="isTransient">True when writing the same again may succeed.</param>
    /// <param name="inner">What caused it.</param>
    public SinkException(string sink, string message, bool isTransient, Exception? inner = null)
        : base(message, inner)
    {
        Sink = sink;
        IsTransient = isTransient;
    }

    /// <summary>The sink's name.</summary>
    public string Sink { get; }

    /// <summary>True when writing the same again may succeed.</summary>
    public bool IsTransient { get; }
}
