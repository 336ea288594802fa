using Ctas.Data;

namespace Ctas.SqlTests.Oracle;

/// <summary>Random SELECTs over random tables.</summary>
internal sealed class RandomQuery(Random random, IReadOnlyList<RandomTable> tables)
{
    /// <summary>True when the last query orders all its columns, so that the order of rows is to be compared.</summary>
    public bool IsOrdered { get; private set; }

    public string Next()
    {
        IsOrdered = false;
        string query = random.Next(8) switch
        {
            0 => $"{Simple()} UNION ALL {Simple()}",
            1 =>
                $"WITH q AS ({Grouped()}) SELECT * FROM q WHERE {Expressions(
                    [new("k", DataType.Varchar), new("n", DataType.BigInt)]).Predicate(1)}",
            2 => $"SELECT s.k, COUNT(*) AS m FROM ({Grouped()}) AS s GROUP BY s.k",
            3 or 4 => Grouped(),
            _ => Simple(),
        };
        return query;
    }

    // Columns (k VARCHAR, n BIGINT), so that both halves of a UNION fit.
    private string Simple()
    {
        (string from, List<OracleColumn> columns) = From();
        RandomExpressions expressions = Expressions(columns);
        string distinct = random.Next(5) == 0 ? "DISTINCT " : "";
        string list = $"{expressions.Of(DataType.Varchar, 3)} AS k, {expressions.Of(DataType.BigInt, 3)} AS n";
        string where = random.Next(3) == 0 ? "" : $" WHERE {expressions.Predicate(2)}";
        return $"SELECT {distinct}{list} FROM {from}{where}";
    }

    public string Ordered()
    {
        IsOrdered = true;
        (string from, List<OracleColumn> columns) = From();
        RandomExpressions expressions = Expressions(columns);
        string list = string.Join(
            ", ", Enumerable.Range(0, 3).Select(i => $"{expressions.Of(expressions.AnyType(), 2)} AS o{i}"));
        string order = string.Join(
            ", ", Enumerable.Range(0, 3).Select(i => $"o{i}{Pick("", " DESC")} NULLS {Pick("FIRST", "LAST")}"));
        string limit = Pick("", " LIMIT 7", " LIMIT 5 OFFSET 3");
        return $"SELECT {list} FROM {from} ORDER BY {order}{limit}";
    }

    private string Grouped()
    {
        (string from, List<OracleColumn> columns) = From();
        RandomExpressions expressions = Expressions(columns);
        string key = expressions.Of(DataType.Varchar, 1);
        string where = random.Next(3) == 0 ? $" WHERE {expressions.Predicate(1)}" : "";
        string aggregates = string.Join(
            ", ", Enumerable.Range(0, random.Next(1, 4)).Select(i => $"{Aggregate(expressions)} AS x{i}"));
        string having = random.Next(4) == 0 ? " HAVING COUNT(*) > 1" : "";

        // The key is computed below, so that GROUP BY names a column.
        string inner = $"SELECT {key} AS k, {string.Join(
            ", ", columns.Select((column, i) => $"{column.Name} AS {Alias(column)}"))} FROM {from}{where}";
        foreach (OracleColumn column in columns)
        {
            aggregates = aggregates.Replace(column.Name, Alias(column), StringComparison.Ordinal);
        }

        return random.Next(6) == 0
            ? $"SELECT 'all' AS k, COUNT(*) AS n, {aggregates} FROM ({inner}) AS g{having}"
            : $"SELECT k, COUNT(*) AS n, {aggregates} FROM ({inner}) AS g GROUP BY k{having}";
    }

    private static string Alias(OracleColumn column) => column.Name.Replace(".", "_", StringComparison.Ordinal);

    private string Aggregate(RandomExpressions expressions)
    {
        string filter = random.Next(5) == 0 ? $" FILTER (WHERE {expressions.Predicate(1)})" : "";
        DataType type = expressions.AnyType();
        return random.Next(6) switch
        {
            0 => $"COUNT({expressions.Of(type, 1)}){filter}",
            1 => $"COUNT(DISTINCT {expressions.Of(type, 1)}){filter}",
            2 => $"SUM({expressions.Of(Pick(DataType.Int, DataType.Double, DataType.Decimal(12, 2)), 1)}){filter}",
            3 => $"AVG({expressions.Of(Pick(DataType.Int, DataType.Double), 1)}){filter}",
            _ => $"{Pick("MIN", "MAX")}({expressions.Of(type, 1)}){filter}",
        };
    }

    private (string From, List<OracleColumn> Columns) From()
    {
        RandomTable left = Pick([.. tables]);
        List<OracleColumn> columns = Qualified(left, "l");
        string from = $"{left.Name} AS l";
        if (random.Next(2) == 0) { return (from, columns); }

        RandomTable right = Pick([.. tables]);
        List<OracleColumn> rightColumns = Qualified(right, "r");
        if (random.Next(8) == 0) { return ($"{from} CROSS JOIN {right.Name} AS r", [.. columns, .. rightColumns]); }

        var pairs = columns.SelectMany(
            a => rightColumns.Where(b => b.Type == a.Type).Select(b => $"{a.Name} = {b.Name}")).ToArray();
        string condition = string.Join(
            " AND ", Enumerable.Range(0, random.Next(1, 3)).Select(_ => Pick(pairs)).Distinct());
        List<OracleColumn> all = [.. columns, .. rightColumns];
        if (random.Next(4) == 0) { condition += $" AND {Expressions(all).Predicate(1)}"; }

        return ($"{from} {Pick("INNER", "LEFT", "RIGHT", "FULL")} JOIN {right.Name} AS r ON {condition}", all);
    }

    private static List<OracleColumn> Qualified(RandomTable table, string alias) =>
        [.. table.Columns.Select(column => column with { Name = $"{alias}.{column.Name}" })];

    private RandomExpressions Expressions(IReadOnlyList<OracleColumn> columns) => new(random, columns);

    private T Pick<T>(params T[] choices) => choices[random.Next(choices.Length)];
}
