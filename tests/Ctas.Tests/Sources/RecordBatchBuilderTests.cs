using System.Text;
using Ctas.Data;
using Ctas.Sources;

namespace Ctas.Tests.Sources;

public sealed class RecordBatchBuilderTests
{
    private static readonly SourceColumn Id = new("id", DataType.Int);
    private static readonly SourceColumn Name = new("name", DataType.Varchar);

    [Fact]
    public void Add_InferredFields_BecomeTypedColumnsInOrderOfAppearance()
    {
        SourceBatch batch = new RecordFeed()
            .Add("""{"b":true,"i":1,"l":5000000000,"d":1.5,"s":"x\n\"ü","n":null}""")
            .Finish();

        batch.Schema.ToString().Should()
            .Be("b BOOLEAN, i INT, l BIGINT, d DOUBLE, s VARCHAR, n NULL");
        RecordFeed.Rows(batch)[0].Should().Equal(true, 1, 5000000000L, 1.5, "x\n\"ü", null);
    }

    [Fact]
    public void Add_FieldsInOtherOrderAndMissing_LandInTheirColumns()
    {
        SourceBatch batch = new RecordFeed().Add("""{"a":1,"b":2}""").Add("""{"b":3,"a":4}""").Add("""{"b":5}""").Finish();

        RecordFeed.Rows(batch).Should().BeEquivalentTo(
            new object?[][] { [1, 2], [4, 3], [null, 5] }, options => options.WithStrictOrdering());
    }

    [Theory]
    [InlineData("1", "2.5", "INT", "DOUBLE", 1.0, 2.5)]
    [InlineData("1", "3000000000", "INT", "BIGINT", 1L, 3000000000L)]
    [InlineData("1", "\"x\"", "INT", "VARCHAR", "1", "x")]
    [InlineData("1.5", "{}", "DOUBLE", "VARCHAR", "1.5", "{}")]
    [InlineData("true", "1", "BOOLEAN", "VARCHAR", "true", "1")]
    [InlineData("7", "12345678901234567890123", "INT", "VARCHAR", "7", "12345678901234567890123")]
    [InlineData("7", "100000000000000000000", "INT", "DOUBLE", 7.0, 1e20)]
    public void Add_WiderValue_WidensTheColumnAndSaysSo(
        string first, string second, string before, string after, object firstValue, object secondValue)
    {
        RecordFeed feed = new RecordFeed().Add($$"""{"v":{{first}}}""").Add($$"""{"v":{{second}}}""");
        SourceBatch batch = feed.Finish();

        batch.Schema.Fields[0].Type.ToString().Should().Be(after);
        RecordFeed.Rows(batch).Select(row => row[0]).Should().Equal(firstValue, secondValue);
        feed.Statistics().Warnings.Should().Equal($"column \"v\" widened from {before} to {after} at orders[2]@1");
    }

    [Fact]
    public void Finish_AfterNewFieldAndNullOnlyColumn_CarriesTheSchemaOfItsMoment()
    {
        var feed = new RecordFeed();
        SourceBatch first = feed.Add("""{"a":null}""").Finish();
        SourceBatch second = feed.Add("""{"a":1,"b":"x"}""").Finish();

        first.Schema.ToString().Should().Be("a NULL");
        second.Schema.ToString().Should().Be("a INT, b VARCHAR");
        feed.Statistics().Warnings.Should().Equal("column \"b\" appeared at orders[2]@1");
    }

    [Theory]
    [InlineData("INT", "3.0", 3)]
    [InlineData("INT", "-2147483648", int.MinValue)]
    [InlineData("BIGINT", "9223372036854775807", long.MaxValue)]
    [InlineData("BIGINT", "1e3", 1000L)]
    [InlineData("DOUBLE", "7", 7.0)]
    [InlineData("BOOLEAN", "false", false)]
    [InlineData("VARCHAR", "12.50", "12.50")]
    [InlineData("VARCHAR", "[1, 2]", "[1, 2]")]
    [InlineData("VARCHAR", "true", "true")]
    public void Add_ValueThatFitsTheDeclaredType_IsKeptExactly(string type, string json, object expected)
    {
        SourceBatch batch = new RecordFeed(RecordFeed.Define(new SourceColumn("v", TypeOf(type)))).Add($$"""{"v":{{json}}}""").Finish();

        batch.Schema.Fields[0].Type.ToString().Should().Be(type);
        RecordFeed.Rows(batch)[0][0].Should().Be(expected);
    }

