using System.Globalization;
using CsCheck;
using Ctas.Data;
using Ctas.Sources;

namespace Ctas.Tests.Sources;

public sealed class ChangelogCompactorTests
{
    private static readonly SourceColumn TextKey = new("k", DataType.Varchar, SourceColumnRole.Key);
    private static readonly SourceColumn NumberKey = new("k", DataType.BigInt, SourceColumnRole.Key);
    private static readonly SourceColumn PartKey = new("p", DataType.Varchar, SourceColumnRole.Key);
    private static readonly SourceColumn DecimalKey = new("k", DataType.Decimal(9, 2), SourceColumnRole.Key);
    private static readonly SourceColumn Value = new("v", DataType.Int);

    public static TheoryData<string> KeyForms => ["text", "number", "composite", "decimal"];

    [Theory]
    [MemberData(nameof(KeyForms))]
    public void Finish_RandomChanges_EqualsADictionary(string form)
    {
        // (key, value; no value deletes, part of the key for composite ones)
        Gen.Select(Gen.Int[0, 20], Gen.Int[0, 3], Gen.Int[0, 3]).List[0, 300].Sample(changes =>
        {
            var expected = new Dictionary<string, int>();
            var order = new List<string>();
            var feed = new RecordFeed(Definition(form) with { BatchRows = 16 });
            var compactor = new ChangelogCompactor();
            int version = 0;
            foreach ((int k, int part, int kind) in changes)
            {
                string key = KeyJson(form, k, part);
                order.Remove(key);
                expected.Remove(key);
                string? value = kind == 0 ? null : $$"""{"v":{{++version}}}""";
                if (value is not null)
                {
                    expected[key] = version;
                    order.Add(key);
                }

                feed.Add(value, key);
                if (feed.Builder.IsFull) { compactor.Add(feed.Finish()); }
            }

            if (feed.Builder.RowCount > 0) { compactor.Add(feed.Finish()); }

            compactor.LiveRows.Should().Be(expected.Count);
            int ordinal = form == "composite" ? 2 : 1;
            Values(compactor.Finish()).Select(row => row[ordinal]).Should().Equal(order.Select(key => (object?)expected[key]));
        }, iter: 200);
    }

    [Fact]
    public void Add_ManyVersionsOfFewKeys_KeepsMemoryInProportionToLiveRows()
    {
        SourceDefinition definition = RecordFeed.Define(TextKey, new SourceColumn("s", DataType.Varchar))
            with
        { Mode = ReadMode.Changelog, BatchRows = 4096 };
        var feed = new RecordFeed(definition);
        var compactor = new ChangelogCompactor();
        string padding = new('x', 180);
        long largest = 0;
        for (int version = 0; version < 600_000; version++)
        {
            feed.Add(string.Create(CultureInfo.InvariantCulture, $$"""{"s":"{{padding}}{{version}}"}"""), $"k{version % 100}");
            if (!feed.Builder.IsFull) { continue; }

            compactor.Add(feed.Finish());
            largest = Math.Max(largest, compactor.SizeInBytes);
        }

        // 600,000 versions are 120 MB of text; the pool that is being filled and the one before may be alive.
        largest.Should().BeLessThan(90 << 20);
        compactor.LiveRows.Should().Be(100);
        object?[][] rows = Values(compactor.Finish());
        rows.Select(row => (string)row[1]!).Should().OnlyContain(text => text.Length == 186).And.OnlyHaveUniqueItems();
    }

