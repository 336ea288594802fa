using Ctas.Sources;

namespace Ctas.Tests.Loading;

/// <summary>A group whose coordinator is the test: it says who gets which partitions, and when.</summary>
internal sealed class ScriptedGroup
{
    private readonly Lock _dealing = new();
    private readonly List<Member> _members = [];
    private TaskCompletionSource _joined = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Members that are in the group.</summary>
    public int Count
    {
        get
        {
            lock (_dealing) { return _members.Count; }
        }
    }

    /// <summary>Joins; the member has no share before <see cref="Deal"/>.</summary>
    public IGroupMember Join()
    {
        lock (_dealing)
        {
            var member = new Member(this);
            _members.Add(member);
            _joined.SetResult();
            _joined = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return member;
        }
    }

    /// <summary>Waits until so many have joined.</summary>
    public async Task JoinedAsync(int members)
    {
        while (true)
        {
            Task joined;
            lock (_dealing)
            {
                if (_members.Count >= members) { return; }

                joined = _joined.Task;
            }

            await joined.WaitAsync(TimeSpan.FromMinutes(2));
        }
    }

    /// <summary>Begins to share out: members have to wait for their share until it ends.</summary>
    public void Unsettle() => ForEach((member, _) => member.Unsettle());

    /// <summary>Gives every member its partitions, in the order in which they joined.</summary>
    public void Deal(params int[][] shares) => ForEach((member, number) => member.Take(shares[number]));

    private void ForEach(Action<Member, int> act)
    {
        lock (_dealing)
        {
            for (int number = 0; number < _members.Count; number++) { act(_members[number], number); }
        }
    }

    private sealed class Member(ScriptedGroup group) : IGroupMember
    {
        private readonly Lock _lock = new();
        private TaskCompletionSource<GroupShare> _settled = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private CancellationTokenSource _end = new();
        private int[]? _partitions;

        public bool IsOver => false;

        public async ValueTask<GroupShare> GetShareAsync(CancellationToken cancellationToken)
        {
            Task<GroupShare> settled;
            lock (_lock) { settled = _settled.Task; }

            return await settled.WaitAsync(cancellationToken);
        }

        public void Unsettle()
        {
            lock (_lock)
            {
                if (_settled.Task.IsCompleted) { _settled = new(TaskCreationOptions.RunContinuationsAsynchronously); }
            }
        }

        public void Take(int[] partitions)
        {
            lock (_lock)
            {
                Unsettle();
                if (_partitions is not null && !_partitions.SequenceEqual(partitions))
                {
                    _end.Cancel();
                    _end = new CancellationTokenSource();
                }

                _partitions = partitions;
                _settled.SetResult(new GroupShare(partitions, _end.Token));
            }
        }

        public ValueTask DisposeAsync()
        {
            lock (group._dealing) { group._members.Remove(this); }

            _end.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}

/// <summary>A source in memory whose partitions a <see cref="ScriptedGroup"/> shares out.</summary>
internal sealed class SharedSource(InMemorySource inner, ScriptedGroup group) : IGroupSource, ITailSource
{
    public SourceDefinition Definition => inner.Definition;

    /// <summary>Partitions that scans were opened for, in order.</summary>
    public List<int> Opened { get; } = [];

    public IGroupMember Join() => group.Join();

    public ValueTask<ISourceScan> OpenAsync(ScanRequest request, CancellationToken cancellationToken)
    {
        lock (Opened) { Opened.AddRange(request.Partitions!); }

        return inner.OpenAsync(request, cancellationToken);
    }

    public ValueTask<ISourceTail> OpenTailAsync(TailRequest request, CancellationToken cancellationToken) =>
        inner.OpenTailAsync(request, cancellationToken);
}
