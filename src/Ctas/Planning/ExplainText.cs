using System.Diagnostics;
using System.Globalization;
using System.Text;
using Ctas.Data;

namespace Ctas.Planning;

/// <summary>
/// Writes a plan as a tree, one node a line, with its change kind and key: the text of EXPLAIN and of <c>ctas plan</c>.
/// </summary>
internal static class ExplainText
{
    /// <summary>The whole plan; lines end with a line feed, the last one too.</summary>
    public static string Render(LogicalPlan plan)
    {
        var text = new StringBuilder();
        Append(text, plan, indent: "", childIndent: "");
        return text.ToString();
    }

    /// <summary>The nodes of a plan from the root down, each with its line of the tree, without key and kind.</summary>
    public static IReadOnlyList<(string Line, LogicalPlan Node)> Lines(LogicalPlan plan)
    {
        List<(string, LogicalPlan)> lines = [];
        AddLines(lines, plan, indent: "", childIndent: "");
        return lines;
    }

    /// <summary>The deepest node, from the left, whose rows change: the reason why the whole does.</summary>
    public static string FirstChanging(LogicalPlan plan)
    {
        LogicalPlan? changing = plan.Children.FirstOrDefault(input => input.Kind != ChangeKind.AppendOnly);
        return changing is null ? Describe(plan) : FirstChanging(changing);
    }

    /// <summary>One node in words, without its inputs.</summary>
    public static string Describe(LogicalPlan plan) => plan switch
    {
        LogicalScan scan => DescribeScan(scan),
        LogicalSingleRow => "single row",
        LogicalEmpty => "no rows",
        LogicalSharing => "share",
        LogicalShared shared => string.Create(CultureInfo.InvariantCulture, $"shared #{shared.Number}"),
        LogicalSharedRead read => string.Create(CultureInfo.InvariantCulture, $"read shared #{read.Number}"),
        LogicalFilter filter => $"filter {ExpressionSql.Render(filter.Predicate, filter.Input.Schema)}",
        LogicalProject project => $"project {Projections(project)}",
        LogicalJoin join => DescribeJoin(join),
        LogicalAggregate aggregate => DescribeAggregate(aggregate),
        LogicalDistinct => "distinct",
        LogicalUnnest unnest => DescribeUnnest(unnest),
        LogicalUnionAll => "union all",
        LogicalSetOperation operation => operation.Operation.ToString().ToLowerInvariant() + (operation.IsAll ? " all" : ""),
        LogicalValues values => string.Create(CultureInfo.InvariantCulture, $"values, {values.Rows.Count} rows"),
        LogicalSort { RowLimit: { } rows } sort => string.Create(
            CultureInfo.InvariantCulture, $"top {rows} by {ExpressionSql.Render(sort.Keys, sort.Schema)}"),
        LogicalSort sort => $"sort by {ExpressionSql.Render(sort.Keys, sort.Schema)}",
        LogicalLimit limit => DescribeLimit(limit),
        LogicalWindow window => WindowText.Describe(window),
        LogicalTimeWindow window => WindowText.Describe(window),
        LogicalRetention retention =>
            $"not older than {WindowText.Length(retention.Length)} by {ExpressionSql.Render(retention.Time, retention.Input.Schema)}",
        _ => throw new UnreachableException($"No rule for {plan.GetType().Name}."),
    };

    /// <summary>How a change kind is written.</summary>
    public static string Describe(ChangeKind kind) => kind switch
    {
        ChangeKind.AppendOnly => "append-only",
        ChangeKind.Upsert => "upsert",
        ChangeKind.Retract => "retract",
        _ => throw new UnreachableException($"No rule for {kind}."),
    };

    private static void Append(StringBuilder text, LogicalPlan plan, string indent, string childIndent)
    {
        string properties = Describe(plan.Kind) + KeyText(plan) + RowsText(plan) + SharingText(plan);
        text.Append(indent).Append(Describe(plan)).Append("  [").Append(properties).Append("]\n");
        IReadOnlyList<LogicalPlan> inputs = plan.Children;
        for (int i = 0; i < inputs.Count; i++)
        {
            bool isLast = i == inputs.Count - 1;
            Append(text, inputs[i], childIndent + (isLast ? "└─ " : "├─ "), childIndent + (isLast ? "   " : "│  "));
        }
    }

    private static void AddLines(
        List<(string Line, LogicalPlan Node)> lines, LogicalPlan plan, string indent, string childIndent)
    {
        lines.Add((indent + Describe(plan), plan));
        for (int i = 0; i < plan.Children.Count; i++)
        {
            bool isLast = i == plan.Children.Count - 1;
            AddLines(
                lines, plan.Children[i], childIndent + (isLast ? "└─ " : "├─ "), childIndent + (isLast ? "   " : "│  "));
        }
    }

    private static string KeyText(LogicalPlan plan)
    {
        if (plan.Schema.HasKey) { return $", key {Names(plan.Schema.Key, plan.Schema)}"; }

        return plan is LogicalScan { IsOpen: true, Kind: ChangeKind.Upsert } ? ", key of the records" : ", no key";
    }

    private static string RowsText(LogicalPlan plan) => plan.EstimatedRows is { } rows
        ? string.Create(CultureInfo.InvariantCulture, $", ~{rows} {(rows == 1 ? "row" : "rows")}")
        : "";

    private static string SharingText(LogicalPlan plan) =>
        plan.SharedWith.Count > 0 ? $", run once for {string.Join(", ", plan.SharedWith)} too" : "";

