using System.Globalization;
using Ctas.Data;
using Ctas.Execution.Kernels;
using Ctas.Planning;

namespace Ctas.Execution;

/// <summary>All errors of execution.</summary>
internal static class ExecutionErrors
{
    public static ExecutionException RowFailed(RowError error, long row, Schema input)
    {
        string expression = ExpressionSql.Render(error.Expression, input);
        return new("CTAS5001", $"{error.Reason} in {expression} (value: {error.Value})")
        {
            Expression = expression,
            Value = error.Value,
            Row = row,
        };
    }

    public static ExecutionException SumOverflow(string expression) =>
        new("CTAS5002", $"sum out of range in {expression}") { Expression = expression };

    public static ExecutionException TileCount(long tiles) => new("CTAS5010", string.Create(
        CultureInfo.InvariantCulture, $"NTILE needs a number of tiles above 0, not {tiles}"));

    public static ExecutionException NthCount(long nth) => new("CTAS5011", string.Create(
        CultureInfo.InvariantCulture, $"NTH_VALUE needs a place above 0, not {nth}"));

    public static ExecutionException AggregateFailed(string expression, string function, Exception error) =>
        new("CTAS5020", $"aggregate function \"{function}\" failed: {error.Message} in {expression}", error)
        {
            Expression = expression,
        };

    public static ExecutionException MemoryExceeded(
        string owner, long ownBytes, long totalBytes, MemoryLimit limit) => new("CTAS5003", string.Create(
        CultureInfo.InvariantCulture,
        $"memory limit of {limit.Bytes} bytes ({limit.Option}) exceeded: {owner} holds {ownBytes} bytes, all operators "
        + $"{totalBytes}"));

    public static ExecutionException MemoryRefused(string owner, long ownBytes, string refusal) => new("CTAS5030", string.Create(
        CultureInfo.InvariantCulture, $"memory of the engine exceeded by {owner}, which holds {ownBytes} bytes: {refusal}"));

    public static ExecutionException NotSingle(string subquery) =>
        new("CTAS5004", $"sub-query {subquery} gives more than one row where a value is needed")
        {
            Expression = subquery,
        };
}