    [Fact]
    public void Add_RewrittenSegments_KeepOrderValuesAndSurvivors()
    {
        SourceDefinition definition = RecordFeed.Define(NumberKey, new SourceColumn("s", DataType.Varchar), Value)
            with
        { Mode = ReadMode.Changelog, BatchRows = 1000, KeyFormat = RecordFormat.Json, NullKey = NullKeyPolicy.Append };
        var feed = new RecordFeed(definition);
        var compactor = new ChangelogCompactor(NullKeyPolicy.Append);
        var expected = new List<(long? Key, int Value)>();
        for (int record = 0; record < 300_000; record++)
        {
            // Every 7th key is written once, the others again and again; some rows have no key.
            long? key = record % 1001 == 0 ? null : record % 7 == 0 ? record : record % 50;

            bool isDeleted = record % 997 == 0 && key is not null;
            if (!isDeleted && (key is null or >= 50)) { expected.Add((key, record)); }

            feed.Add(isDeleted ? null : $$"""{"v":{{record}},"s":"{{record % 3}}"}""", key?.ToString(CultureInfo.InvariantCulture));
            if (feed.Builder.IsFull) { compactor.Add(feed.Finish()); }
        }

        StagedTable table = compactor.Finish();
        object?[][] once = [.. Values(table).Where(row => row[0] is null or >= 50L)];
        var actual = once.Select(row => ((long?)row[0], (int)row[2]!)).ToList();
        actual.Except(expected).Should().BeEmpty();
        expected.Except(actual).Should().BeEmpty();
        actual.SequenceEqual(expected).Should().BeTrue();
        once.Should().OnlyContain(row => (string)row[1]! == ((int)row[2]! % 3).ToString(CultureInfo.InvariantCulture));
        table.RowCount.Should().BeLessThanOrEqualTo(once.Length + 50);
    }

    [Fact]
    public void Add_KeysThatComeBackAfterARewrite_AreThereOnce()
    {
        const int keys = 10_000, deleted = 1_000;
        SourceDefinition definition = RecordFeed.Define(TextKey, Value) with { Mode = ReadMode.Changelog, BatchRows = keys };
        var feed = new RecordFeed(definition);
        var compactor = new ChangelogCompactor();

        // Their segment is too dense to be copied, so that the dead rows stay where they are.
        for (int key = 0; key < keys; key++) { feed.Add("""{"v":1}""", $"k{key}"); }

        compactor.Add(feed.Finish());
        for (int key = 0; key < deleted; key++) { feed.Add(null, $"k{key}"); }

        compactor.Add(feed.Finish());
        AddVersions(feed, compactor, 8 * keys);
        for (int key = 0; key < deleted; key++) { feed.Add("""{"v":2}""", $"k{key}"); }

        compactor.Add(feed.Finish());

        compactor.LiveRows.Should().Be(keys + 1);
        Values(compactor.Finish()).Where(row => (string)row[0]! != "often").ToDictionary(row => (string)row[0]!, row => (int)row[1]!)
            .Should().BeEquivalentTo(Enumerable.Range(0, keys).ToDictionary(key => $"k{key}", key => key < deleted ? 2 : 1));
    }

    [Fact]
    public void Finish_RowsReadBeforeTheFirstKey_FollowThePolicyAlsoAfterARewrite()
    {
        foreach ((NullKeyPolicy policy, int rows, long dropped) in new[] { (NullKeyPolicy.Append, 501, 0L), (NullKeyPolicy.Skip, 1, 500L) })
        {
            var feed = new RecordFeed(RecordFeed.Define() with { NullKey = policy, BatchRows = 10_000 });
            var compactor = new ChangelogCompactor(policy);
            for (int row = 0; row < 500; row++) { feed.Add("""{"v":0}"""); }

            compactor.Add(feed.Finish());
            AddVersions(feed, compactor, 80_000);
            StagedTable table = compactor.Finish();

            (table.RowCount, table.KeylessDropped).Should().Be((rows, dropped));
        }
    }

    /// <summary>So many versions of one key: enough for sparse segments to be rewritten.</summary>
    private static void AddVersions(RecordFeed feed, ChangelogCompactor compactor, int count)
    {
        for (int version = 0; version < count; version++)
        {
            feed.Add($$"""{"v":{{version}}}""", "often");
            if (feed.Builder.IsFull) { compactor.Add(feed.Finish()); }
        }
    }

