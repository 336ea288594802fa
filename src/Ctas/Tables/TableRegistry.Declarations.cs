using System.Collections.Immutable;
using Ctas.Text;

namespace Ctas.Tables;

// What a loader does with the registry: it declares a whole graph, moves each table through its states and publishes
// data. Several loaders may share a registry: a name that one of them has declared is refused to the others until its
// load has ended.
public sealed partial class TableRegistry
{
    /// <summary>Declares tables that will be loaded: all of them are Waiting afterwards, or none.</summary>
    /// <remarks>
    /// A name whose last load ended without data may be declared again. A loaded table is replaced when its declaration
    /// says so, or when it is fresh no longer: it stays readable, and <see cref="TableMetadata.Replacement"/> follows the new load.
    /// </remarks>
    /// <exception cref="TableRegistrationException">A name is taken or given twice, or a limit is met.</exception>
    internal void Declare(IReadOnlyList<TableDeclaration> declarations) => Change(entries =>
    {
        var next = entries.ToBuilder();
        foreach (TableDeclaration declaration in declarations)
        {
            RegistryEntry? existing = next.GetValueOrDefault(declaration.Name);
            next[declaration.Name] = existing switch
            {
                null or { TakesPlace: false } => Waiting(declaration),
                { Table: not null, Pending: null } when declaration.Replaces || existing.Metadata.State == TableState.Failed => existing with
                {
                    Metadata = existing.Metadata with { Replacement = TableState.Waiting, Failure = null },
                    Pending = declaration,
                },
                _ => throw Duplicate(existing.Metadata),
            };
        }

        return next.ToImmutable();
    });

    /// <summary>The load of a declared table has started.</summary>
    internal void MarkLoading(string name) => Move(name, TableState.Loading, failure: null, because: null);

    /// <summary>The load of a declared table has failed; a table it would have replaced stays.</summary>
    internal void MarkFailed(string name, Exception failure) => Move(name, TableState.Failed, failure, because: null);

    /// <summary>A declared table will not be loaded, because of one it depends on.</summary>
    /// <param name="name">The table.</param>
    /// <param name="because">The table it is skipped for.</param>
    /// <param name="failure">Why that one has no data; null when it was cancelled.</param>
    internal void MarkSkipped(string name, string because, Exception? failure) =>
        Move(name, TableState.Skipped, failure, because);

    /// <summary>The load of a declared table was cancelled.</summary>
    internal void MarkCancelled(string name, Exception? cause = null) =>
        Move(name, TableState.Cancelled, cause, because: null);

    /// <summary>Those of the tables that are still to be loaded, or are being loaded, have failed; others stay as they are.</summary>
    internal void EndPending(IEnumerable<string> names, Exception failure)
    {
        foreach (string name in names)
        {
            if (_state.Snapshot.Entries.GetValueOrDefault(name)?.Pending is not null) { MarkFailed(name, failure); }
        }
    }

    /// <summary>Makes the data of declared tables visible together: readers see all of it or none.</summary>
    /// <exception cref="TableRegistrationException">
    /// A limit would be exceeded: nothing was published, and tables that are disposable were disposed.
    /// </exception>
    internal void Publish(IReadOnlyList<TablePublication> publications) =>
        Offer([.. publications.Select(publication => publication.Table)], entries =>
        {
            var next = entries.ToBuilder();
            foreach (TablePublication publication in publications)
            {
                RegistryEntry entry = RequireDeclared(entries, publication.Table.Name);
                next[publication.Table.Name] = Published(entry, entry.Pending!, publication);
            }

            return next.ToImmutable();
        }, [.. publications.Select(publication => publication.Reservation).OfType<MemoryReservation>()]);

