using System.Text;
using Ctas.Data;
using Ctas.Sources;

namespace Ctas.Tests.Sources;

/// <summary>Records decoded by prediction are those decoded in the general way: rows, types, refusals, their words and places.</summary>
public sealed class PredictedRecordTests
{
    private static readonly SourceColumn[] Declared =
    [
        new("id", DataType.Varchar), new("name", DataType.Varchar), new("count", DataType.BigInt), new("small", DataType.Int),
        new("amount", DataType.Double), new("flag", DataType.Boolean), new("price", DataType.Decimal(12, 2)),
        new("at", DataType.Timestamp), new("Name", DataType.Varchar), new("tags", DataType.Array(DataType.Varchar)),
        new("inner", DataType.Struct([new("a", DataType.BigInt), new("b", DataType.Varchar)])),
    ];

    private static readonly string[] Fields =
        ["id", "name", "count", "small", "amount", "flag", "price", "at", "NAME", "tags", "inner", "unread", "a field of more than thirty-two bytes of text"];

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(3, true)]
    [InlineData(4, false)]
    [InlineData(5, false)]
    [InlineData(6, false)]
    [InlineData(7, false)]
    [InlineData(8, true)]
    public void Add_RandomAndMutatedRecords_EqualsGeneralDecoding(int seed, bool isDeclared)
    {
        var random = new Random(seed);
        for (int round = 0; round < 60; round++)
        {
            byte[][] records = [.. Enumerable.Range(0, 80).Select(_ => Record(random))];
            AssertSame(
                Decode(Define(isDeclared, RecordFormat.Json), predicts: true, (builder, take) => AddEach(builder, records, take)),
                Decode(Define(isDeclared, RecordFormat.Json), predicts: false, (builder, take) => AddEach(builder, records, take)));
        }
    }

    [Theory]
    [InlineData(11, true)]
    [InlineData(12, true)]
    [InlineData(13, false)]
    [InlineData(14, false)]
    public void AddJsonLines_RandomAndMutatedLines_EqualsGeneralDecoding(int seed, bool isDeclared)
    {
        var random = new Random(seed);
        for (int round = 0; round < 60; round++)
        {
            byte[] text = Lines(random, [.. Enumerable.Range(0, 80).Select(_ => Record(random))]);
            AssertSame(
                Decode(Define(isDeclared, RecordFormat.Json), predicts: true, (builder, take) => AddBlock(builder, text, isJson: true, take)),
                Decode(Define(isDeclared, RecordFormat.Json), predicts: false, (builder, take) => AddBlock(builder, text, isJson: true, take)));
        }
    }

    [Theory]
    [InlineData(21, true)]
    [InlineData(22, true)]
    [InlineData(23, false)]
    [InlineData(24, false)]
    public void AddDelimitedLines_RandomAndMutatedLines_EqualsGeneralDecoding(int seed, bool isDeclared)
    {
        var random = new Random(seed);
        for (int round = 0; round < 60; round++)
        {
            byte[] text = Lines(random, [.. Enumerable.Range(0, 80).Select(_ => Line(random))]);
            AssertSame(
                Decode(Define(isDeclared, RecordFormat.Delimited), predicts: true, (builder, take) => AddBlock(builder, text, isJson: false, take)),
                Decode(Define(isDeclared, RecordFormat.Delimited), predicts: false, (builder, take) => AddBlock(builder, text, isJson: false, take)));
        }
    }

    [Theory]
    [InlineData("""{"id":"x","count":1}""", """{"id":"y","count":12345678901234567890}""")]
    [InlineData("""{"id":"x","count":1}""", """{"id":"y","count":9223372036854775807}""")]
    [InlineData("""{"id":"x","count":1}""", """{"id":"y","count":-9223372036854775808}""")]
    [InlineData("""{"id":"x","count":1}""", """{"id":"y","count":01}""")]
    [InlineData("""{"id":"x","count":1}""", """{"id":"y","count":1.0}""")]
    [InlineData("""{"id":"x","count":1}""", """{"id":"y","count":1.5}""")]
    [InlineData("""{"id":"x","count":1}""", """{"id":"y","count":-}""")]
    [InlineData("""{"id":"x","count":1}""", """{"id":"y","count":1,"count":2}""")]
    [InlineData("""{"id":"x","count":1}""", """{"id":"y","count":1,"count":null}""")]
    [InlineData("""{"id":"x","count":1}""", """{"id":"y","COUNT":1,"count":null}""")]
    [InlineData("""{"id":"x","count":1}""", """{"id":"y","count":null,"COUNT":1}""")]
    [InlineData("""{"id":"x","count":1}""", """{"id":"y","count":null,"count":1}""")]
    [InlineData("""{"id":"x","count":1}""", """{"id":"y","count":nul}""")]
    [InlineData("""{"id":"x","count":1}""", """{"id":"y","count":null,"count":null}""")]
    [InlineData("""{"id":"x","count":1}""", """{"id":null,"count":null,"amount":x}""")]
    [InlineData("""{"id":"x","count":1}""", """{"id":"y","count":1} x""")]
    [InlineData("""{"id":"x","count":1}""", """{"id":"y","count":1}}""")]
    [InlineData("""{"id":"x","count":1}""", """{"id":"y","count":1""")]
    [InlineData("""{"id":"x","count":1}""", """{"id":"y","count":1,}""")]
    [InlineData("""{"id":"x","count":1}""", """{"id":"y" "count":1}""")]
    [InlineData("""{"id":"x","amount":1.5}""", """{"id":"y","amount":1.}""")]
    [InlineData("""{"id":"x","amount":1.5}""", """{"id":"y","amount":-0.0}""")]
    [InlineData("""{"id":"x","amount":1.5}""", """{"id":"y","amount":1e400}""")]
    [InlineData("""{"id":"x","amount":1.5}""", """{"id":"y","amount":123456789.123456789}""")]
    [InlineData("""{"id":"x","amount":1.5}""", """{"id":"y","amount":1234567890.1234567890}""")]
    [InlineData("""{"id":"x","amount":1.5}""", """{"id":"y","amount":12345678901234567.}""")]
    [InlineData("""{"id":"x","amount":1.5}""", """{"id":"y","amount":00.12345678901234567}""")]
    [InlineData("""{"id":"x","amount":1.5}""", """{"id":"y","amount":-0.08637591402210239}""")]
    [InlineData("""{"id":"x","amount":1.5}""", """{"id":"y","amount":0.08637591402210239e2}""")]
    [InlineData("""{"id":"x","amount":1.5}""", """{"id":"y","amount":0.1234567890123}""")]
    [InlineData("""{"id":"x","unread":1}""", """{"id":"y","unread":[1,{"a":[tru]}]}""")]
    [InlineData("""{"id":"x","unread":1}""", """{"id":"y","unread":"\q"}""")]
    [InlineData("""{"id":"x"}""", """{"id":"\ud800"}""")]
    [InlineData("""{"id":"x"}""", """{"id":"a\"b\u00e9\n"}""")]
    [InlineData("""{"id":"x"}""", """{}""")]
    [InlineData("""{"id":"x"}""", """[1]""")]
    [InlineData("""{"i\"d":"x"}""", """{"i"d":"y"}""")]
    public void Add_UnexpectedRecord_EqualsGeneralDecoding(string expected, string unexpected)
    {
        byte[][] records = [.. new[] { expected, expected, unexpected, expected }.Select(Encoding.UTF8.GetBytes)];
        foreach (bool isDeclared in (bool[])[true, false])
        {
            AssertSame(
                Decode(Define(isDeclared, RecordFormat.Json), predicts: true, (builder, take) => AddEach(builder, records, take)),
                Decode(Define(isDeclared, RecordFormat.Json), predicts: false, (builder, take) => AddEach(builder, records, take)));
        }
    }

    [Theory]
    [InlineData(61)]
    [InlineData(62)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    public void Add_DeepNesting_EqualsGeneralDecoding(int depth)
    {
        byte[] deep = Encoding.UTF8.GetBytes("""{"id":"x","unread":""" + new string('[', depth) + new string(']', depth) + "}");
        byte[][] records = ["""{"id":"x","unread":1}"""u8.ToArray(), deep];
        AssertSame(
            Decode(Define(isDeclared: true, RecordFormat.Json), predicts: true, (builder, take) => AddEach(builder, records, take)),
            Decode(Define(isDeclared: true, RecordFormat.Json), predicts: false, (builder, take) => AddEach(builder, records, take)));
    }

    private static SourceDefinition Define(bool isDeclared, RecordFormat format) =>
        new("orders", new FileLocation("orders.csv"))
        {
            Columns = isDeclared ? Declared : null,
            Mode = ReadMode.Append,
            ValueFormat = format,
            OnError = RecordErrorPolicy.Skip,
            BatchRows = 32,
        };

    private static (string Rows, string Statistics) Decode(SourceDefinition definition, bool predicts, Action<RecordBatchBuilder, Action> add)
    {
        SourcePartition[] partitions = [new("orders[0]", 0, new OffsetRange(0, long.MaxValue))];
        var builder = new RecordBatchBuilder(definition, new ScanRequest(), partitions) { Predicts = predicts };
        builder.NameFields(["id", "name", "count", "small", "amount", "flag", "unread"]);
        var rows = new StringBuilder();
        bool isMore = true;
        void Take() => isMore = builder.Finish() is { } batch && Write(batch, rows);

        add(builder, Take);
        while (isMore) { Take(); }

        ScanStatistics statistics = builder.GetStatistics();
        return (rows.ToString(), string.Join('\n', [
            $"{statistics.Records} {statistics.Bytes} {statistics.Rejected} {statistics.Positions[0]}",
            .. statistics.RejectedSamples.Select(sample => $"{sample.Offset}: {sample.Reason}"), .. statistics.Warnings]));
    }

    private static bool Write(SourceBatch batch, StringBuilder rows)
    {
        rows.AppendLine(string.Join(", ", batch.Schema.Fields.Select(field => $"{field.Name} {field.Type}")));
        foreach (object?[] row in RecordFeed.Rows(batch))
        {
            rows.AppendLine(string.Join('|', row.Select(value => value switch
            {
                null => "NULL",
                double real => real.ToString("R") + (double.IsNegative(real) ? "-" : "+"),
                _ => Convert.ToString(value, System.Globalization.CultureInfo.InvariantCulture),
            })));
        }

        return true;
    }

    private static void AddEach(RecordBatchBuilder builder, byte[][] records, Action take)
    {
        for (int record = 0; record < records.Length; record++)
        {
            builder.Add(new SourceRecord { PartitionOrdinal = 0, Offset = record, Value = records[record] });
            if (builder.IsFull) { take(); }
        }
    }

    private static void AddBlock(RecordBatchBuilder builder, byte[] text, bool isJson, Action take)
    {
        byte[] padded = System.Buffers.ArrayPool<byte>.Shared.Rent(text.Length + JsonText.Padding);
        text.CopyTo(padded, 0);
        padded.AsSpan(text.Length, JsonText.Padding).Clear();
        var block = new RecordBlock(padded) { End = text.Length, Offset = 0, LineNumber = 1, PartitionOrdinal = 0 };
        while (!block.IsEmpty)
        {
            if (isJson) { builder.AddJsonLines(block); }
            else { builder.AddDelimitedLines(block); }

            if (builder.IsFull) { take(); }
        }

        block.Release();
    }

    private static void AssertSame((string Rows, string Statistics) predicted, (string Rows, string Statistics) general)
    {
        Assert.Equal(general.Rows, predicted.Rows);
        Assert.Equal(general.Statistics, predicted.Statistics);
    }

    private static byte[] Lines(Random random, byte[][] records)
    {
        var text = new List<byte>();
        for (int line = 0; line < records.Length; line++)
        {
            text.AddRange(records[line]);
            if (line == records.Length - 1 && random.Next(2) == 0) { continue; }

            text.AddRange(random.Next(12) switch { 0 => "\r\n"u8, 1 => "\n\n"u8, 2 => "\n \n"u8, _ => "\n"u8 });
        }

        return [.. text];
    }

    private static byte[] Record(Random random)
    {
        string[] fields = random.Next(3) == 0 ? [.. Fields.Where(_ => random.Next(4) > 0)] : Fields;
        if (random.Next(8) == 0) { random.Shuffle(fields = [.. fields]); }

        if (random.Next(20) == 0) { fields = [.. fields, fields.Length > 0 ? fields[random.Next(fields.Length)] : "id"]; }

        (string comma, string colon) = random.Next(6) switch { 0 => (", ", ": "), 1 => (" ,", " : "), _ => (",", ":") };
        string text = "{" + string.Join(comma, fields.Select(field => $"\"{field}\"{colon}{Value(random, field)}")) + "}"
            + (random.Next(10) == 0 ? " \t" : "");
        return Mutate(random, Encoding.UTF8.GetBytes(text), "{}[]\",:0123456789-+.eEtfn\\ \n\u00e9"u8.ToArray());
    }

    private static byte[] Line(Random random)
    {
        string text = string.Join(',', [
            Text(random), Text(random), Number(random), Number(random), Number(random), random.Next(2) == 0 ? "true" : "False",
            Text(random)]);
        return Mutate(random, Encoding.UTF8.GetBytes(text), "\",\r\n0123456789-+.eE \u00e9"u8.ToArray());
    }

    private static string Text(Random random) => random.Next(8) switch
    {
        0 => "",
        1 => "\"\"",
        2 => "\"a,b\"",
        3 => "\"line\nend\"",
        4 => "\"a\"\"b\"",
        5 => "a\"b",
        _ => $"text {random.Next(20)}",
    };

    private static byte[] Mutate(Random random, byte[] record, byte[] alphabet)
    {
        if (random.Next(6) > 0 || record.Length == 0) { return record; }

        var bytes = new List<byte>(record);
        for (int change = random.Next(1, 3); change > 0 && bytes.Count > 0; change--)
        {
            int at = random.Next(bytes.Count);
            byte other = random.Next(8) == 0 ? (byte)random.Next(256) : alphabet[random.Next(alphabet.Length)];
            switch (random.Next(4))
            {
                case 0: bytes[at] = other; break;
                case 1: bytes.Insert(at, other); break;
                case 2: bytes.RemoveAt(at); break;
                default: bytes.RemoveRange(at, bytes.Count - at); break;
            }
        }

        return [.. bytes];
    }

    private static string Value(Random random, string field)
    {
        // Now and then something of another type.
        string kind = random.Next(25) == 0 ? Fields[random.Next(Fields.Length)] : field;
        if (random.Next(15) == 0) { return "null"; }

        return kind switch
        {
            "count" or "small" or "amount" or "price" => Number(random),
            "flag" => random.Next(2) == 0 ? "true" : "false",
            "at" => Time(random),
            "tags" => random.Next(2) == 0 ? "[]" : "[\"a\", \"b\\n\"]",
            "inner" => $$"""{"a":{{random.Next(100)}},"b":"x"}""",
            "unread" => random.Next(3) switch { 0 => "[1,{\"a\":[true,null]}]", 1 => "\"x\\u0041\"", _ => "-12.5e3" },
            _ => random.Next(8) switch
            {
                0 => "\"\"",
                1 => "\"caf\u00e9 \u4e16\u754c\"",
                2 => "\"with \\\"escapes\\\" and \\u00e9\\n\"",
                3 => $"\"{new string('x', random.Next(100))}\"",
                4 => Escaped(random),
                _ => $"\"{random.Next(30)}\"",
            },
        };
    }

    private static string Time(Random random) => random.Next(6) switch
    {
        0 => $"{random.NextInt64(2_000_000_000_000)}",
        1 => $"\"2024-05-06T07:08:09.{random.Next(1_000_000)}Z\"",
        2 => $"\"{random.Next(10_000):d4}-{random.Next(14):d2}-{random.Next(33):d2}T{random.Next(26):d2}:{random.Next(62):d2}:{random.Next(62):d2}Z\"",
        3 => "\"2024-05-06 07:08:09+02:00\"",
        4 => "\"2024-05\\u002D06T07:08:09Z\"",
        _ => "\"2024-05-06T07:08:09Z\"",
    };

    private static string Escaped(Random random)
    {
        string[] escapes = ["\\u002B", "\\ud83d\\ude00", "\\uD83D", "\\ude00", "\\u4e16", "\\u0000", "\\u00G0", "\\/", "\\\"", "\\\\", "\\b\\f\\r\\t", "\\x"];
        return "\"" + string.Concat(Enumerable.Range(0, random.Next(1, 6)).Select(
            _ => new string('y', random.Next(40)) + escapes[random.Next(random.Next(4) == 0 ? escapes.Length : 2)])) + "\"";
    }

    private static string Number(Random random) => random.Next(13) switch
    {
        0 => "0",
        1 => "-0",
        2 => random.NextInt64(long.MinValue, long.MaxValue).ToString(System.Globalization.CultureInfo.InvariantCulture),
        3 => random.Next(int.MinValue, int.MaxValue).ToString(System.Globalization.CultureInfo.InvariantCulture),
        4 => random.NextDouble().ToString("R", System.Globalization.CultureInfo.InvariantCulture),
        5 => $"{random.Next(100)}.{random.Next(1_000_000)}",
        6 => $"{random.Next(100)}e{random.Next(-5, 5)}",
        7 => $"00{random.Next(10)}",
        8 => new string('9', random.Next(14, 24)),
        9 => $"-{random.Next(100)}.0",
        10 => $"{random.Next(3)}.{random.NextInt64(long.MaxValue)}",
        _ => random.Next(1000).ToString(System.Globalization.CultureInfo.InvariantCulture),
    };
}