    [Fact]
    public void Finish_InferredColumns_HaveTheWidestSchemaEverywhere()
    {
        var feed = new RecordFeed();
        var compactor = new ChangelogCompactor();
        compactor.Add(feed.Add("""{"a":1,"n":null}""", "k1").Add("""{"a":2}""", "k2").Finish());
        compactor.Add(feed.Add("""{"a":2.5,"b":true}""", "k1").Finish());
        compactor.Add(feed.Add("""{"b":"x"}""", "k3").Finish());
        StagedTable table = compactor.Finish();

        table.Schema.ToString().Should().Be("ROWKEY VARCHAR KEY, a DOUBLE, n VARCHAR, b VARCHAR");
        Values(table).Should().BeEquivalentTo(
            new object?[][] { ["k2", 2.0, null, null], ["k1", 2.5, null, "true"], ["k3", null, null, "x"] },
            options => options.WithStrictOrdering());
    }

    [Fact]
    public void Finish_KeyThatAppearsInALaterBatch_TreatsEarlierRowsByPolicy()
    {
        foreach ((NullKeyPolicy policy, int rows, long dropped) in new[] { (NullKeyPolicy.Append, 2, 0L), (NullKeyPolicy.Skip, 1, 1L) })
        {
            var feed = new RecordFeed(RecordFeed.Define() with { NullKey = policy });
            var compactor = new ChangelogCompactor(policy);
            compactor.Add(feed.Add("""{"a":1}""").Finish());
            compactor.Add(feed.Add("""{"a":2}""", "k").Add("""{"a":3}""", "k").Finish());
            StagedTable table = compactor.Finish();

            table.Schema.ToString().Should().Be("ROWKEY VARCHAR KEY, a INT");
            (table.RowCount, table.KeylessDropped).Should().Be((rows, dropped));
            Values(table)[^1].Should().Equal("k", 3);
        }
    }

    [Fact]
    public void Finish_RowsWithoutAKeyBehindKnownOnesThatHaveOne_SayThatTheSchemaIsAnother()
    {
        Schema known = new RecordFeed().Add("""{"a":1}""", "k").Finish().Schema;
        var same = new ChangelogCompactor(known: known);
        var keyless = new ChangelogCompactor(known: known);
        same.Add(new RecordFeed().Add("""{"a":2}""", "k").Finish());
        keyless.Add(new RecordFeed().Add("""{"a":2}""").Finish());

        (same.Finish().IsNewSchema, keyless.Finish().IsNewSchema).Should().Be((false, true));
    }

    [Fact]
    public void Add_KeysFromSeveralPools_AreStillEqual()
    {
        var compactor = new ChangelogCompactor();
        for (int scan = 0; scan < 3; scan++)
        {
            compactor.Add(new RecordFeed().Add($$"""{"a":{{scan}}}""", "x").Add($$"""{"a":{{scan}}}""", $"y{scan}").Finish());
        }

        Values(compactor.Finish()).Should().BeEquivalentTo(
            new object?[][] { ["y0", 0], ["y1", 1], ["x", 2], ["y2", 2] }, options => options.WithStrictOrdering());
    }

    [Fact]
    public void Finish_NothingAdded_IsEmpty() => new ChangelogCompactor().Finish().Batches.Should().BeEmpty();

    private static SourceDefinition Definition(string form)
    {
        SourceColumn[] columns = form switch
        {
            "text" => [TextKey, Value],
            "number" => [NumberKey, Value],
            "decimal" => [DecimalKey, Value],
            _ => [NumberKey, PartKey, Value],
        };
        return RecordFeed.Define(columns) with
        {
            Mode = ReadMode.Changelog,
            KeyFormat = form == "text" ? RecordFormat.Kafka : RecordFormat.Json,
        };
    }

    private static string KeyJson(string form, int key, int part) => form switch
    {
        "text" => $"k{key}",
        "composite" when part == 0 => $$"""{"k":{{key}}}""",
        "composite" => $$"""{"k":{{key}},"p":"{{part}}"}""",
        _ => key.ToString(CultureInfo.InvariantCulture),
    };

    private static object?[][] Values(StagedTable table) =>
    [
        .. from batch in table.Batches.Select(batch => batch.Densify())
           from row in Enumerable.Range(0, batch.Count)
           select RecordFeed.Values(batch.Rows, row),
    ];
}
