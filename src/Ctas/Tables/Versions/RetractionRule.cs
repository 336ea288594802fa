namespace Ctas.Tables.Versions;

/// <summary>Which row a change of weight −1 takes out of a table with a key.</summary>
internal enum RetractionRule
{
    /// <summary>That of the same key, whatever the other columns hold: what a tombstone says.</summary>
    ByKey,

    /// <summary>
    /// That which is equal in every column; none when the key holds another row by now. So it does not matter in which
    /// order the retraction of an old row and the insertion of the new one arrive.
    /// </summary>
    ByRow,
}
