using Ctas.Binding.Functions;

namespace Ctas.Tests.Binding.Functions;

/// <summary>What the reference shows of aggregates is what the binder takes.</summary>
public sealed class AggregateEntryTests
{
    [Fact]
    public void AggregateEntries_OfTheCatalog_AreTheAggregatesOfTheBinder() =>
        FunctionCatalog.All.Where(function => function.Kind == FunctionKind.Aggregate)
            .SelectMany(function => function.Aliases.Prepend(function.Name))
            .Should().BeEquivalentTo(AggregateCatalog.AllNames);
}
