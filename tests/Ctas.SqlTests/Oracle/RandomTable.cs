using System.Globalization;
using System.Text;
using Ctas.Data;

namespace Ctas.SqlTests.Oracle;

/// <summary>A column of a relation in a random query.</summary>
internal sealed record OracleColumn(string Name, DataType Type);

/// <summary>A table of random columns and rows, written for both engines.</summary>
internal sealed class RandomTable
{
    private static readonly DataType[] Types =
    [
        DataType.Int, DataType.Int, DataType.BigInt, DataType.Double, DataType.Varchar, DataType.Varchar,
        DataType.Boolean,
        DataType.Date, DataType.Timestamp, DataType.Decimal(12, 2),
    ];

    private static readonly string[] Words =
        ["", "a", "A", "ab", "abc", "b", "ba", "žluť", "Ω", "10", "-3", "x y", "it's", "100%", "a_b", "zz"];

    private readonly List<object?[]> _rows = [];

    public RandomTable(string name, Random random)
    {
        Name = name;
        int count = random.Next(2, 6);
        Columns = [.. Enumerable.Range(0, count).Select(
            i => new OracleColumn($"{name}{i}", i == 0 ? DataType.Int : Types[random.Next(Types.Length)]))];
        int rows = random.Next(5) == 0 ? 0 : random.Next(1, 60);
        for (int row = 0; row < rows; row++) { _rows.Add([.. Columns.Select(column => Value(random, column.Type))]); }
    }

    public string Name { get; }

    public List<OracleColumn> Columns { get; }

    public Schema Schema => new(Columns.Select(column => new Field(column.Name, column.Type)));

    /// <summary>The rows in batches of random size; half of the time each batch has string pools of its own.</summary>
    public List<Batch> Batches(Random random)
    {
        var batches = new List<Batch>();
        bool sharesPools = random.Next(2) == 0;
        StringPool[] pools = [.. Columns.Select(_ => new StringPool(isInterned: random.Next(2) == 0))];
        for (int start = 0; start < _rows.Count;)
        {
            object?[][] rows = [.. _rows.Skip(start).Take(random.Next(1, 30))];
            batches.Add(new Batch(
                [.. Columns.Select(
                    (column, i) => Build(column.Type, rows.Select(row => row[i]), sharesPools ? pools[i] : null))],
                rows.Length));
            start += rows.Length;
        }

        return batches;
    }

    public string DuckDbScript()
    {
        var script = new StringBuilder();
        string columns = string.Join(", ", Columns.Select(column => $"{column.Name} {DuckDbType(column.Type)}"));
        script.Append(CultureInfo.InvariantCulture, $"CREATE TABLE {Name} ({columns});");
        foreach (object?[] row in _rows)
        {
            string values = string.Join(", ", row.Select((value, i) => Literal(value, Columns[i].Type)));
            script.Append(CultureInfo.InvariantCulture, $"INSERT INTO {Name} VALUES ({values});");
        }

        return script.ToString();
    }

    public static string DuckDbType(DataType type) => type.Kind switch
    {
        DataTypeKind.Int => "INTEGER",
        _ => type.ToString(),
    };

    /// <summary>A value as a literal that both engines read.</summary>
    public static string Literal(object? value, DataType type) => (value, type.Kind) switch
    {
        (null, _) => "NULL",
        (string text, _) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'",
        (bool it, _) => it ? "TRUE" : "FALSE",
        (int days, DataTypeKind.Date) => $"DATE '{DateOnly.FromDateTime(DateTime.UnixEpoch).AddDays(days):yyyy-MM-dd}'",
        (long us, DataTypeKind.Timestamp) =>
            $"TIMESTAMP '{DateTime.UnixEpoch.AddMicroseconds(us):yyyy-MM-dd HH:mm:ss}'",
        (double it, _) => $"CAST({it.ToString("R", CultureInfo.InvariantCulture)} AS DOUBLE)",
        (Int128 it, _) => $"CAST({((decimal)it / 100).ToString("F2", CultureInfo.InvariantCulture)} AS DECIMAL(12, 2))",
        _ => string.Create(CultureInfo.InvariantCulture, $"{value}"),
    };

    /// <summary>A random value; one in six is NULL.</summary>
    public static object? Value(Random random, DataType type) => random.Next(6) == 0 ? null : NotNull(random, type);

    public static object NotNull(Random random, DataType type) => type.Kind switch
    {
        DataTypeKind.Boolean => random.Next(2) == 0,
        DataTypeKind.Int => random.Next(40) == 0 ? int.MaxValue : random.Next(-4, 12),
        DataTypeKind.BigInt => random.Next(40) == 0 ? long.MaxValue : random.Next(-5, 1000),
        DataTypeKind.Double => random.Next(-8, 30) * 0.25,
        DataTypeKind.Decimal => (Int128)random.Next(-500, 10_000),
        DataTypeKind.Date => 19_000 + random.Next(-40, 400),
        DataTypeKind.Timestamp => 1_700_000_000_000_000 + (random.Next(0, 500_000) * 1_000_000L),
        _ => Words[random.Next(Words.Length)],
    };

    private static Column Build(DataType type, IEnumerable<object?> values, StringPool? pool)
    {
        ColumnBuilder builder = ColumnBuilder.Create(type, pool);
        foreach (object? value in values)
        {
            switch (builder, value)
            {
                case (_, null): builder.AppendNull(); break;
                case (FixedColumnBuilder<bool> to, bool it): to.Append(it); break;
                case (FixedColumnBuilder<int> to, int it): to.Append(it); break;
                case (FixedColumnBuilder<long> to, long it): to.Append(it); break;
                case (FixedColumnBuilder<double> to, double it): to.Append(it); break;
                case (FixedColumnBuilder<Int128> to, Int128 it): to.Append(it); break;
                case (StringColumnBuilder to, string it): to.Append(it); break;
                default: throw new ArgumentException($"{value.GetType().Name} is no {type}.");
            }
        }

        return builder.Finish();
    }
}
