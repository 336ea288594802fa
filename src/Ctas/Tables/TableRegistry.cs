using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Ctas.Text;

namespace Ctas.Tables;

/// <summary>The tables of an application by name. Safe for any number of threads; reads never lock or wait.</summary>
/// <remarks>
/// All that is registered is one immutable snapshot behind one reference. Writers prepare the next snapshot under a
/// lock and swap the reference, so a reader sees each change whole or not at all. Names ignore case.
/// </remarks>
public sealed partial class TableRegistry
{
    private readonly Lock _writing = new();
    private readonly TimeProvider _time;
    private volatile RegistryState _state = RegistryState.Empty;

    /// <summary>Makes an empty registry.</summary>
    /// <param name="options">Limits; none by default.</param>
    /// <param name="timeProvider">The clock; the system's by default.</param>
    public TableRegistry(TableRegistryOptions? options = null, TimeProvider? timeProvider = null)
    {
        Options = options ?? new TableRegistryOptions();
        _time = timeProvider ?? TimeProvider.System;
    }

    /// <summary>The limits.</summary>
    public TableRegistryOptions Options { get; }

    /// <summary>What is known of every table, sorted by name.</summary>
    public IReadOnlyList<TableMetadata> Tables => Snapshot().Tables;

    /// <summary>Completes with the next change. Get it before looking, then look, then wait.</summary>
    internal Task Changed => _state.Changed.Task;

    /// <inheritdoc cref="RegistrySnapshot.this"/>
    /// <remarks>A table that is kept fresh goes on with its newest version; a snapshot of the registry has it fixed.</remarks>
    public ITable this[string name]
    {
        get
        {
            RegistrySnapshot snapshot = _state.Snapshot;
            ITable version = snapshot[name];
            return snapshot.Entries[name].Live ?? version;
        }
    }

    /// <inheritdoc cref="RegistrySnapshot.TryGet"/>
    /// <remarks>A table that is kept fresh goes on with its newest version; a snapshot of the registry has it fixed.</remarks>
    public bool TryGet(string name, [NotNullWhen(true)] out ITable? table)
    {
        RegistrySnapshot snapshot = _state.Snapshot;
        if (!snapshot.TryGet(name, out table)) { return false; }

        table = snapshot.Entries[name].Live ?? table;
        return true;
    }

    /// <inheritdoc cref="RegistrySnapshot.TryGetMetadata"/>
    public bool TryGetMetadata(string name, [NotNullWhen(true)] out TableMetadata? metadata) =>
        _state.Snapshot.TryGetMetadata(name, out metadata);

    /// <summary>All tables at one moment. Cost O(1).</summary>
    public RegistrySnapshot Snapshot() => _state.Snapshot;

    /// <summary>Registers a table whole, or not at all; a refused table that is disposable is disposed.</summary>
    /// <exception cref="TableRegistrationException">The name is taken, or a limit would be exceeded.</exception>
    public void Register(TableRegistration registration)
    {
        ArgumentNullException.ThrowIfNull(registration);
        string name = registration.Table.Name;
        Offer([registration.Table], entries =>
        {
            if (entries.TryGetValue(name, out RegistryEntry? existing) && existing.TakesPlace)
            {
                throw Duplicate(existing.Metadata);
            }

            return entries.SetItem(name, EntryOf(registration, createdAt: null));
        });
    }

    /// <summary>Registers a table in place of the one of its name; readers of the old one finish on it.</summary>
    /// <remarks>Without a table of that name this is <see cref="Register"/>.</remarks>
    /// <exception cref="TableRegistrationException">
    /// A limit would be exceeded, or the table is being loaded; the old table stays.
    /// </exception>
    public void Replace(TableRegistration registration)
    {
        ArgumentNullException.ThrowIfNull(registration);
        string name = registration.Table.Name;
        Offer([registration.Table], entries =>
        {
            RegistryEntry? existing = entries.GetValueOrDefault(name);
            if (existing?.Pending is not null) { throw UnderLoad(existing.Metadata, "replaced"); }

            DateTimeOffset? createdAt = existing is { TakesPlace: true } ? existing.Metadata.CreatedAt : null;
            return entries.SetItem(name, EntryOf(registration, createdAt));
        });
    }

    /// <summary>Takes a table out; who holds it can go on reading it.</summary>
    /// <param name="name">The table's name.</param>
    /// <param name="cascade">True to drop the tables that depend on it as well.</param>
    /// <returns>The names dropped, in order: dependents before what they read.</returns>
    /// <exception cref="TableNotFoundException">There is no such table.</exception>
    /// <exception cref="TableRegistrationException">
    /// Other tables depend on it and <paramref name="cascade"/> is false, or one of them is being loaded.
    /// </exception>
    public IReadOnlyList<string> Drop(string name, bool cascade = false)
    {
        var dropped = new List<string>();
        Change(entries =>
        {
            var snapshot = new RegistrySnapshot(entries, 0);
            if (!entries.TryGetValue(name, out RegistryEntry? entry))
            {
                throw new TableNotFoundException(name, snapshot.ClosestNames(name));
            }

            IReadOnlyList<string> dependents = snapshot.DependentsOf(name);
            if (dependents.Count > 0 && !cascade)
            {
                throw new TableRegistrationException(entry.Metadata.Name, TableRegistrationError.DependentsExist,
                    $"table \"{entry.Metadata.Name}\" cannot be dropped while {Quote(dependents)} "
                    + $"depend{(dependents.Count == 1 ? "s" : "")} on it; CASCADE drops them too");
            }

            AddInDropOrder(snapshot, entry.Metadata.Name, dropped);
            RegistryEntry? loading =
                dropped.Select(table => entries[table]).FirstOrDefault(table => table.Pending is not null);
            if (loading is not null)
            {
                throw UnderLoad(loading.Metadata, "dropped");
            }

            return entries.RemoveRange(dropped);
        });
        return dropped;
    }