    [Theory]
    [InlineData("INT", "3.5")]
    [InlineData("INT", "2147483648")]
    [InlineData("INT", "\"5\"")]
    [InlineData("INT", "true")]
    [InlineData("BIGINT", "9223372036854775808")]
    [InlineData("DOUBLE", "1e999")]
    [InlineData("DOUBLE", "\"NaN\"")]
    [InlineData("BOOLEAN", "1")]
    [InlineData("DECIMAL(5, 2)", "1.234")]
    [InlineData("DECIMAL(5, 2)", "1000")]
    [InlineData("DATE", "\"2026-02-30\"")]
    [InlineData("TIME", "\"24:00:00\"")]
    [InlineData("TIMESTAMP", "\"yesterday\"")]
    [InlineData("TIMESTAMP", "\"9999-12-31T23:59:59-01:00\"")]
    [InlineData("TIMESTAMP", "1700000000000000")]
    [InlineData("TIMESTAMP", "-62135596800001")]
    [InlineData("BYTES", "\"***\"")]
    public void Add_ValueThatDoesNotFit_FailsWithFieldTypeAndPosition(string type, string json)
    {
        var feed = new RecordFeed(RecordFeed.Define(new SourceColumn("v", TypeOf(type))));
        Action add = () => feed.Add($$"""{"v":{{json}}}""");

        SourceException failure = add.Should().Throw<SourceException>()
            .WithMessage($"cannot decode the record at orders[2]@0: field \"v\" is declared {type} but holds * (byte 5)").Which;
        (failure.SourceName, failure.Partition, failure.Offset, failure.IsTransient)
            .Should().Be(("orders", "orders[2]", 0L, false));
    }

    [Theory]
    [InlineData("INT", "abc", "text that is no number")]
    [InlineData("DOUBLE", "abc", "text that is no number")]
    [InlineData("DECIMAL(5, 2)", "abc", "text that is no number")]
    [InlineData("INT", "3000000000", "a number outside the range of INT")]
    [InlineData("DOUBLE", "1e999", "a number outside the range of DOUBLE")]
    [InlineData("DECIMAL(5, 2)", "1.234", "a number that does not fit exactly")]
    public void Add_DelimitedTextThatDoesNotFit_TellsNumbersFromOtherText(string type, string text, string holds)
    {
        var feed = new RecordFeed(RecordFeed.Define(new SourceColumn("v", TypeOf(type))) with { ValueFormat = RecordFormat.Delimited });
        Action add = () => feed.Add(text);

        add.Should().Throw<SourceException>().WithMessage($"*is declared {type} but holds {holds}*");
    }

    [Fact]
    public void Add_DecimalsAndTimes_AreExact()
    {
        SourceBatch batch = new RecordFeed(RecordFeed.Define(
                new SourceColumn("a", DataType.Decimal(20, 4)),
                new SourceColumn("b", DataType.Decimal(20, 4)),
                new SourceColumn("d", DataType.Date),
                new SourceColumn("t", DataType.Time),
                new SourceColumn("z", DataType.Timestamp),
                new SourceColumn("e", DataType.Timestamp),
                new SourceColumn("x", DataType.Bytes)))
            .Add("""
                {"a":-1234567890123456.789,"b":"12e-4","d":"2026-02-28","t":"23:59:59.000001",
                 "z":"2026-01-01T00:30:00.123456+01:00","e":1700000000123,"x":"AAH/"}
                """)
            .Finish();

        RecordFeed.Rows(batch)[0].Should().BeEquivalentTo(new object[]
        {
            -1234567890123456.7890m, 0.0012m, new DateOnly(2026, 2, 28), new TimeOnly(23, 59, 59).Add(TimeSpan.FromMicroseconds(1)),
            new DateTime(2025, 12, 31, 23, 30, 0, DateTimeKind.Utc).AddMicroseconds(123456),
            DateTime.UnixEpoch.AddMilliseconds(1700000000123), new byte[] { 0, 1, 255 },
        });
    }

    [Fact]
    public void Add_NamesOfOtherCaseDuplicatesAndEscapes_FollowTheRules()
    {
        SourceBatch batch = new RecordFeed(RecordFeed.Define(Id))
            .Add("""{"ID":1}""")
            .Add("""{"id":1,"id":2}""")
            .Add("""{"id":3,"ID":9}""")
            .Add("""{"ID":9,"id":4}""")
            .Add("""{"\u0069d":5,"x":{"id":7}}""")
            .Finish();

        RecordFeed.Rows(batch).Select(row => row[0]).Should().Equal(1, 2, 3, 4, 5);
    }