    private static string DescribeScan(LogicalScan scan)
    {
        string columns = string.Join(", ", scan.Schema.Fields.Select(field => field.Name));
        string more = scan.IsOpen ? columns.Length == 0 ? "…" : ", …" : "";
        string lookup = scan.Lookup is { } found ? " " + LookupText(found.IsKey, found.Columns.Count) : "";
        return $"scan {(scan.IsSource ? "source" : "table")} {scan.Relation} ({columns}{more}){lookup}";
    }

    private static string LookupText(bool isKey, int columns) =>
        isKey ? "by key" : $"by index on {columns} column{(columns == 1 ? "" : "s")}";

    private static string Projections(LogicalProject project) =>
        string.Join(", ", project.Expressions.Select((expression, i) =>
        {
            string text = ExpressionSql.Render(expression, project.Input.Schema);
            string name = project.Schema.Fields[i].Name;
            return text == name ? name : $"{text} AS {name}";
        }));

    private static string DescribeJoin(LogicalJoin join)
    {
        string kind = join.Join.ToString().ToLowerInvariant();
        string strategy = join.LeftKeys.Count > 0 ? "hash" : "nested loop";
        var text = new StringBuilder($"{kind} join, {strategy}");
        if (join.IsNullAware) { text.Append(", null-aware"); }

        if (join.LeftKeys.Count > 0)
        {
            text.Append(" on ").AppendJoin(" and ", Keys(join));
        }

        if (join.Residual is not null)
        {
            text.Append(" if ").Append(ExpressionSql.Render(join.Residual, WithSides(join)));
        }

        text.Append(join.Lookup switch
        {
            null => ", builds right",
            { Side: JoinSide.Left } left => $", builds right, looks up left {LookupText(left.IsKey, left.Columns.Count)}",
            var right => $", keeps left, builds right, looks up right {LookupText(right.IsKey, right.Columns.Count)}",
        });
        if (join.Within is { } within) { text.Append($", grace {WindowText.Length(within.Grace)}"); }

        if (join.WaitsForMatch) { text.Append(", rows without a match when none can come"); }

        if (join.StreamSide is { } side) { text.Append(CultureInfo.InvariantCulture, $", {side.ToString().ToLowerInvariant()} rows are a stream"); }

        return text.ToString();
    }

    /// <summary>The equalities of the keys; two keys that stand for one that may be NULL are shown as one.</summary>
    private static IEnumerable<string> Keys(LogicalJoin join)
    {
        for (int key = 0; key < join.LeftKeys.Count; key++)
        {
            ScalarExpression left = join.LeftKeys[key];
            ScalarExpression right = join.RightKeys[key];
            string operation = "=";
            if (left is IsNullExpression { IsNegated: false } leftNull && right is IsNullExpression rightNull
                && key + 1 < join.LeftKeys.Count && join.LeftKeys[key + 1] is FunctionExpression { Function: "COALESCE" })
            {
                (left, right, operation) = (leftNull.Operand, rightNull.Operand, "IS NOT DISTINCT FROM");
                key++;
            }

            yield return ExpressionSql.Render(left, join.Left.Schema) + $" {operation} "
                + ExpressionSql.Render(right, join.Right.Schema);
        }
    }

    /// <summary>The columns of both sides; a name that both have says which side it is.</summary>
    private static Schema WithSides(LogicalJoin join)
    {
        int leftWidth = join.Left.Schema.Fields.Count;
        HashSet<string> doubled =
        [
            .. join.Left.Schema.Fields.Select(field => field.Name)
                .Intersect(join.Right.Schema.Fields.Select(field => field.Name)),
        ];
        return new Schema(join.Left.Schema.Fields.Concat(join.Right.Schema.Fields).Select((field, i) => doubled.Contains(field.Name)
            ? field with { Name = (i < leftWidth ? "left." : "right.") + field.Name }
            : field));
    }

    private static string DescribeAggregate(LogicalAggregate aggregate)
    {
        Schema input = aggregate.Input.Schema;
        string keys = string.Join(", ", aggregate.Keys.Select(key => ExpressionSql.Render(key, input)));
        string calls = string.Join(", ", aggregate.Aggregates.Select((call, i) =>
            $"{ExpressionSql.Render(call, input)} AS {aggregate.Schema.Fields[aggregate.Keys.Count + i].Name}"));
        string by = keys.Length == 0 ? "aggregate" : $"aggregate by {keys}";
        return calls.Length == 0 ? by : $"{by}: {calls}";
    }

    private static string DescribeUnnest(LogicalUnnest unnest)
    {
        IEnumerable<string> collections =
            unnest.Collections.Select(collection => ExpressionSql.Render(collection, unnest.Input.Schema));
        IEnumerable<string> made = unnest.Schema.Fields.Skip(unnest.Input.Schema.Fields.Count).Select(field => field.Name);
        return $"unnest {string.Join(", ", collections)} as {string.Join(", ", made)}"
            + (unnest.KeepsEmpty ? ", rows without elements kept" : "");
    }

    private static string DescribeLimit(LogicalLimit limit)
    {
        string count = limit.Count is { } rows ? string.Create(CultureInfo.InvariantCulture, $"limit {rows}") : "all";
        if (limit.Offset > 0) { count = string.Create(CultureInfo.InvariantCulture, $"{count} from {limit.Offset}"); }

        IEnumerable<string> groups = limit.Groups.Select(group => ExpressionSql.Render(group, limit.Input.Schema));
        return limit.Groups.Count == 0 ? count : $"{count} for each {string.Join(", ", groups)}";
    }

    private static string Names(OrdinalList ordinals, Schema schema) =>
        string.Join(", ", ordinals.Select(ordinal => schema.Fields[ordinal].Name));
}
