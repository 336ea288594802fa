using System.Text;
using CsCheck;
using Ctas.Data;
using Ctas.Sinks;
using Ctas.Sources;

namespace Ctas.Tests.Sinks;

/// <summary>The records of a tick, compared with a plain model of upserts and tombstones.</summary>
public sealed class SinkRecordsTests
{
    private static readonly Schema Keyed = new([new Field("id", DataType.Varchar), new Field("n", DataType.BigInt)], [0]);

    [Fact]
    public void Write_RandomTicks_LeaveWhatTheTableHoldsAndTellNoDeleteOfAKeyThatStays()
    {
        Gen<(string, int?)> change = Gen.Select(Gen.Int[0, 5].Select(key => "k" + key), Gen.Int[-2, 9].Select(n => n < 0 ? null : (int?)n));
        change.List[0, 12].List[1, 6].Sample(ticks =>
        {
            var table = new Dictionary<string, int>();
            var shown = new Dictionary<string, string>();
            var records = new SinkRecords(Definition());
            foreach (List<(string Key, int? N)> tick in ticks)
            {
                var before = new Dictionary<string, int>(table);
                foreach ((string key, int? n) in tick)
                {
                    if (n is { } value) { table[key] = value; }
                    else { table.Remove(key); }
                }

                List<(string Key, string? Value)> written = Write(records, EffectiveChanges(before, table));

                // Each key that has changed once, and no other.
                written.Select(record => record.Key).Should().BeEquivalentTo(
                    before.Keys.Union(table.Keys).Where(key => Text(before, key) != Text(table, key)));
                foreach ((string key, string? value) in written)
                {
                    if (value is null) { shown.Remove(key); }
                    else { shown[key] = value; }
                }
            }

            shown.Should().BeEquivalentTo(table.ToDictionary(row => row.Key, row => $$"""{"n":{{row.Value}}}"""));
        });
    }

    [Fact]
    public void Write_TickOfSeveralBatches_TellsAnUpdateAcrossThemOnce()
    {
        Write(new SinkRecords(Definition()), [Changes(("a", 1, -1), ("b", 1, -1)), Changes(("a", 2, +1))])
            .Should().Equal(("b", null), ("a", """{"n":2}"""));
    }

    [Fact]
    public void Write_InsertedAndThenTakenOutInOneTick_EndsWithATombstone()
    {
        Write(new SinkRecords(Definition()), [Changes(("a", 1, +1)), Changes(("a", 1, -1))])
            .Should().Equal(("a", """{"n":1}"""), ("a", null));
    }

    [Fact]
    public void Write_UpdatedAndThenDeletedInOneTick_TellsOneTombstoneAndItLast()
    {
        Write(new SinkRecords(Definition()), [Changes(("a", 1, -1), ("a", 2, +1)), Changes(("a", 2, -1))])
            .Should().Equal(("a", """{"n":2}"""), ("a", null));
    }

    [Fact]
    public void Write_RetractionWithoutAKey_IsRefused()
    {
        var batch = new SinkBatch("t", Keyed.WithKey([]), [Changes(("a", 1, -1))]);

        new SinkRecords(Definition()).Invoking(records => records.Write(batch, (in SinkRecord _) => { }))
            .Should().Throw<SinkException>().WithMessage("table \"t\" has no key*");
    }

    [Theory]
    [InlineData("missing", "which the table does not have")]
    [InlineData("id", "which is VARCHAR and no TIMESTAMP or BIGINT")]
    public void Write_TimeOfAColumnThatCannotGiveIt_IsRefused(string column, string reason)
    {
        var records = new SinkRecords(Definition() with { TimestampColumn = column });

        records.Invoking(r => Write(r, [Changes(("a", 1, +1))])).Should().Throw<SinkException>().WithMessage("*" + reason);
    }

    private static SinkDefinition Definition() => new("out", new TopicLocation("o", null));

    private static string? Text(Dictionary<string, int> rows, string key) => rows.TryGetValue(key, out int n) ? n.ToString("D", null) : null;

    /// <summary>As a table's writer tells them: retractions of what was there, then insertions.</summary>
    private static ChangeBatch[] EffectiveChanges(Dictionary<string, int> before, Dictionary<string, int> after) =>
    [
        Changes(
        [
            .. before.Where(row => Text(after, row.Key) != Text(before, row.Key)).Select(row => (row.Key, (long)row.Value, -1)),
            .. after.Where(row => Text(after, row.Key) != Text(before, row.Key)).Select(row => (row.Key, (long)row.Value, +1)),
        ]),
    ];

    private static ChangeBatch Changes(params (string Key, long N, int Weight)[] changes)
    {
        var keys = new StringPool(isInterned: true);
        int[] codes = [.. changes.Select(change => keys.Add(change.Key))];
        var rows = new Batch(
            [
                new StringColumn(DataType.Varchar, codes, codes.Length, keys),
                new FixedColumn<long>(DataType.BigInt, [.. changes.Select(change => change.N)], changes.Length),
            ],
            changes.Length);
        return new ChangeBatch(rows, Weights: [.. changes.Select(change => change.Weight)]);
    }

    private static List<(string Key, string? Value)> Write(SinkRecords records, IReadOnlyList<ChangeBatch> changes)
    {
        var written = new List<(string, string?)>();
        SinkWritten size = records.Write(new SinkBatch("t", Keyed, changes), (in SinkRecord record) => written.Add(
            (Encoding.UTF8.GetString(record.Key), record.IsTombstone ? null : Encoding.UTF8.GetString(record.Value))));
        size.Records.Should().Be(written.Count);
        return written;
    }
}
