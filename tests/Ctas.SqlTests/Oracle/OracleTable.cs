using System.Text;
using Ctas.Data;
using Ctas.Data.Nested;
using Ctas.Tests.Data.Nested;

namespace Ctas.SqlTests.Oracle;

/// <summary>Something with a value in a scope: a column, or any SQL that may stand where a column does.</summary>
/// <param name="Sql">How it is written.</param>
/// <param name="Tag">What its values are.</param>
internal sealed record OracleColumn(SqlPiece Sql, ValueTag Tag)
{
    public static OracleColumn Named(string name, ValueTag tag) => new(SqlPiece.Plain(tag.Word, name), tag);
}

/// <summary>A table of random columns and rows. Immutable.</summary>
/// <param name="Name">Its name; columns are called by it and a number.</param>
/// <param name="Columns">What its columns hold.</param>
/// <param name="Rows">Values in physical form, null for NULL.</param>
/// <param name="HasKey">True when the first column is the primary key: unique, never NULL.</param>
internal sealed record OracleTable(
    string Name, IReadOnlyList<ValueTag> Columns, IReadOnlyList<object?[]> Rows, bool HasKey)
{
    public Schema Schema => new(
        Columns.Select((tag, ordinal) => new Field(ColumnName(ordinal), tag.Type)), HasKey ? [0] : []);

    public static OracleTable Random(string name, Random random)
    {
        ValueTag[] columns =
        [
            ValueTag.SmallInt, ValueTag.Varchar,
            .. Enumerable.Range(0, random.Next(1, 6)).Select(_ => ValueTag.All[random.Next(ValueTag.All.Count)]),
        ];
        int count = random.Next(8) switch { 0 => 0, 1 => 1, _ => random.Next(2, 50) };
        bool hasKey = random.Next(3) == 0;
        int[] nullsIn = [.. columns.Select(_ => random.Next(5) switch { 0 => 1, 1 => 0, _ => 6 })];
        var rows = new List<object?[]>();
        for (int row = 0; row < count; row++)
        {
            // Skewed: one row in four repeats an earlier one, whole or in part.
            object?[]? earlier = rows.Count > 0 && random.Next(4) == 0 ? rows[random.Next(rows.Count)] : null;
            rows.Add([.. columns.Select((tag, ordinal) => earlier is not null && random.Next(3) > 0
                ? earlier[ordinal]
                : Value(random, tag, nullsIn[ordinal]))]);
            if (hasKey) { rows[^1][0] = row - 3; }
        }

        return new OracleTable(name, columns, rows, hasKey);
    }

    public string ColumnName(int ordinal) => $"{Name}{ordinal}";

    /// <summary>The columns as an alias shows them.</summary>
    public List<OracleColumn> ColumnsOf(string alias) =>
        [.. Columns.Select((tag, ordinal) => OracleColumn.Named($"{alias}.{ColumnName(ordinal)}", tag))];

    /// <summary>The rows in batches of random size; half of the time each batch has string pools of its own.</summary>
    public List<Batch> Batches(Random random)
    {
        var batches = new List<Batch>();
        bool sharesPools = random.Next(2) == 0;
        StringPool[] pools = [.. Columns.Select(_ => new StringPool(isInterned: random.Next(2) == 0))];
        for (int start = 0; start < Rows.Count;)
        {
            object?[][] rows = [.. Rows.Skip(start).Take(random.Next(1, 30))];
            batches.Add(new Batch(
                [.. Columns.Select((tag, i) => Build(tag.Type, rows.Select(row => row[i]), sharesPools ? pools[i] : null))],
                rows.Length));
            start += rows.Length;
        }

        return batches;
    }

    /// <summary>CREATE TABLE and INSERT, as DuckDB takes them.</summary>
    public string DuckDbScript()
    {
        IEnumerable<string> columns = Columns.Select((tag, ordinal) => $"{ColumnName(ordinal)} {Spelling.Of(tag.Type)}");
        var script = new StringBuilder($"CREATE TABLE {Name} ({string.Join(", ", columns)});\n");
        if (Rows.Count > 0) { script.Append($"INSERT INTO {Name} VALUES\n  {string.Join(",\n  ", Rows.Select(Line))};\n"); }

        return Spelling.For(script.ToString(), Engine.DuckDb);
    }

    /// <summary>CREATE TABLE … AS SELECT, as an .slt case of ours takes it.</summary>
    public string CtasScript()
    {
        IEnumerable<string> none = Columns.Select(
            (tag, ordinal) => $"CAST(NULL AS {Spelling.Of(tag.Type)}) AS {ColumnName(ordinal)}");
        IEnumerable<string> rows = Rows.Select(row => $"SELECT {Line(row)[1..^1]}");
        string select = Rows.Count == 0
            ? $"SELECT {string.Join(", ", none)} WHERE FALSE"
            : string.Join("\nUNION ALL ", rows);
        string named = string.Join(", ", Columns.Select((_, ordinal) => ColumnName(ordinal)));
        return Spelling.For(
            Rows.Count == 0 ? $"CREATE TABLE {Name} AS {select}" : $"CREATE TABLE {Name} ({named}) AS\n{select}",
            Engine.Ctas);
    }

    /// <summary>A random value; NULL once in <paramref name="nullsIn"/>, never for 0.</summary>
    public static object? Value(Random random, ValueTag tag, int nullsIn) =>
        nullsIn > 0 && random.Next(nullsIn) == 0 ? null : Values.Next(random, tag);

    private string Line(object?[] row) =>
        $"({string.Join(", ", row.Select((value, ordinal) => Spelling.Literal(value, Columns[ordinal].Type)))})";

    /// <summary>A column of values in physical form.</summary>
    public static Column Build(DataType type, IEnumerable<object?> values, StringPool? pool = null)
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
                case (FixedColumnBuilder<Interval> to, Interval it): to.Append(it); break;
                case (StringColumnBuilder to, string it): to.Append(it); break;
                case (StringColumnBuilder to, byte[] it): to.Append(it); break;
                case (StringColumnBuilder to, _) when type.IsNested:
                    to.Append(NestedUnboxing.Write(new NestedValueWriter(), ValueShape.Of(type), value));
                    break;
                default: throw new ArgumentException($"{value.GetType().Name} is no {type}.");
            }
        }

        return builder.Finish();
    }
}
