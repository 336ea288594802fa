using Ctas.Tables.Keys;

namespace Ctas.Tables.Versions;

/// <summary>What a version is, apart from its rows.</summary>
/// <param name="Number">Its number; the first is 1.</param>
/// <param name="RowCount">Rows in it.</param>
/// <param name="Continuation">The right to go on from it.</param>
internal sealed record VersionInfo(long Number, long RowCount, WriterClaim Continuation);

/// <summary>The key index as one version holds it.</summary>
/// <param name="Directory">The parts; one empty part for a table without a key.</param>
/// <param name="SizeInBytes">Bytes of the parts.</param>
internal readonly record struct StandardIndex(TagDirectory Directory, long SizeInBytes);

/// <summary>The right to go on from a version: given to one writer only, since all share the index.</summary>
internal sealed class WriterClaim(bool isTaken = false)
{
    private bool _isTaken = isTaken;

    /// <summary>Takes the right; false when a writer has it already.</summary>
    public bool TryTake() => !Interlocked.Exchange(ref _isTaken, true);
}
