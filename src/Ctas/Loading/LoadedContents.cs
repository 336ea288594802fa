using Ctas.Tables.Snapshots;

namespace Ctas.Loading;

/// <summary>What a loaded table was made of: all that its snapshot needs beside its rows. Immutable.</summary>
/// <param name="Definition">Digest of its definition.</param>
/// <param name="Stamp">Names its contents.</param>
internal sealed record LoadedContents(string Definition, Guid Stamp)
{
    /// <summary>Why it cannot be stored; empty where it can.</summary>
    public string WhyNotStored { get; init; } = "";

    /// <summary>Why records to come could not be applied to it; empty where they can.</summary>
    public string WhyNotContinued { get; init; } = "";

    /// <summary>The sources read, and how far.</summary>
    public IReadOnlyList<StoredSource> Sources { get; init; } = [];

    /// <summary>The contents of the tables read.</summary>
    public IReadOnlyList<StoredInput> Inputs { get; init; } = [];

    /// <summary>True when just this is stored already.</summary>
    public bool IsStored { get; init; }
}
