using System.Buffers;
using System.Runtime.InteropServices;
using Ctas.Data;

namespace Ctas.Sinks;

/// <summary>
/// The encoded keys of the changes of one tick, and whether a key that is retracted is inserted later in it.
/// Single-threaded; used again tick by tick.
/// </summary>
internal sealed class TickKeys
{
    private readonly ArrayBufferWriter<byte> _bytes = new(4096);
    private readonly List<(int End, bool IsInsertion)> _changes = [];
    private readonly List<bool> _isReplaced = [];

    /// <summary>Takes in all changes of a tick, in order.</summary>
    public void Read(IReadOnlyList<ChangeBatch> changes, RowEncoder keys)
    {
        _bytes.ResetWrittenCount();
        _changes.Clear();
        foreach (ChangeBatch batch in changes)
        {
            for (int row = 0; row < batch.Rows.RowCount; row++)
            {
                keys.Write(batch.Rows, row, _bytes);
                _changes.Add((_bytes.WrittenCount, batch.Weights is not { } weights || weights[row] > 0));
            }
        }

        FindReplaced();
    }

    /// <summary>The key of a change, by its number in the tick.</summary>
    public ReadOnlySpan<byte> this[int change] =>
        _bytes.WrittenSpan[(change == 0 ? 0 : _changes[change - 1].End).._changes[change].End];

    /// <summary>True when the key of a change is inserted by a later one.</summary>
    public bool IsReplaced(int change) => _isReplaced[change];

    // From the end to the beginning, so that what is known is what comes later.
    private void FindReplaced()
    {
        CollectionsMarshal.SetCount(_isReplaced, _changes.Count);
        Span<bool> isReplaced = CollectionsMarshal.AsSpan(_isReplaced);
        var inserted = new KeyIndex(_changes.Count);
        for (int change = _changes.Count - 1; change >= 0; change--)
        {
            ReadOnlySpan<byte> key = this[change];
            ulong hash = Hashing.Bytes(key);
            bool isInserted = IsAmong(inserted, hash, key);
            isReplaced[change] = isInserted;
            if (_changes[change].IsInsertion && !isInserted) { inserted.Add(hash, change); }
        }
    }

    private bool IsAmong(KeyIndex inserted, ulong hash, ReadOnlySpan<byte> key)
    {
        for (KeyProbe probe = inserted.Probe(hash); probe.MoveNext();)
        {
            if (this[probe.Row].SequenceEqual(key)) { return true; }
        }

        return false;
    }
}
