namespace Ctas.Maintenance;

/// <summary>The reader of a SELECT … EMIT CHANGES has fallen too far behind. Begin again: the first moment has all rows.</summary>
public sealed class QueryChangesLostException : Exception
{
    internal QueryChangesLostException(int maxRows)
        : base($"the reader of the changes is more than {maxRows:N0} changed rows behind (MaxChangesBehind); begin the query again")
    {
    }
}
