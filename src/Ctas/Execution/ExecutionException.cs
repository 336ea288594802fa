namespace Ctas.Execution;

/// <summary>A query that could not be executed: a row it cannot compute, or a limit it exceeds.</summary>
public sealed class ExecutionException : Exception
{
    /// <summary>Makes an exception without a place.</summary>
    public ExecutionException()
        : this("CTAS5000", "the query failed")
    {
    }

    /// <summary>Makes an exception without a place.</summary>
    public ExecutionException(string message)
        : this("CTAS5000", message)
    {
    }

    /// <summary>Makes an exception without a place.</summary>
    public ExecutionException(string message, Exception innerException)
        : base(message, innerException) => Code = "CTAS5000";

    internal ExecutionException(string code, string message, Exception? innerException = null)
        : base($"{code}: {message}", innerException) => Code = code;

    /// <summary>A stable code, <c>CTAS5</c> and three digits.</summary>
    public string Code { get; }

    /// <summary>The text of the expression that failed, null when none did.</summary>
    public string? Expression { get; internal init; }

    /// <summary>The operand values the expression failed on, null when none did.</summary>
    public string? Value { get; internal init; }

    /// <summary>Position of the row among the rows the failing operator was given, from 0; null when unknown.</summary>
    public long? Row { get; internal init; }

    /// <summary>Always false: the same rows fail again.</summary>
    public bool IsTransient { get; }
}
