using System.Buffers.Binary;
using System.Text;
using Ctas.Data;
using Ctas.Sources;

namespace Ctas.Tests.Sources;

public sealed class RecordKeyTests
{
    private static readonly SourceColumn Id = new("id", DataType.Int, SourceColumnRole.Key);
    private static readonly SourceColumn A = new("a", DataType.Int);

    [Fact]
    public void Add_AutoWithKeys_IsAChangelogKeyedByRowKey()
    {
        SourceBatch batch = new RecordFeed().Add("""{"a":1}""", "k1").Add(null, "k1").Finish();

        batch.Schema.ToString().Should().Be("ROWKEY VARCHAR KEY, a INT");
        Rows(batch).Should().BeEquivalentTo(new object?[][] { ["k1", 1], ["k1", null] }, options => options.WithStrictOrdering());
        (batch.Tombstones![0], batch.Tombstones[1], batch.Keyless).Should().Be((false, true, null));
    }

    [Fact]
    public void Add_AutoWithoutKeys_AppendsValueFieldsOnly()
    {
        SourceBatch batch = new RecordFeed().Add("""{"a":1}""").Finish();

        batch.Schema.ToString().Should().Be("a INT");
        batch.Schema.HasKey.Should().BeFalse();
    }

    [Fact]
    public void Add_AutoMixedUnderError_NamesBothPlaces()
    {
        RecordFeed feed = new RecordFeed().Add("{}");

        feed.Invoking(mixed => mixed.Add("{}", "k")).Should().Throw<SourceException>()
            .WithMessage("the record at orders[2]@0 has no key, but the one at orders[2]@1 has; set mode, or null_key to skip or append");
    }

    [Fact]
    public void Add_AutoMixedUnderAppend_MarksTheKeylessRows()
    {
        SourceBatch batch = new RecordFeed(RecordFeed.Define() with { NullKey = NullKeyPolicy.Append })
            .Add("""{"a":1}""").Add("""{"a":2}""", "k").Add("""{"a":3}""").Finish();

        batch.Schema.ToString().Should().Be("ROWKEY VARCHAR KEY, a INT");
        Rows(batch).Should().BeEquivalentTo(
            new object?[][] { [null, 1], ["k", 2], [null, 3] }, options => options.WithStrictOrdering());
        Enumerable.Range(0, 3).Select(row => batch.Keyless![row]).Should().Equal(true, false, true);
    }

    [Fact]
    public void Add_ChangelogKeylessUnderSkip_IsRejected()
    {
        var feed = new RecordFeed(RecordFeed.Define() with { Mode = ReadMode.Changelog, NullKey = NullKeyPolicy.Skip });
        SourceBatch batch = feed.Add("""{"a":1}""").Add("""{"a":2}""", "k").Finish();

        Rows(batch).Should().ContainSingle();
        feed.Statistics().RejectedSamples.Should().Equal(new RejectedRecord("orders[2]", 0, "the record has no key"));
    }

    [Fact]
    public void Add_ChangelogKeylessUnderError_Fails() =>
        new RecordFeed(RecordFeed.Define() with { Mode = ReadMode.Changelog })
            .Invoking(feed => feed.Add("{}")).Should().Throw<SourceException>()
            .WithMessage("the record at orders[2]@0 has no key; set null_key to skip or append");

    [Fact]
    public void Add_KeyNotAskedFor_IsHandedOnBehindTheColumns()
    {
        SourceDefinition definition = RecordFeed.Define(Id, A) with { Mode = ReadMode.Changelog, KeyFormat = RecordFormat.Json };
        SourceBatch batch = new RecordFeed(definition, new ScanRequest([A])).Add("""{"a":1}""", """{"id":7}""").Finish();

        batch.Schema.ToString().Should().Be("a INT, id INT KEY");
        Rows(batch)[0].Should().Equal(1, 7);
    }

    [Theory]
    [InlineData("""{"ID":7}""")]
    [InlineData("7")]
    public void Add_JsonKey_GivesFieldsOrTheBareValue(string key)
    {
        SourceDefinition definition = RecordFeed.Define(Id, A) with { Mode = ReadMode.Changelog, KeyFormat = RecordFormat.Json };
        SourceBatch batch = new RecordFeed(definition).Add("""{"a":1,"id":99}""", key).Finish();

        Rows(batch)[0].Should().Equal(7, 1);
    }

    [Fact]
    public void Add_KafkaKeys_AreTextOrBigEndian()
    {
        byte[] key = new byte[8];
        BinaryPrimitives.WriteInt64BigEndian(key, -5);
        SourceDefinition definition = RecordFeed.Define(Id with { Type = DataType.BigInt }) with { Mode = ReadMode.Changelog };
        SourceBatch batch = new RecordFeed(definition).Add("{}"u8.ToArray(), key).Finish();

        Rows(batch)[0].Should().Equal(-5L);
        new RecordFeed(definition).Invoking(feed => feed.Add("{}", "12")).Should().Throw<SourceException>()
            .WithMessage("cannot decode the record at orders[2]@0: the key is declared BIGINT but holds other than the 8 bytes of a BIGINT");
    }

