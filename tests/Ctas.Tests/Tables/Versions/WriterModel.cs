using Ctas.Data;
using Ctas.Tables;
using Ctas.Tables.Versions;

namespace Ctas.Tests.Tables.Versions;

/// <summary>A writer beside a plain dictionary that is given the same changes; every version is kept and can be checked.</summary>
internal sealed class WriterModel
{
    private readonly Schema _schema;
    private readonly int[] _key;
    private readonly Dictionary<string, object?[]> _rows = [];
    private readonly List<string> _effective = [];
    private readonly List<(ITable Version, Dictionary<string, object?[]> Rows)> _versions = [];

    public WriterModel(TableModel model, Schema schema, IReadOnlyList<object?[]> loaded, WriterOptions? options = null)
    {
        _schema = schema;
        _key = [.. schema.Key];
        using var builder = TableBuilder.Create(model, "t", schema);
        builder.Append(new ChangeBatch(TestTable.Batch(schema, loaded)));
        foreach (object?[] row in loaded) { _rows[KeyOf(row)] = row; }

        _effective.AddRange(_rows.Values.Select(TestTable.Text));
        ITable table = builder.Complete();
        _versions.Add((table, new(_rows)));
        Writer = TableWriter.Continue(table, options);
    }

    public TableWriter Writer { get; }

    public IReadOnlyCollection<object?[]> Rows => _rows.Values;

    public void Apply(IReadOnlyList<(int Weight, object?[] Row)> changes)
    {
        foreach ((int weight, object?[] row) in changes)
        {
            if (weight > 0) { _rows[KeyOf(row)] = row; }
            else { _rows.Remove(KeyOf(row)); }
        }

        Batch rows = TestTable.Batch(_schema, [.. changes.Select(change => change.Row)], changes.Count % 2 == 0);
        int[]? weights = changes.All(change => change.Weight > 0) ? null : [.. changes.Select(change => change.Weight)];
        Writer.Apply(new ChangeBatch(rows, Selection: null, weights), Note);
        Writer.RowCount.Should().Be(_rows.Count);
        _effective.Order(StringComparer.Ordinal).Should().Equal(_rows.Values.Select(TestTable.Text).Order(StringComparer.Ordinal));
    }

    public void Publish()
    {
        ITable last = _versions[^1].Version;
        Table version = Writer.Publish();
        if (ReferenceEquals(version, last)) { return; }

        version.Version.Should().Be(last.Version + 1);
        _versions.Add((version, new(_rows)));
    }

    /// <summary>Every version still holds what it held when it was published, by scan and by key.</summary>
    public void CheckVersions(IReadOnlyCollection<object?[]> keys)
    {
        foreach ((ITable version, Dictionary<string, object?[]> rows) in _versions)
        {
            string[] expected = [.. rows.Values.Select(TestTable.Text).Order(StringComparer.Ordinal)];
            version.RowCount.Should().Be(rows.Count);
            TestTable.ScanText(version).Should().Equal(expected);
            version.Rows.Select(row => TestTable.Text(TestTable.Values(row))).Order(StringComparer.Ordinal)
                .Should().Equal(expected);
            foreach (object?[] row in keys)
            {
                bool isThere = rows.TryGetValue(KeyOf(row), out object?[]? wanted);
                version.TryGet(TestTable.Key(_key.Select(o => row[o])), out Row found).Should().Be(isThere);
                if (isThere) { TestTable.Text(TestTable.Values(found)).Should().Be(TestTable.Text(wanted!)); }
            }
        }
    }

    /// <summary>Looks at every version with the rows that it has to have.</summary>
    public void ForEachVersion(Action<ITable, IReadOnlyCollection<object?[]>> check)
    {
        foreach ((ITable version, Dictionary<string, object?[]> rows) in _versions) { check(version, rows.Values); }
    }

    private string KeyOf(object?[] row) => TestTable.Text(_key.Select(ordinal => row[ordinal]));

    private void Note(ChangeBatch effective)
    {
        int? insertionsFrom = null;
        for (int row = 0; row < effective.Rows.RowCount; row++)
        {
            string text = TestTable.Text(TestTable.Values(effective.Rows.GetRow(row)));
            if (effective.Weights is { } weights && weights[row] < 0)
            {
                insertionsFrom.Should().BeNull("retractions come first");
                _effective.Remove(text).Should().BeTrue("{0} is retracted, so it must be there", text);
            }
            else
            {
                insertionsFrom ??= row;
                _effective.Add(text);
            }
        }
    }
}
