using Ctas.Binding;

namespace Ctas.Planning.Unnesting;

/// <summary>What aggregates without groups say of no rows at all.</summary>
internal static class EmptyInput
{
    /// <summary>The value of an aggregate of no rows.</summary>
    public static BoundConstant ValueOf(BoundAggregate aggregate) =>
        new(aggregate.Function.Aggregate.OfNoRows, aggregate.Type);

    /// <summary>True for a relation that gives one row or none, whatever it reads.</summary>
    public static bool GivesAtMostOneRow(BoundRelation relation) => relation switch
    {
        BoundSingleRow or BoundGrouping { Keys.Count: 0 } or BoundLimit { Count: <= 1, Groups.Count: 0 } => true,
        BoundValues values => values.Rows.Count <= 1,
        BoundFilter or BoundProject or BoundSort or BoundDistinct or BoundLimit { Groups.Count: 0 } =>
            GivesAtMostOneRow(relation.Inputs()[0]),
        _ => false,
    };

    /// <summary>True for a relation that gives exactly one row, whatever it reads.</summary>
    public static bool GivesOneRow(BoundRelation relation) => relation switch
    {
        BoundSingleRow or BoundGrouping { Keys.Count: 0 } => true,
        BoundValues values => values.Rows.Count == 1,
        BoundProject or BoundSort or BoundDistinct => GivesOneRow(relation.Inputs()[0]),
        BoundLimit { Offset: 0, Count: null or > 0 } => GivesOneRow(relation.Inputs()[0]),
        _ => false,
    };
}