    [Fact]
    public void Add_DelimitedKeyOfTwoColumns_IsSplit()
    {
        SourceDefinition definition = RecordFeed.Define(Id, new SourceColumn("r", DataType.Varchar, SourceColumnRole.Key), A)
            with
        { Mode = ReadMode.Changelog, KeyFormat = RecordFormat.Delimited };
        SourceBatch batch = new RecordFeed(definition).Add("""{"a":1}""", "5,eu").Finish();

        batch.Schema.Key.Should().Equal(0, 1);
        Rows(batch)[0].Should().Equal(5, "eu", 1);
    }

    [Fact]
    public void Add_StreamWithKeyColumn_TakesKeyThenFieldOfValue()
    {
        SourceDefinition definition = RecordFeed.Define(Id, A) with { Mode = ReadMode.Append, KeyFormat = RecordFormat.Json };
        SourceBatch batch = new RecordFeed(definition)
            .Add("""{"a":1,"id":3}""").Add("""{"a":2,"id":3}""", "4").Add(null, "5").Finish();

        Rows(batch).Should().BeEquivalentTo(
            new object?[][] { [3, 1], [4, 2], [5, null] }, options => options.WithStrictOrdering());
        batch.Tombstones.Should().BeNull();
    }

    [Fact]
    public void Add_KeyInTheValue_MakesAChangelogByThatField()
    {
        SourceDefinition definition = RecordFeed.Define(Id, A) with { KeyFormat = RecordFormat.None, NullKey = NullKeyPolicy.Skip };
        var feed = new RecordFeed(definition);
        SourceBatch batch = feed.Add("""{"a":1,"id":3}""").Add("""{"a":2,"id":null}""").Finish();

        batch.Schema.ToString().Should().Be("id INT KEY, a INT");
        Rows(batch).Should().ContainSingle();
        feed.Statistics().Rejected.Should().Be(1);
    }

    [Fact]
    public void Add_PseudoColumnsBehindInferredOnes_StayLastWhileFieldsAppear()
    {
        var request = new ScanRequest(PseudoColumns: [SourceColumnRole.RowPartition, SourceColumnRole.RowOffset, SourceColumnRole.RowTime]);
        var feed = new RecordFeed(RecordFeed.Define(), request);
        feed.Add("""{"a":1}"""u8.ToArray(), timestamp: 1500).Add("""{"b":2}""");
        SourceBatch batch = feed.Finish();

        batch.Schema.ToString().Should().Be("a INT, b INT, ROWPARTITION INT, ROWOFFSET BIGINT, ROWTIME TIMESTAMP");
        Rows(batch)[0].Should().Equal(1, null, 2, 0L, DateTime.UnixEpoch.AddMilliseconds(1500));
    }

    [Fact]
    public void Add_Headers_GiveLastValueAndAllAsJson()
    {
        var trace = new SourceColumn("trace", DataType.Varchar, SourceColumnRole.Header, "trace");
        var raw = new SourceColumn("raw", DataType.Bytes, SourceColumnRole.Header, "raw");
        var all = new SourceColumn("all", DataType.Varchar, SourceColumnRole.Headers);
        var feed = new RecordFeed(RecordFeed.Define(trace, raw, all));
        feed.Add("{}"u8.ToArray(), headers: new Headers(("trace", "1"u8.ToArray()), ("raw", [0, 255]), ("trace", "2"u8.ToArray()), ("nil", null)));
        feed.Add("{}");

        feed.Builder.ReadsHeaders.Should().BeTrue();
        object?[][] rows = Rows(feed.Finish());
        rows[0][0].Should().Be("2");
        rows[0][1].Should().BeEquivalentTo(new byte[] { 0, 255 });
        rows[0][2].Should().Be("""[{"key":"trace","value":"1"},{"key":"raw","value":"\u0000\uFFFD"},{"key":"trace","value":"2"},{"key":"nil","value":null}]""");
        rows[1].Should().OnlyContain(value => value == null);
        new RecordFeed().Builder.ReadsHeaders.Should().BeFalse();
    }

    private static object?[][] Rows(SourceBatch batch) => RecordFeed.Rows(batch);

    private sealed class Headers(params (string Key, byte[]? Value)[] headers) : IRecordHeaders
    {
        public int Count => headers.Length;

        public ReadOnlySpan<byte> GetKey(int header) => Encoding.UTF8.GetBytes(headers[header].Key);

        public bool TryGetValue(int header, out ReadOnlySpan<byte> value)
        {
            value = headers[header].Value;
            return headers[header].Value is not null;
        }
    }
}
