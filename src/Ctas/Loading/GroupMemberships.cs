using Ctas.Sources;
using Ctas.Tables;
using Microsoft.Extensions.Logging;

namespace Ctas.Loading;

/// <summary>
/// The groups that one engine has joined. It stays a member until it is disposed: whoever leaves gives its share to others,
/// while the tables that were loaded from it stay. Safe for concurrent use.
/// </summary>
internal sealed class GroupMemberships(TableRegistry registry, ILoggerFactory loggerFactory) : IAsyncDisposable
{
    private readonly ILogger _logger = loggerFactory.CreateLogger<GroupMemberships>();
    private readonly Lock _joining = new();
    private readonly Dictionary<(SourceLocation Location, string Group), IGroupMember> _members = [];
    private volatile bool _isDisposed;

    /// <summary>The membership in the group that the source names; joins it when there is none yet.</summary>
    /// <exception cref="SourceException">The source has no groups.</exception>
    public IGroupMember MemberOf(ISource source)
    {
        SourceDefinition definition = source.Definition;
        if (source is not IGroupSource shared)
        {
            throw new SourceException(
                definition.Name, $"source \"{definition.Name}\" knows no groups: leave out loading.group", isTransient: false);
        }

        lock (_joining)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            (SourceLocation, string) key = (definition.Location, definition.Group!);
            return _members.TryGetValue(key, out IGroupMember? member) && !member.IsOver
                ? member
                : _members[key] = shared.Join();
        }
    }

    /// <summary>Says so in its state when a published table no longer holds what the group gives to this engine.</summary>
    /// <param name="table">The table; one that has taken its place meanwhile is left alone.</param>
    /// <param name="source">The source that is shared out.</param>
    /// <param name="share">The share that it was loaded from.</param>
    public void Watch(ITable table, SourceDefinition source, GroupShare share)
    {
        // A share may outlive many tables that are loaded from it.
        var watched = new WeakReference<ITable>(table);
        string name = table.Name;
        share.Ended.Register(() =>
        {
            bool isThere = !_isDisposed && registry.TryGet(name, out ITable? current)
                && watched.TryGetTarget(out ITable? loaded) && ReferenceEquals(current, loaded);
            if (isThere) { MarkStale(name, source); }
        });
    }

    /// <summary>Leaves all groups.</summary>
    public async ValueTask DisposeAsync()
    {
        IGroupMember[] members;
        lock (_joining)
        {
            _isDisposed = true;
            members = [.. _members.Values];
            _members.Clear();
        }

        await Task.WhenAll(members.Select(member => member.DisposeAsync().AsTask())).ConfigureAwait(false);
    }

    /// <summary>Why what was read of a share is not what it should be any more.</summary>
    public static string ShareEnded(SourceDefinition source) =>
        $"group \"{source.Group}\" has given this member other partitions of \"{source.Name}\"; load it again";

    private void MarkStale(string name, SourceDefinition source)
    {
        var failure = new LoadException(name, LoadPhase.Reading, ShareEnded(source), isTransient: true);
        var stale = new List<(string, Exception)>();
        AddReaders(name, failure, stale);
        try
        {
            // Who sees that it has failed finds it told.
            LoadTelemetry.ShareEnded(name);
            LoadLog.ShareEnded(_logger, name, source.Group!, source.Name);
        }
        finally { registry.MarkStale(stale); }
    }

    private void AddReaders(string name, Exception failure, List<(string Name, Exception Failure)> stale)
    {
        if (stale.Exists(known => string.Equals(known.Name, name, StringComparison.OrdinalIgnoreCase))) { return; }

        stale.Add((name, failure));
        foreach (string reader in registry.Snapshot().DependentsOf(name)) { AddReaders(reader, failure, stale); }
    }
}