    [Theory]
    [InlineData("""{"id":1,"name":"x" """)]
    [InlineData("""{"id":1}{""")]
    [InlineData("""{"id":1,"name":x}""")]
    [InlineData("""[1]""")]
    [InlineData("")]
    [InlineData("""{"name":"\ud800"}""")]
    public void Add_MalformedUnderSkip_LeavesNoTraceAndIsSampled(string malformed)
    {
        var feed = new RecordFeed(RecordFeed.Define(Id, Name) with { OnError = RecordErrorPolicy.Skip });
        SourceBatch batch = feed.Add("""{"id":1,"name":"a"}""").Add(malformed).Add("""{"name":"b"}""").Finish();

        RecordFeed.Rows(batch).Should().BeEquivalentTo(
            new object?[][] { [1, "a"], [null, "b"] }, options => options.WithStrictOrdering());
        ScanStatistics statistics = feed.Statistics();
        (statistics.Records, statistics.Rejected).Should().Be((3L, 1L));
        statistics.RejectedSamples.Should().ContainSingle(sample => sample.Partition == "orders[2]" && sample.Offset == 1);
    }

    [Fact]
    public void Add_MalformedUnderInference_AddsAndWidensNothing()
    {
        var feed = new RecordFeed(RecordFeed.Define() with { OnError = RecordErrorPolicy.Skip });
        SourceBatch batch = feed.Add("""{"a":1}""").Add("""{"a":"x","secret":1,""").Add("""{"a":2}""").Finish();

        batch.Schema.ToString().Should().Be("a INT");
        feed.Statistics().RejectedSamples[0].Reason.Should().NotContain("secret").And.StartWith("malformed JSON at line 1, byte");
    }

    [Fact]
    public void Add_ManyMalformed_AreAllCountedAndTenSampled()
    {
        var feed = new RecordFeed(RecordFeed.Define(Id) with { OnError = RecordErrorPolicy.Skip });
        for (int record = 0; record < 25; record++) { feed.Add("?"); }

        ScanStatistics statistics = feed.Statistics();
        (statistics.Rejected, statistics.RejectedSamples.Count).Should().Be((25L, 10));
    }

    [Fact]
    public void Add_MalformedUnderDeadLetter_GoesToTheSinkWhole()
    {
        var sink = new ListSink();
        new RecordFeed(RecordFeed.Define(Id) with { OnError = RecordErrorPolicy.DeadLetter }, deadLetters: sink)
            .Add("""{"id":1}""", "k0").Add("oops", "k1");

        sink.Records.Should().Equal(("k1", "oops", 1L));
    }

    [Fact]
    public void Add_TooManyRecords_Fails()
    {
        var feed = new RecordFeed(RecordFeed.Define() with { MaxRecords = 2 });
        feed.Add("{}").Add("{}");

        feed.Invoking(limited => limited.Add("{}")).Should().Throw<SourceException>()
            .WithMessage("more than 2 records, the limit of loading.bulk.max_records, at orders[2]@2");
    }

    [Theory]
    [InlineData(-62135596800000, true)]
    [InlineData(253402300799999, true)]
    [InlineData(-62135596800001, false)]
    [InlineData(253402300800000, false)]
    [InlineData(long.MaxValue, false)]
    public void Add_RecordsTime_LiesWithinTheYearsOfATimestamp(long milliseconds, bool fits)
    {
        var feed = new RecordFeed(RecordFeed.Define(Id), new ScanRequest(PseudoColumns: [SourceColumnRole.RowTime]));
        Action add = () => feed.Add("""{"id":1}"""u8.ToArray(), timestamp: milliseconds);

        if (fits) { add.Should().NotThrow(); }
        else { add.Should().Throw<SourceException>().WithMessage("*the record's time is out of range*"); }
    }

    [Fact]
    public void Add_EventTimeColumn_GivesRowTime()
    {
        SourceDefinition definition = RecordFeed.Define(Id) with { TimestampColumn = "at", TimestampFormat = "dd.MM.yyyy HH:mm" };
        var request = new ScanRequest([Id, new SourceColumn("ROWTIME", DataType.Timestamp, SourceColumnRole.RowTime)]);
        SourceBatch batch = new RecordFeed(definition, request)
            .Add("""{"at":"01.02.2026 03:04","id":1}""").Add("""{"id":2}""").Finish();

        RecordFeed.Rows(batch).Should().BeEquivalentTo(
            new object?[][] { [1, new DateTime(2026, 2, 1, 3, 4, 0, DateTimeKind.Utc)], [2, null] },
            options => options.WithStrictOrdering());
    }

