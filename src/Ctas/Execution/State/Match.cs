namespace Ctas.Execution.State;

/// <summary>Whether a row has a match. Where several pairs decide together, the greatest one counts.</summary>
internal enum Match : byte
{
    /// <summary>No pair is a match.</summary>
    No,

    /// <summary>A comparison with NULL leaves it open.</summary>
    Unknown,

    /// <summary>Some pair is a match.</summary>
    Yes,
}