    /// <summary>Makes the next versions of live tables visible together: readers see all of them or none.</summary>
    /// <remarks>A table that was dropped or replaced meanwhile is left out. Limits do not apply: nothing is refused.</remarks>
    internal void Advance(IReadOnlyList<TableAdvance> advances)
    {
        RegistryState before;
        lock (_writing)
        {
            before = _state;
            var entries = before.Snapshot.Entries.ToBuilder();
            DateTimeOffset now = _time.GetUtcNow();
            foreach ((Table version, IReadOnlyList<SourcePosition>? positions) in advances)
            {
                bool isSame = entries.TryGetValue(version.Name, out RegistryEntry? entry)
                    && entry.Live is { } live && ReferenceEquals(live.Shape, version.Shape);
                if (!isSame) { continue; }

                TableMetadata metadata = entry!.Metadata with { Positions = positions ?? entry.Metadata.Positions, UpdatedAt = now };
                entries[version.Name] = new RegistryEntry(metadata, version, entry.Pending, entry.Live);
            }

            _state = new RegistryState(new RegistrySnapshot(entries.ToImmutable(), before.Snapshot.Version + 1));
            foreach (TableAdvance advance in advances)
            {
                if (entries.TryGetValue(advance.Version.Name, out RegistryEntry? entry)
                    && ReferenceEquals(entry.Table, advance.Version)) { entry.Live!.Advance(advance.Version); }
            }
        }

        before.Changed.SetResult();
    }

    private RegistryEntry Waiting(TableDeclaration declaration)
    {
        DateTimeOffset now = _time.GetUtcNow();
        var metadata = new TableMetadata
        {
            Name = declaration.Name,
            State = TableState.Waiting,
            Sql = SecretMask.Apply(declaration.Sql),
            Model = declaration.Model,
            Sink = declaration.Sink,
            Dependencies = declaration.Dependencies,
            Properties = declaration.Properties.Redacted(),
            CreatedAt = now,
            UpdatedAt = now,
        };
        return new RegistryEntry(metadata, Table: null, declaration);
    }

    private RegistryEntry Published(RegistryEntry entry, TableDeclaration declaration, TablePublication publication)
    {
        TableState state = publication.IsLive ? TableState.Live : TableState.Ready;
        RequireTransition(entry.Metadata.Name, entry.Metadata.Replacement ?? entry.Metadata.State, state);
        TableMetadata metadata = entry.Metadata with
        {
            State = state,
            Replacement = null,
            Sql = SecretMask.Apply(declaration.Sql),
            Model = publication.Table.Model,
            Schema = publication.Table.Schema,
            IsAppendOnly = publication.IsAppendOnly,
            Positions = publication.Positions ?? [],
            Sink = declaration.Sink,
            Dependencies = declaration.Dependencies,
            Properties = declaration.Properties.Redacted(),
            Warnings = publication.Warnings ?? [],
            Failure = null,
            UpdatedAt = _time.GetUtcNow(),
        };
        return new RegistryEntry(
            metadata, publication.Table, Pending: null, LiveTable.Of(publication.Table, publication.IsLive));
    }

    private void Move(string name, TableState state, Exception? failure, string? because) => Change(entries =>
    {
        RegistryEntry entry = RequireDeclared(entries, name);
        TableMetadata metadata = entry.Metadata;
        RequireTransition(metadata.Name, metadata.Replacement ?? metadata.State, state);
        DateTimeOffset now = _time.GetUtcNow();
        TableMetadata moved = entry.Table is null
            ? metadata with { State = state, Failure = failure, SkippedBecauseOf = because, UpdatedAt = now }
            : metadata with { Replacement = state, Failure = failure, SkippedBecauseOf = because };
        return entries.SetItem(name, entry with
        {
            Metadata = moved,
            Pending = TableStates.IsPending(state) ? entry.Pending : null,
        });
    });

    private static RegistryEntry RequireDeclared(ImmutableDictionary<string, RegistryEntry> entries, string name) =>
        entries.TryGetValue(name, out RegistryEntry? entry) && entry.Pending is not null
            ? entry
            : throw new InvalidOperationException($"No load of table \"{name}\" has been declared.");

    private static void RequireTransition(string name, TableState from, TableState to)
    {
        if (!TableStates.CanFollow(from, to))
        {
            throw new InvalidOperationException($"Table \"{name}\" cannot go from {from} to {to}.");
        }
    }
}
