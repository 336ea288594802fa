using Ctas.Benchmarks.Tpch;
using Ctas.Data;
using DuckDB.NET.Data;

namespace Ctas.SqlTests.Tpch;

/// <summary>The queries of TPC-H give DuckDB's answers.</summary>
public sealed class TpchTests(TpchTables tables) : IClassFixture<TpchTables>
{
    public static TheoryData<int> Numbers() => new(Enumerable.Range(1, TpchQueries.All.Count));

    [Theory]
    [MemberData(nameof(Numbers))]
    public void Query_SmallTables_GivesWhatDuckDbGives(int number)
    {
        string sql = TpchQueries.All[number - 1];

        TpchAnswer.Difference(tables.Ours(sql), tables.Theirs(sql)).Should().BeNull("this is the answer to {0}", sql);
    }

    [Fact]
    public void Queries_SmallTables_MostlyFindSomething()
    {
        string[] empty = [.. TpchQueries.All.Where(sql => tables.Ours(sql).Count == 0)];

        empty.Should().HaveCountLessThan(3, "an empty answer tests little");
    }

    [Fact]
    public void Generate_Twice_GivesTheSameTables()
    {
        TpchTable[] first = [.. TpchData.Generate(0.0005)];
        TpchTable[] second = [.. TpchData.Generate(0.0005)];

        foreach ((TpchTable a, TpchTable b) in first.Zip(second))
        {
            TpchTables.RowsOf([a.Rows]).Should().BeEquivalentTo(TpchTables.RowsOf([b.Rows]), o => o.WithStrictOrdering());
        }
    }
}

/// <summary>The tables of TPC-H in both engines.</summary>
public sealed class TpchTables : IDisposable
{
    private const double Scale = 0.01;

    private readonly SqlDatabase _ours = new();
    private readonly DuckDBConnection _theirs = new("DataSource=:memory:");

    public TpchTables()
    {
        _theirs.Open();
        foreach (TpchTable table in TpchData.Generate(Scale))
        {
            _ours.Add(table.Name, table.Schema, [table.Rows]);
            TpchDuckDb.Create(_theirs, table);
        }
    }

    public void Dispose() => _theirs.Dispose();

    internal List<object?[]> Ours(string sql) => RowsOf(_ours.Query(sql).Batches);

    internal List<object?[]> Theirs(string sql)
    {
        using DuckDBCommand command = _theirs.CreateCommand();
        command.CommandText = sql;
        using DuckDBDataReader reader = command.ExecuteReader();
        List<object?[]> rows = [];
        while (reader.Read())
        {
            rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? null : reader.GetValue(i))]);
        }

        return rows;
    }

    internal static List<object?[]> RowsOf(IEnumerable<Batch> batches) =>
    [
        .. batches.SelectMany(batch => Enumerable.Range(0, batch.RowCount).Select(
            row => Enumerable.Range(0, batch.ColumnCount).Select(column => batch[column].GetValue(row)).ToArray())),
    ];
}
