using System.Text;

using Confluent.Kafka;

namespace Ctas.IntegrationTests.Kafka;

/// <summary>The log of one partition, written entry by entry.</summary>
internal sealed class ScriptedPartition(int id, long start)
{
    private readonly List<ScriptedEntry> _entries = [];

    public int Id { get; } = id;

    /// <summary>The first offset.</summary>
    public long Start { get; set; } = start;

    /// <summary>The last stable offset: what a consumer that reads committed records takes for the end.</summary>
    public long End { get; private set; } = start;

    /// <summary>The number of the leadership under which entries are appended; null with old brokers.</summary>
    public int? LeaderEpoch { get; set; }

    /// <summary>The errors that the next fetches meet here.</summary>
    public Queue<ErrorCode> Errors { get; } = new();

    public IReadOnlyList<ScriptedEntry> Entries => _entries;

    public ScriptedPartition Record(string? key, string? value, long timestamp = 0) =>
        Append(new ScriptedEntry(End, EntryKind.Record, Pinned(key), Pinned(value), timestamp, LeaderEpoch));

    /// <summary>Records k{from}, k{from+1} … with the values 0, 1 …</summary>
    public ScriptedPartition Records(int count, int from = 0)
    {
        for (int i = from; i < from + count; i++) { Record($"k{i}", $$"""{"n":{{i}}}"""); }

        return this;
    }

    /// <summary>A commit or abort marker: no record, yet the client's position passes it.</summary>
    public ScriptedPartition Marker() => Append(new ScriptedEntry(End, EntryKind.Marker, null, null, 0, LeaderEpoch));

    /// <summary>Offsets emptied by compaction, or of an aborted transaction: nothing but the fetch passes.</summary>
    public ScriptedPartition Hole(int offsets = 1)
    {
        for (int i = 0; i < offsets; i++) { Append(new ScriptedEntry(End, EntryKind.Hole, null, null, 0, LeaderEpoch)); }

        return this;
    }

    /// <summary>Compaction removes the records at these offsets.</summary>
    public void Compact(params ReadOnlySpan<long> offsets)
    {
        foreach (long offset in offsets)
        {
            int at = _entries.FindIndex(e => e.Offset == offset);
            _entries[at] = new ScriptedEntry(offset, EntryKind.Hole, null, null, 0, _entries[at].LeaderEpoch);
        }
    }

    /// <summary>Loses the log from an offset on, as an unclean change of leader does.</summary>
    public void CutTo(long end)
    {
        _entries.RemoveAll(e => e.Offset >= end);
        End = end;
    }

    /// <summary>Where the entries of a leadership end, as the leader of now tells it.</summary>
    public long EndOf(int epoch) => _entries.FirstOrDefault(e => e.LeaderEpoch > epoch)?.Offset ?? End;

    private ScriptedPartition Append(ScriptedEntry entry)
    {
        _entries.Add(entry);
        End++;
        return this;
    }

    // The consumer hands out addresses.
    private static byte[]? Pinned(string? text)
    {
        if (text is null) { return null; }

        // An empty array has no first element to point to.
        byte[] bytes = GC.AllocateUninitializedArray<byte>(Encoding.UTF8.GetByteCount(text) + 1, pinned: true);
        Encoding.UTF8.GetBytes(text, bytes);
        return bytes;
    }
}

internal enum EntryKind
{
    Record,
    Marker,
    Hole,
}

/// <summary>One offset of a log; key and value have one spare byte at the end.</summary>
internal sealed record ScriptedEntry(long Offset, EntryKind Kind, byte[]? Key, byte[]? Value, long Timestamp, int? LeaderEpoch);
