using System.Runtime.CompilerServices;

namespace Ctas.Execution.Incremental;

/// <summary>Places of rows in the order of their times, so that the rows up to a time are found at once. Single-threaded.</summary>
/// <remarks>
/// A binary heap that knows where each place is. Adding and removing cost O(log rows), adding in the order of time O(1);
/// finding costs O(rows found).
/// </remarks>
internal sealed class TimeOrder
{
    private int[] _heap = [];

    // By place.
    private Entry[] _entries = [];
    private int _count;

    /// <summary>The earliest time; <see cref="long.MaxValue"/> without rows.</summary>
    public long First => _count == 0 ? long.MaxValue : _entries[_heap[0]].Time;

    /// <summary>Bytes held.</summary>
    public long SizeInBytes => (_heap.Length * 4L) + (_entries.Length * (long)Unsafe.SizeOf<Entry>());

    /// <summary>Adds a place with its time; one that is there stays.</summary>
    public void Add(int place, long time)
    {
        if (place >= _entries.Length) { Array.Resize(ref _entries, Math.Max(place + 1, Math.Max(64, _entries.Length * 2))); }

        if (_entries[place].Slot != 0) { return; }

        if (_count == _heap.Length) { Array.Resize(ref _heap, Math.Max(64, _count * 2)); }

        _entries[place].Time = time;
        Up(_count++, place);
    }

    /// <summary>Removes a place, if it is there.</summary>
    public void Remove(int place)
    {
        if (place >= _entries.Length || _entries[place].Slot == 0) { return; }

        int slot = _entries[place].Slot - 1;
        _entries[place].Slot = 0;
        int last = _heap[--_count];
        if (last == place) { return; }

        if (slot > 0 && _entries[last].Time < _entries[_heap[(slot - 1) / 2]].Time) { Up(slot, last); }
        else { Down(slot, last); }
    }

    /// <summary>Adds the places whose time is at most this one to a list, in no order.</summary>
    public void AddUpTo(long time, List<int> places) => AddUpTo(time, places, slot: 0);

    private void AddUpTo(long time, List<int> places, int slot)
    {
        // The heap is as deep as its size has bits.
        if (slot >= _count || _entries[_heap[slot]].Time > time) { return; }

        places.Add(_heap[slot]);
        AddUpTo(time, places, (2 * slot) + 1);
        AddUpTo(time, places, (2 * slot) + 2);
    }

    private void Up(int slot, int place)
    {
        long time = _entries[place].Time;
        while (slot > 0 && _entries[_heap[(slot - 1) / 2]].Time > time)
        {
            Put(slot, _heap[(slot - 1) / 2]);
            slot = (slot - 1) / 2;
        }

        Put(slot, place);
    }

    private void Down(int slot, int place)
    {
        long time = _entries[place].Time;
        while ((2 * slot) + 1 < _count)
        {
            int child = (2 * slot) + 1;
            if (child + 1 < _count && _entries[_heap[child + 1]].Time < _entries[_heap[child]].Time) { child++; }

            if (_entries[_heap[child]].Time >= time) { break; }

            Put(slot, _heap[child]);
            slot = child;
        }

        Put(slot, place);
    }

    private void Put(int slot, int place)
    {
        _heap[slot] = place;
        _entries[place].Slot = slot + 1;
    }

    // Slot is one more than the place in the heap, so that one that is not there is all zeros.
    private struct Entry
    {
        public long Time;
        public int Slot;
    }
}