    private static void AddInDropOrder(RegistrySnapshot snapshot, string name, List<string> dropped)
    {
        foreach (string dependent in snapshot.DependentsOf(name))
        {
            bool isKnown = dropped.Contains(dependent, StringComparer.OrdinalIgnoreCase);
            if (!isKnown) { AddInDropOrder(snapshot, dependent, dropped); }
        }

        dropped.Add(name);
    }

    private static string Quote(IEnumerable<string> names) => string.Join(", ", names.Select(name => $"\"{name}\""));

    private static TableRegistrationException Duplicate(TableMetadata existing) =>
        new(existing.Name, TableRegistrationError.DuplicateName,
            $"table \"{existing.Name}\" exists already ({existing.State.ToString().ToLowerInvariant()})");

    private static TableRegistrationException UnderLoad(TableMetadata existing, string participle) =>
        new(existing.Name, TableRegistrationError.LoadUnderWay,
            $"table \"{existing.Name}\" is being loaded and cannot be {participle} before that ends");

    /// <summary>As <see cref="Change"/>; the offered tables are disposed when they are refused.</summary>
    private void Offer(
        IReadOnlyList<ITable> offered,
        Func<ImmutableDictionary<string, RegistryEntry>, ImmutableDictionary<string, RegistryEntry>> change,
        IReadOnlyList<MemoryReservation>? reservations = null)
    {
        try { Change(change, reservations); }
        catch
        {
            foreach (ITable table in offered) { (table as IDisposable)?.Dispose(); }

            throw;
        }
    }

    /// <summary>Makes the next snapshot of the last, holds the limits and publishes it: whole, or not at all.</summary>
    /// <param name="change">What changes.</param>
    /// <param name="reservations">What is given back for it.</param>
    private void Change(
        Func<ImmutableDictionary<string, RegistryEntry>, ImmutableDictionary<string, RegistryEntry>> change,
        IReadOnlyList<MemoryReservation>? reservations = null)
    {
        RegistryState before;
        lock (_writing)
        {
            before = _state;
            ImmutableDictionary<string, RegistryEntry> entries = change(before.Snapshot.Entries);
            if (ReferenceEquals(entries, before.Snapshot.Entries)) { return; }

            HoldLimits(before.Snapshot.Entries, entries, reservations?.Sum(reservation => reservation.Bytes) ?? 0);
            foreach (MemoryReservation reservation in reservations ?? []) { Set(reservation, 0); }

            _state = new RegistryState(new RegistrySnapshot(entries, before.Snapshot.Version + 1));
        }

        // Waiters run outside the lock.
        before.Changed.SetResult();
    }

    /// <summary>Refuses a change that takes what is more than allowed; one that gives back is never refused.</summary>
    private void HoldLimits(
        ImmutableDictionary<string, RegistryEntry> before,
        ImmutableDictionary<string, RegistryEntry> after,
        long givenBackBytes)
    {
        if (Options.MaxTables is { } maxTables)
        {
            int places = after.Values.Count(entry => entry.TakesPlace);
            if (places > maxTables && places > before.Values.Count(entry => entry.TakesPlace))
            {
                string name = FirstChanged(before, after);
                throw new TableRegistrationException(name, TableRegistrationError.MaxTablesReached,
                    $"table \"{name}\" would exceed the limit of {maxTables} tables (MaxTables)");
            }
        }

        if (Options.MemoryBudget is { } budget)
        {
            long bytes = TableBytes(after) + _reservedBytes - givenBackBytes;
            if (bytes > budget && TableBytes(after) > TableBytes(before))
            {
                throw new TableRegistrationException(
                    FirstChanged(before, after), TableRegistrationError.MemoryBudgetExceeded,
                    $"table \"{FirstChanged(before, after)}\" would bring all tables and loads to {bytes:N0} bytes, "
                    + $"the budget is {budget:N0} (MemoryBudget)");
            }
        }
    }

    private static string FirstChanged(
        ImmutableDictionary<string, RegistryEntry> before, ImmutableDictionary<string, RegistryEntry> after) =>
        after.Where(entry => !ReferenceEquals(before.GetValueOrDefault(entry.Key), entry.Value))
            .Select(entry => entry.Value.Metadata.Name)
            .Order(StringComparer.OrdinalIgnoreCase)
            .First();

    private RegistryEntry EntryOf(TableRegistration registration, DateTimeOffset? createdAt)
    {
        DateTimeOffset now = _time.GetUtcNow();
        ITable table = registration.Table;
        var metadata = new TableMetadata
        {
            Name = table.Name,
            State = registration.IsLive ? TableState.Live : TableState.Ready,
            Sql = SecretMask.Apply(registration.Sql),
            Model = table.Model,
            Schema = table.Schema,
            Positions = registration.Positions,
            Dependencies = registration.Dependencies,
            CreatedAt = createdAt ?? now,
            UpdatedAt = now,
            Properties = Redact(registration.Properties),
            Warnings = registration.Warnings,
        };
        return new RegistryEntry(metadata, table, Pending: null, LiveTable.Of(table, registration.IsLive));
    }

    private static ImmutableDictionary<string, string> Redact(IReadOnlyDictionary<string, string> properties) =>
        properties.ToImmutableDictionary(
            property => property.Key,
            property => Data.PropertySet.IsSecret(property.Key) ? "***" : property.Value,
            StringComparer.OrdinalIgnoreCase);
}
