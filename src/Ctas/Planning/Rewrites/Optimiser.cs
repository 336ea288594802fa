using Ctas.Data;

namespace Ctas.Planning.Rewrites;

/// <summary>How plans are made better. Immutable.</summary>
/// <param name="Constants">Computes constant expressions; null leaves them, but for plain integers.</param>
/// <param name="Statistics">What is known of a relation by its name; null when nothing is known of any.</param>
/// <param name="IsOn">False leaves plans as they were lowered, which gives the same rows.</param>
internal sealed record OptimiserOptions(
    IConstantEvaluator? Constants = null, Func<string, RelationStatistics?>? Statistics = null, bool IsOn = true)
{
    /// <summary>True for a plan whose rows are kept right while tables change: its joins keep both sides.</summary>
    public bool IsMaintained { get; init; }

    /// <summary>False leaves equal parts of a plan apart, for those who share them with other plans first.</summary>
    public bool SharesParts { get; init; } = true;

    /// <summary>Only what needs no help of other layers.</summary>
    public static OptimiserOptions Default { get; } = new();

    /// <summary>Leaves plans as they are.</summary>
    public static OptimiserOptions Off { get; } = new(IsOn: false);
}

/// <summary>
/// Rewrites a plan into an equal one that costs less: same rows, same columns, and a row that would fail fails.
/// </summary>
/// <remarks>
/// <code>
/// simplify ─► leave out the empty ─► outer joins to inner ─► conditions down ─► (once more, for what has become constant)
/// leave out what keys make needless ─► order of joins ─► sides that are built ─► limits down ─► lookups ─► equal parts once ─► estimates to show
/// lookups of joins
/// </code>
/// </remarks>
internal static class Optimiser
{
    /// <summary>The query with a better plan; columns and key of the result stay.</summary>
    public static PlannedQuery Optimise(PlannedQuery query, OptimiserOptions options)
    {
        if (!options.IsOn) { return query; }

        var simplification = new Simplification(options.Constants);
        LogicalPlan plan = query.Plan;
        plan = EmptyInputs.Apply(simplification.Apply(plan));
        plan = new OuterJoins(simplification).Apply(plan);
        plan = PredicatePushDown.Apply(plan);
        plan = EmptyInputs.Apply(simplification.Apply(plan));
        plan = RedundantNodes.Apply(plan);

        var cardinality = new Cardinality(options.Statistics ?? (_ => null));
        plan = new JoinOrder(cardinality).Apply(plan);
        plan = MergedProjects.Apply(new BuildSides(cardinality).Apply(plan));
        plan = new IndexLookups(options.Statistics ?? (_ => null)).Apply(LimitPushDown.Apply(plan));
        if (options.SharesParts) { plan = SharedPlans.Apply(plan); }

        plan = cardinality.Annotate(plan);
        return query with { Plan = options.IsMaintained ? plan : new JoinLookups(options.Statistics ?? (_ => null)).Apply(plan) };
    }
}
