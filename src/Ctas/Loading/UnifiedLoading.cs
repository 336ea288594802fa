namespace Ctas.Loading;

/// <summary>What <c>loading.unified</c> asks for.</summary>
internal enum UnifiedLoading
{
    /// <summary>Neither continued nor stored: always loaded in full.</summary>
    Off,

    /// <summary>Continued wherever that is possible; the default of an engine with snapshots.</summary>
    Auto,

    /// <summary>As <see cref="Auto"/>; that a stored snapshot could not be used is a warning.</summary>
    On,
}

/// <summary>What a load is told of a table's stored snapshot before anything is read. Immutable.</summary>
/// <param name="Snapshot">Its header where it may be used; null: the table is loaded in full.</param>
/// <param name="Reason">Why it is loaded in full.</param>
/// <param name="IsWarning">True when the user should know of the reason.</param>
internal sealed record StoredDecision(Tables.Snapshots.SnapshotHeader? Snapshot, string Reason = "", bool IsWarning = false);

/// <summary>A stored snapshot turned out not to fit: the table is loaded in full. Never leaves the load.</summary>
internal sealed class NotContinuedException(string reason, bool isDamage = false) : Exception(reason)
{
    /// <summary>True when the file is damaged, which the user should know whatever the properties say.</summary>
    public bool IsDamage { get; } = isDamage;
}
