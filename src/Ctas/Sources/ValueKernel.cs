namespace Ctas.Sources;

/// <summary>How a decoder may append values to a column without asking for its type.</summary>
internal enum ValueKernel
{
    /// <summary>Through the column, by the kind of token.</summary>
    General,

    /// <summary>Strings, as they are.</summary>
    Text,

    /// <summary>64-bit integers.</summary>
    Int64,

    /// <summary>32-bit integers.</summary>
    Int32,

    /// <summary>Floating-point numbers.</summary>
    Double,

    /// <summary>Truth values.</summary>
    Boolean,

    /// <summary>Points in time, where they are written in ISO 8601.</summary>
    Timestamp,
}
