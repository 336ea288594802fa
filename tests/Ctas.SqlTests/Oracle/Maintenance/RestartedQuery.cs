using Ctas.Execution.Incremental;

namespace Ctas.SqlTests.Oracle.Maintenance;

/// <summary>Puts another query in the place of a maintained one, now and then, as a restart does.</summary>
/// <param name="make">Makes the query, without rows.</param>
/// <param name="seed">Chooses after which ticks; of every other one none.</param>
internal sealed class RestartedQuery(Func<MaintainedQuery> make, int seed)
{
    private readonly Random _random = new(seed);

    /// <summary>Restarts so far.</summary>
    public int Restarts { get; private set; }

    /// <summary>The query without rows.</summary>
    public MaintainedQuery Make() => make();

    /// <summary>The query as it goes on after a tick: the same one, or another that knows only what the same has saved.</summary>
    public MaintainedQuery After(MaintainedQuery query)
    {
        if (seed % 2 == 0 || _random.Next(3) > 0) { return query; }

        var saved = new StateWriter();
        query.Save(saved);
        MaintainedQuery next = make();
        var reader = new StateReader(saved.Sections);
        next.Restore(reader);
        if (!reader.IsAtEnd) { throw new InvalidOperationException("Not all that was saved was taken up."); }

        Restarts++;
        return next;
    }
}
