using System.Globalization;
using BenchmarkDotNet.Running;
using Ctas.Benchmarks.Comparisons;

// Two ways to measure: the side-by-side comparison with the peers (default), and BenchmarkDotNet per operation (--micro).
if (args.Contains("--micro"))
{
    BenchmarkSwitcher.FromAssembly(typeof(Comparison).Assembly).Run([.. args.Where(argument => argument != "--micro")]);
    return 0;
}

// Tables first: what the others leave behind would show in the bytes.
IComparisonSuite[] suites =
[
    new TableComparisons(), new MemoryComparisons(), new ColumnComparisons(), new LookupComparisons(),
    new KafkaComparisons(), new FileComparisons(), new QueryComparisons(), new IndexJoinComparisons(), new H2oComparisons(),
    new TpchComparisons(), new ScalingComparisons(), new SnapshotComparisons(),
    new MaintenanceComparisons(), new LiveLoadComparisons(), new LiveComparisons(), new NexmarkComparisons(),
];
string? filter = Option("--filter");
bool asJson = args.Contains("--json");
var options = new ComparisonOptions(
    Rows: Number("--rows", 1_000_000), Repetitions: Number("--repetitions", 5), Threads: Number("--threads", 1),
    Model: Option("--model") ?? "standard")
{ TakesBest = args.Contains("--best"), Only = Option("--only"), Duration = TimeSpan.FromSeconds(Number("--seconds", 5)) };
if (filter is not null && !suites.Any(suite => suite.Name == filter))
{
    Console.Error.WriteLine($"There is no suite \"{filter}\"; there are {string.Join(", ", suites.Select(suite => suite.Name))}.");
    return 2;
}

if (!asJson) { Report.Head(); }

foreach (IComparisonSuite suite in suites.Where(suite => filter is null || suite.Name == filter))
{
    await foreach (Comparison comparison in suite.RunAsync(options)) { Report.Line(comparison, asJson); }
}

return 0;

string? Option(string name) => Array.IndexOf(args, name) is >= 0 and var at && at + 1 < args.Length ? args[at + 1] : null;

int Number(string name, int fallback) =>
    Option(name) is { } text ? int.Parse(text, NumberStyles.AllowThousands, CultureInfo.InvariantCulture) : fallback;
