namespace Ctas.Benchmarks.Comparisons;

/// <summary>One measured operation and its peer, on the same data in the same run.</summary>
/// <param name="Name">What is compared.</param>
/// <param name="Peer">Against what.</param>
/// <param name="Ours">Our figure.</param>
/// <param name="Theirs">The peer's figure.</param>
/// <param name="Unit">Of both figures.</param>
/// <param name="Target">The bound that is aimed at; null where there is none.</param>
internal sealed record Comparison(string Name, string Peer, double Ours, double Theirs, string Unit, Target? Target)
{
    /// <summary>How many times better (rates: ours / theirs) or what fraction (times, bytes: ours / theirs).</summary>
    public double Ratio => Ours / Theirs;

    /// <summary>True when the target is met; null when there is none.</summary>
    public bool? IsMet => Target is not { } target ? null : target.IsAtLeast ? Ratio >= target.Value : Ratio <= target.Value;
}

/// <summary>A bound on a ratio.</summary>
internal sealed record Target(double Value, bool IsAtLeast)
{
    public override string ToString() => (IsAtLeast ? "≥ " : "≤ ") + FormattableString.Invariant($"{Value:0.##}×");
}

/// <summary>A group of comparisons that share their data.</summary>
internal interface IComparisonSuite
{
    /// <summary>For <c>--filter</c>.</summary>
    string Name { get; }

    /// <summary>Makes the data, measures, and gives the comparisons.</summary>
    IAsyncEnumerable<Comparison> RunAsync(ComparisonOptions options);
}

/// <summary>How large, how often, on how many threads, and into which table model where a suite leaves it open.</summary>
internal sealed record ComparisonOptions(int Rows, int Repetitions, int Threads, string Model)
{
    /// <summary>True to compare the fastest runs instead of the medians: for a machine that others use meanwhile.</summary>
    public bool TakesBest { get; init; }

    /// <summary>For how long latencies are watched.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Part of the name of the only questions to ask; null: all.</summary>
    public string? Only { get; init; }

    /// <summary>True when a question is to be asked.</summary>
    public bool Asks(string question) => Only is null || question.Contains(Only, StringComparison.OrdinalIgnoreCase);
}
