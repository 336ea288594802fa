using System.Globalization;
using Ctas.Sources;

namespace Ctas.Tests.Maintenance;

/// <summary>Random records whose times go on, some of them late, and some far too late.</summary>
/// <param name="random">Chooses them.</param>
/// <param name="clicks">A stream.</param>
/// <param name="buys">Another.</param>
/// <param name="users">A changelog.</param>
internal sealed class LateHistory(Random random, InMemorySource clicks, InMemorySource buys, InMemorySource users)
{
    private double _now = 20;

    public Random Random => random;

    /// <summary>One of the sources.</summary>
    public InMemorySource Any() => random.Next(5) switch { 0 => users, 1 or 2 => buys, _ => clicks };

    /// <summary>Adds records to all sources, of streams to all partitions: one that never had any may hold event time up.</summary>
    public void AddAll(int count)
    {
        foreach (InMemorySource source in new[] { clicks, buys })
        {
            Add(source, 1, partition: 0);
            Add(source, 1, partition: 1);
        }

        for (int record = 0; record < count; record++) { Add(Any(), 1); }
    }

    /// <summary>Adds records to a source.</summary>
    /// <param name="source">The source.</param>
    /// <param name="count">How many.</param>
    /// <param name="partition">Where all of them go; null: anywhere.</param>
    public void Add(InMemorySource source, int count, int? partition = null)
    {
        for (int record = 0; record < count; record++)
        {
            if (source == users) { AddUser(); }
            else { AddEvent(source, partition ?? random.Next(2)); }
        }
    }

    /// <summary>Adds a record to every stream that is later than all before.</summary>
    public void AddOnTime()
    {
        foreach (InMemorySource source in new[] { clicks, buys }) { AddEvent(source, partition: 0, isOnTime: true); }
    }

    private void AddUser()
    {
        // What decides between versions of a key is the order in its partition.
        string key = Key();
        string? value = random.Next(4) == 0 ? null : $$"""{"name":"{{(char)('p' + random.Next(3))}}"}""";
        users.Add(InMemoryRecord.FromText(key, value) with { Partition = key[0] % 2 });
    }

    private void AddEvent(InMemorySource source, int partition, bool isOnTime = false)
    {
        _now += random.NextDouble() * 2;
        double at = isOnTime ? _now : _now - random.Next(6) switch { 0 => random.Next(40), 1 or 2 => random.Next(6), _ => 0 };
        source.Add(InMemoryRecord.FromText(null, string.Create(
            CultureInfo.InvariantCulture,
            $$"""{"k":"{{Key()}}","n":{{random.Next(6)}},"x":{{random.Next(100) / 7.0:R}},"at":{{(long)(at * 1000)}}}""")) with
        { Partition = partition });
    }

    private string Key() => $"{(char)('a' + random.Next(4))}";
}
