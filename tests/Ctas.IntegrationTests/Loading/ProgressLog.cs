using Ctas.Loading;

namespace Ctas.IntegrationTests.Loading;

/// <summary>Keeps every report, in order, and lets a test wait for one.</summary>
internal sealed class ProgressLog : IProgress<LoadProgress>
{
    private readonly Lock _reporting = new();
    private readonly List<LoadProgress> _reports = [];
    private readonly List<Expectation> _expected = [];

    public IReadOnlyList<LoadProgress> Reports
    {
        get
        {
            lock (_reporting) { return [.. _reports]; }
        }
    }

    public void Report(LoadProgress value)
    {
        lock (_reporting)
        {
            _reports.Add(value);
            foreach (Expectation expectation in _expected.Where(e => e.Condition(value)))
            {
                expectation.Met.TrySetResult(value);
            }
        }
    }

    /// <summary>The first report, past or to come, for which the condition holds.</summary>
    public Task<LoadProgress> WaitForAsync(Func<LoadProgress, bool> condition)
    {
        lock (_reporting)
        {
            var expectation = new Expectation(condition);
            if (_reports.FirstOrDefault(condition) is { } past) { expectation.Met.SetResult(past); }

            _expected.Add(expectation);
            return expectation.Met.Task.Guarded();
        }
    }

    /// <summary>What was reported of one table, in order.</summary>
    public IReadOnlyList<TableProgress> Of(string table) =>
        [.. Reports.Select(report => report.Tables.Single(entry => entry.Name == table))];

    private sealed record Expectation(Func<LoadProgress, bool> Condition)
    {
        public TaskCompletionSource<LoadProgress> Met { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
