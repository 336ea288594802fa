namespace Ctas.Sources;

/// <summary>A source whose partitions can be shared out among the members of a group.</summary>
/// <remarks>
/// Asked only where the definition names a <see cref="SourceDefinition.Group"/>. Its scans obey
/// <see cref="ScanRequest.Partitions"/>, and so do its tails.
/// </remarks>
public interface IGroupSource : ISource
{
    /// <summary>Joins the group; whoever calls leaves it by disposing the member. Does not wait.</summary>
    IGroupMember Join();
}

/// <summary>One member of a group. Safe for concurrent use; disposing it leaves the group.</summary>
public interface IGroupMember : IAsyncDisposable
{
    /// <summary>True when the group has refused the member: it gets no share any more, and one would have to join anew.</summary>
    bool IsOver { get; }

    /// <summary>
    /// What keeps the group from giving a share and is being waited out, in one line; null, the default, when all is well.
    /// </summary>
    string? Fault => null;

    /// <summary>The member's share as the group has it; waits while the group is sharing out.</summary>
    /// <returns>The same object as long as the partitions are the same.</returns>
    /// <exception cref="SourceException">The group refuses the member, or gave it no share for too long.</exception>
    ValueTask<GroupShare> GetShareAsync(CancellationToken cancellationToken);
}

/// <summary>The partitions that a group has given to one of its members. Immutable.</summary>
/// <remarks>At any time a partition belongs to the share of one member, and all shares together are the whole source.</remarks>
/// <param name="Partitions">Their numbers, ascending; none where there are more members than partitions.</param>
/// <param name="Ended">Cancelled when the group has given the member other partitions, or has lost it.</param>
public sealed record GroupShare(IReadOnlyList<int> Partitions, CancellationToken Ended);
