using System.Globalization;
using System.Text;
using Ctas.Data;

namespace Ctas.Planning;

/// <summary>Writes functions over windows, for EXPLAIN.</summary>
internal static class WindowText
{
    /// <summary>The node in words.</summary>
    public static string Describe(LogicalWindow window)
    {
        Schema input = window.Input.Schema;
        var text = new StringBuilder("window");
        if (window.PartitionBy.Count > 0)
        {
            text.Append(" partition by ")
                .AppendJoin(", ", window.PartitionBy.Select(key => ExpressionSql.Render(key, input)));
        }

        if (window.OrderBy.Count > 0) { text.Append(" order by ").Append(ExpressionSql.Render(window.OrderBy, input)); }

        if (window.RowLimit is { } limit)
        {
            text.Append(CultureInfo.InvariantCulture, $", first {limit} of each partition");
        }

        int width = input.Fields.Count;
        return text.Append(": ").AppendJoin(", ", window.Calls.Select(
            (call, i) => $"{Describe(call, input)} AS {window.Schema.Fields[width + i].Name}")).ToString();
    }

    /// <summary>The node in words.</summary>
    public static string Describe(LogicalTimeWindow window)
    {
        Schema input = window.Input.Schema;
        string over = $" over {ExpressionSql.Render(window.Time, input)}";
        string keys = window.Keys.Count == 0
            ? ""
            : $" by {string.Join(", ", window.Keys.Select(key => ExpressionSql.Render(key, input)))}";
        return window.Window switch
        {
            TimeWindowKind.Tumbling => $"tumbling windows of {Length(window.Size)}{over}",
            TimeWindowKind.Hopping => $"hopping windows of {Length(window.Size)} every {Length(window.Advance)}{over}",
            _ => $"sessions with gaps up to {Length(window.Size)}{keys}{over}",
        };
    }

    /// <summary>A length of time in words.</summary>
    public static string Length(long micros) => ExpressionSql.Render(
        new ConstantExpression(new Interval(0, 0, micros), DataType.Interval), new Schema([]));

    private static string Describe(WindowCall call, Schema input)
    {
        string arguments = string.Join(", ", call.Arguments.Select(argument => ExpressionSql.Render(argument, input)));
        string function = call.Aggregate is { } aggregate
            ? ExpressionSql.Render(aggregate, input)
            : $"{call.Function}({arguments})";
        string nulls = call.IgnoresNulls ? " IGNORE NULLS" : "";
        return call.Frame.IsDefault ? function + nulls : $"{function}{nulls} {Describe(call.Frame)}";
    }

    private static string Describe(WindowFrame frame)
    {
        string exclusion = frame.Exclusion switch
        {
            FrameExclusion.CurrentRow => " exclude current row",
            FrameExclusion.Group => " exclude group",
            FrameExclusion.Ties => " exclude ties",
            _ => "",
        };
        string unit = frame.Unit.ToString().ToLowerInvariant();
        return $"{unit} between {Describe(frame.Start)} and {Describe(frame.End)}{exclusion}";
    }

    private static string Describe(FrameBound bound)
    {
        string offset = bound.Offset is null ? "" : ExpressionSql.Render(bound.Offset, new Schema([]));
        return bound.Kind switch
        {
            FrameBoundKind.UnboundedPreceding => "unbounded preceding",
            FrameBoundKind.Preceding => $"{offset} preceding",
            FrameBoundKind.Following => $"{offset} following",
            FrameBoundKind.UnboundedFollowing => "unbounded following",
            _ => "current row",
        };
    }
}
