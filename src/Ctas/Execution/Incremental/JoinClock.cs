using Ctas.Planning;

namespace Ctas.Execution.Incremental;

/// <summary>How far event time has come for a join of streams WITHIN a time, that of the slower side. Single-threaded.</summary>
/// <remarks>
/// <code>
/// left row   late when   time + after  + grace &lt; event time       no right row that is in time can match it any more
/// right row  late when   time + before + grace &lt; event time       and the other way round
/// forgotten  when        time + before + after + grace &lt; event time
/// </code>
/// A row that is not late finds every row it matches: those are earlier than it by before, or after, at most. So the result
/// is the join of all rows that were not late. Lengths as Kafka Streams has them.
/// </remarks>
/// <param name="plan">The join.</param>
/// <param name="within">Its lengths.</param>
internal sealed class JoinClock(LogicalJoin plan, LogicalWithin within) : EventClock
{
    /// <inheritdoc/>
    public override IReadOnlyList<EventTimeOf> Times => [new(plan.Left, within.LeftTime), new(plan.Right, within.RightTime)];

    /// <summary>By how much event time has passed a left row that is too late.</summary>
    public long LeftLateBy => within.After + within.Grace + 1;

    /// <summary>By how much event time has passed a right row that is too late.</summary>
    public long RightLateBy => within.Before + within.Grace + 1;

    /// <summary>Rows whose time is up to this one, itself included, match nothing that is still to come.</summary>
    public long ForgottenUpTo => PassedNow(within.Before + within.After + within.Grace + 1);
}
