using System.Globalization;
using Ctas.Data;
using Ctas.Execution;
using Ctas.Execution.Incremental;
using Ctas.Planning;

namespace Ctas.Tests.Execution.Incremental;

/// <summary>A maintained query that is fed and read as text: "+1|a" inserts the row (1, a), "-1|a" retracts it.</summary>
internal sealed class Maintained(LogicalPlan plan, RowErrorPolicy policy = RowErrorPolicy.Fail)
{
    private readonly List<(LogicalScan Scan, ChangeBatch Changes)> _changes = [];

    public MaintainedQuery Query { get; } = new(plan, policy);

    /// <summary>Adds changes of the next tick.</summary>
    public Maintained Change(LogicalPlan scan, params string[] changes)
    {
        _changes.Add(((LogicalScan)scan, Changes(((LogicalScan)scan).Schema, changes)));
        return this;
    }

    /// <summary>Runs the tick and keeps it; the changes of the result, sorted.</summary>
    public string[] Tick()
    {
        string[] result = Complete();
        Query.Commit();
        return result;
    }

    /// <summary>Runs the tick.</summary>
    public string[] Complete()
    {
        foreach ((LogicalScan scan, ChangeBatch changes) in _changes) { Query.Push(scan, changes); }

        _changes.Clear();
        return [.. Query.Complete().SelectMany(Lines).Order(StringComparer.Ordinal)];
    }

    /// <summary>Changes in the order in which they come: a sign, and the values as JSON.</summary>
    public static string[] Json(IEnumerable<ChangeBatch> changes) =>
    [
        .. from batch in changes
           from row in Enumerable.Range(0, batch.Count)
           select (batch.Weights?[row] is < 0 ? "-" : "+")
               + string.Join('|', batch.Rows.Columns.ToArray().Select(column => column.GetJson(row))),
    ];

    public static ChangeBatch Changes(Schema schema, params string[] changes)
    {
        string[][] rows = [.. changes.Select(change => change[1..].Split('|'))];
        Column[] columns = [.. schema.Fields.Select((field, ordinal) =>
            TestTable.Build(field.Type, rows.Select(row => Value(field.Type, row[ordinal]))))];
        int[] weights = [.. changes.Select(change => change[0] == '-' ? -1 : 1)];
        return new ChangeBatch(new Batch(columns, rows.Length), Selection: null, weights.All(w => w == 1) ? null : weights);
    }

    private static object? Value(DataType type, string text) => text == "NULL" ? null : type.Kind switch
    {
        DataTypeKind.Int => int.Parse(text, CultureInfo.InvariantCulture),
        DataTypeKind.BigInt => long.Parse(text, CultureInfo.InvariantCulture),
        DataTypeKind.Double => double.Parse(text, CultureInfo.InvariantCulture),
        _ => text,
    };

    private static IEnumerable<string> Lines(ChangeBatch batch) => Enumerable.Range(0, batch.Count).Select(row =>
        (batch.Weights is null || batch.Weights[row] > 0 ? "+" : "-") + string.Join('|', Enumerable
            .Range(0, batch.Rows.ColumnCount)
            .Select(column => Convert.ToString(batch.Rows[column].GetValue(row) ?? "NULL", CultureInfo.InvariantCulture))));
}
