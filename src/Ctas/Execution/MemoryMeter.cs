using Ctas.Tables;

namespace Ctas.Execution;

/// <summary>Counts the bytes that the states of one execution hold, or those of one operator of it. Safe for many threads.</summary>
/// <remarks>What an operator charges counts for the execution too, whose limit it is.</remarks>
internal sealed class MemoryMeter
{
    private readonly MemoryMeter? _execution;
    private readonly MemoryLimit _limit;
    private readonly MemoryReservation? _held;
    private readonly Func<string> _owner;
    private readonly Lock _charging;

    /// <summary>Counts for an execution.</summary>
    /// <param name="limit">What it may hold.</param>
    /// <param name="held">What it holds of the engine's memory; null: that is not counted.</param>
    public MemoryMeter(MemoryLimit limit, MemoryReservation? held = null)
    {
        _limit = limit;
        _held = held;
        _owner = () => "the query";
        _charging = new Lock();
    }

    private MemoryMeter(MemoryMeter execution, Func<string> owner)
    {
        _execution = execution;
        _limit = execution._limit;
        _held = execution._held;
        _owner = owner;
        _charging = execution._charging;
    }

    /// <summary>Bytes held now.</summary>
    public long Bytes { get; private set; }

    /// <summary>Most bytes held at once so far.</summary>
    public long PeakBytes { get; private set; }

    /// <summary>Counts for an operator of this execution.</summary>
    /// <param name="owner">Its name, for the error.</param>
    public MemoryMeter For(Func<string> owner) => new(this, owner);

    /// <summary>Notes that a state has grown (or, negative, shrunk).</summary>
    /// <exception cref="ExecutionException">The limit is exceeded.</exception>
    public void Charge(long bytes)
    {
        lock (_charging)
        {
            Add(bytes);
            _execution?.Add(bytes);
            long total = (_execution ?? this).Bytes;
            if (bytes > 0 && total > _limit.Bytes)
            {
                throw ExecutionErrors.MemoryExceeded(_owner(), Bytes, total, _limit);
            }

            if (_held?.Hold(total) is { } refusal) { throw ExecutionErrors.MemoryRefused(_owner(), Bytes, refusal); }
        }
    }

    private void Add(long bytes)
    {
        Bytes += bytes;
        PeakBytes = Math.Max(PeakBytes, Bytes);
    }
}

/// <summary>How much an execution may hold.</summary>
/// <param name="Bytes">That many.</param>
/// <param name="Option">What sets it, for the error.</param>
internal sealed record MemoryLimit(long Bytes, string Option)
{
    /// <summary>No limit.</summary>
    public static MemoryLimit None { get; } = new(long.MaxValue, "");
}