    [Fact]
    public void Add_EventTimeBeforeTheEpoch_IsCutAsIsoTimesAre()
    {
        SourceDefinition definition = RecordFeed.Define(Id) with { TimestampColumn = "at", TimestampFormat = "yyyy-MM-dd HH:mm:ss.fffffff" };
        var request = new ScanRequest([Id, new SourceColumn("ROWTIME", DataType.Timestamp, SourceColumnRole.RowTime)]);

        SourceBatch batch = new RecordFeed(definition, request).Add("""{"at":"1969-12-31 23:59:59.9999995","id":1}""").Finish();

        RecordFeed.Rows(batch).Should().BeEquivalentTo(new object?[][] { [1, DateTime.UnixEpoch.AddTicks(-10)] });
    }

    [Theory]
    [InlineData("at", "at")]
    [InlineData("At", "at")]
    public void Add_EventTimeAmongInferredColumns_IsAColumnAsWell(string field, string timestamp)
    {
        var request = new ScanRequest(PseudoColumns: [SourceColumnRole.RowTime]);
        SourceBatch batch = new RecordFeed(RecordFeed.Define() with { TimestampColumn = timestamp }, request)
            .Add($$"""{"{{field}}":"2026-02-01T03:04:00Z","id":1}""").Add("""{"id":2}""").Finish();

        batch.Schema.Fields.Select(column => column.Name).Should().Equal(field, "id", "ROWTIME");
        RecordFeed.Rows(batch).Should().BeEquivalentTo(
            new object?[][] { ["2026-02-01T03:04:00Z", 1, new DateTime(2026, 2, 1, 3, 4, 0, DateTimeKind.Utc)], [null, 2, null] },
            options => options.WithStrictOrdering());
    }

    [Fact]
    public void Add_Delimited_SplitsQuotesAndNulls()
    {
        SourceDefinition definition = RecordFeed.Define(Id, Name, new SourceColumn("c", DataType.Double))
            with
        { ValueFormat = RecordFormat.Delimited, OnError = RecordErrorPolicy.Skip };
        var feed = new RecordFeed(definition, new ScanRequest([definition.Columns![2], Name]));
        SourceBatch batch = feed.Add("1,\"a,\"\"b\"\"\",2.5").Add("2,,").Add("3,\"\",1").Add("1,2").Add("x,y,1").Finish();

        RecordFeed.Rows(batch).Should().BeEquivalentTo(
            new object?[][] { [2.5, "a,\"b\""], [null, null], [1.0, ""], [1.0, "y"] }, options => options.WithStrictOrdering());
        feed.Statistics().RejectedSamples.Select(sample => sample.Reason).Should().Equal("2 fields where 3 are declared");
    }

    [Fact]
    public void Validate_TypesAndFormatsThatCannotWork_AreAllNamed()
    {
        SourceDefinition definition = new("t", new TopicLocation("t", null))
        {
            Columns = [new("a", DataType.Array(DataType.Int), SourceColumnRole.Headers), Id, Name],
            ValueFormat = RecordFormat.Kafka,
        };

        RecordBatchBuilder.Validate(definition).Should().HaveCount(2)
            .And.Contain(mistake => mistake.Contains("ARRAY<STRUCT<key VARCHAR, value BYTES>>"))
            .And.Contain(mistake => mistake.Contains("2 value columns"));
    }

    private static DataType TypeOf(string name) => name switch
    {
        "INT" => DataType.Int,
        "BIGINT" => DataType.BigInt,
        "DOUBLE" => DataType.Double,
        "BOOLEAN" => DataType.Boolean,
        "VARCHAR" => DataType.Varchar,
        "DATE" => DataType.Date,
        "TIME" => DataType.Time,
        "TIMESTAMP" => DataType.Timestamp,
        "BYTES" => DataType.Bytes,
        _ => DataType.Decimal(5, 2),
    };

    private sealed class ListSink : IDeadLetterSink
    {
        public List<(string Key, string Value, long Offset)> Records { get; } = [];

        public void Write(in SourceRecord record, RejectedRecord rejection) => Records.Add(
            (Encoding.UTF8.GetString(record.Key), Encoding.UTF8.GetString(record.Value), rejection.Offset));
    }
}
