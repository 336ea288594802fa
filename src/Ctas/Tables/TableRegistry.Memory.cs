using System.Globalization;

namespace Ctas.Tables;

// What loads in flight hold counts against the budget, so that one that would exceed it fails before the process does.
public sealed partial class TableRegistry
{
    private long _reservedBytes;

    /// <summary>Bytes that loads in flight hold, beside those of the tables.</summary>
    internal long ReservedBytes => Volatile.Read(ref _reservedBytes);

    /// <summary>What a load, or a part of one, will hold; nothing yet.</summary>
    internal MemoryReservation Reserve() => new(this);

    /// <inheritdoc cref="MemoryReservation.Hold"/>
    internal string? Hold(MemoryReservation reservation, long bytes)
    {
        lock (_writing)
        {
            long more = bytes - reservation.Bytes;
            long used = _reservedBytes + (more > 0 && Options.MemoryBudget is not null ? TableBytes(_state.Snapshot.Entries) : 0);
            bool isGranted = more <= 0 || Options.MemoryBudget is not { } budget || used + more <= budget;
            Set(reservation, isGranted ? bytes : 0);
            return isGranted ? null : string.Create(
                CultureInfo.InvariantCulture,
                $"{more:N0} bytes more are wanted while tables and loads hold {used:N0}, the budget is {Options.MemoryBudget:N0} (MemoryBudget)");
        }
    }

    private void Set(MemoryReservation reservation, long bytes)
    {
        Volatile.Write(ref _reservedBytes, _reservedBytes + bytes - reservation.Bytes);
        reservation.Bytes = bytes;
    }

    private static long TableBytes(System.Collections.Immutable.ImmutableDictionary<string, RegistryEntry> entries) =>
        entries.Values.Sum(entry => entry.SizeInBytes);
}
