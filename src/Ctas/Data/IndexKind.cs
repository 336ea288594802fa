namespace Ctas.Data;

/// <summary>How an index finds rows.</summary>
public enum IndexKind
{
    /// <summary>By value, by range and by prefix, of the first columns or of all: O(log n).</summary>
    Ordered,

    /// <summary>By the values of all its columns together: hashes are compared, so long and similar values cost no more.</summary>
    Hash,
}
