using System.Text;
using CsCheck;
using Ctas.Data;
using Ctas.Sources;
using Ctas.Sources.Files;

namespace Ctas.Tests.Sources.Files;

/// <summary>Blocks decoded side by side give the rows, offsets and mistakes of one read from beginning to end.</summary>
public sealed class ParallelFileScanTests : IDisposable
{
    // The least that is rented: records are cut at nearly every place.
    private const int TinyBlock = 1;

    private static readonly Gen<Line> AnyLine =
        from blanks in Gen.OneOf(Gen.Const(""), Gen.Const(""), Gen.Const("\n"), Gen.Const("\r\n"), Gen.Const("  \n\n"))
        from length in Gen.Frequency((8, Gen.Int[0, 60]), (1, Gen.Int[100, 400]), (1, Gen.Int[5_000, 9_000]))
        from end in Gen.OneOf(Gen.Const("\n"), Gen.Const("\r\n"))
        select new Line(blanks, length, end);

    private readonly string _folder = Directory.CreateTempSubdirectory("ctas-lanes-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task ReadAsync_AnyLines_GivesThemInOrder() =>
        await Gen.Select(AnyLine.Array[0, 60], Gen.Bool, Gen.Int[1, 8], Gen.Bool).SampleAsync(
            async (lines, endsWithLine, lanes, isJson) =>
            {
                SourcePartition file = Write(isJson, lines, endsWithLine, out List<(long Id, long Offset)> expected);

                ContractRows rows = await ReadAsync([file], lanes, isJson);

                rows.Named("id").Should().Equal(expected.Select(row => (object)row.Id));
                rows.Named("ROWOFFSET").Should().Equal(expected.Select(row => (object)row.Offset));
                rows.Statistics.Records.Should().Be(lines.Length);
                rows.Statistics.Positions.Should().Equal(file.Range.End);
            },
            iter: 150,
            threads: 1); // one file

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task ReadAsync_LineEndAtEveryOffset_LosesNoLine(bool isJson)
    {
        for (int shift = 0; shift < 200; shift++)
        {
            Line[] lines = [new("", shift, "\n"), .. Enumerable.Repeat(new Line("", 3, shift % 2 == 0 ? "\n" : "\r\n"), 40)];
            SourcePartition file = Write(isJson, lines, endsWithLine: shift % 3 == 0, out List<(long Id, long Offset)> expected);

            ContractRows rows = await ReadAsync([file], lanes: 2, isJson);

            rows.Named("id").Should().Equal(expected.Select(row => (object)row.Id));
            rows.Named("ROWOFFSET").Should().Equal(expected.Select(row => (object)row.Offset));
        }
    }

    [Fact]
    public async Task ReadAsync_MoreLanesThanLines_GivesAllLinesOfAllFiles()
    {
        SourcePartition[] files =
        [
            .. Enumerable.Range(0, 4).Select(number => Write(
                isJson: true, [.. Enumerable.Repeat(new Line("", 5, "\n"), number)], endsWithLine: false, out _, ordinal: number)),
        ];

        ContractRows rows = await ReadAsync(files, lanes: 16, isJson: true);

        rows.Named("id").Should().Equal(0L, 0L, 1L, 0L, 1L, 2L);
        rows.Statistics.Positions.Should().Equal(files.Select(file => file.Range.End));
    }

    [Fact]
    public async Task ReadAsync_QuotedLineEnds_StayInTheirField()
    {
        string text = "id,text\n" + string.Concat(Enumerable.Range(0, 300).Select(id => $"{id},\"a\n{id}\r\n\"\"\"\n"));
        SourcePartition file = Write("q.csv", text, ordinal: 0);

        ContractRows rows = await ReadAsync([file], lanes: 3, isJson: false);

        rows.Named("text").Should().Equal(Enumerable.Range(0, 300).Select(id => (object)$"a\n{id}\r\n\""));
    }

    [Fact]
    public async Task ReadAsync_MalformedLineAnywhere_FailsAsOneLaneDoes()
    {
        for (int bad = 0; bad < 40; bad++)
        {
            string text = string.Concat(Enumerable.Range(0, 40).Select(id => id == bad ? "\r\n{\"id\":\"x\"}\n" : $"{{\"id\":{id}}}\n"));
            SourcePartition file = Write("bad.ndjson", text, ordinal: 0);
            await using var alone = FileScan.Start(Define(file, isJson: true), Request(lanes: 1), [file]);

            SourceException expected = await FailureOf(() => ContractRows.ReadAsync(alone));
            SourceException failure = await FailureOf(() => ReadAsync([file], lanes: 3, isJson: true));

            failure.Message.Should().Be(expected.Message);
            (failure.Partition, failure.Offset, failure.IsTransient).Should()
                .Be((expected.Partition, expected.Offset, expected.IsTransient));
        }
    }

    [Fact]
    public async Task ReadAsync_FileShorterThanCaptured_FailsBehindItsRows()
    {
        SourcePartition file = Write(isJson: true, [.. Enumerable.Repeat(new Line("", 5, "\n"), 9)], true, out _);

        SourceException failure = await FailureOf(() =>
            ReadAsync([file with { Range = new OffsetRange(0, file.Range.End + 1) }], lanes: 2, isJson: true));

        failure.Message.Should().Contain($"ends at byte {file.Range.End}, but had {file.Range.End + 1} bytes");
    }

    private static async Task<SourceException> FailureOf(Func<Task> read) =>
        (await read.Should().ThrowAsync<SourceException>()).Which;

    private static async Task<ContractRows> ReadAsync(SourcePartition[] files, int lanes, bool isJson)
    {
        await using var scan = new ParallelFileScan(Define(files[0], isJson), Request(lanes), files) { BlockBytes = TinyBlock };
        return await ContractRows.ReadAsync(scan);
    }

    private static SourceDefinition Define(SourcePartition file, bool isJson) => new("files", new FileLocation(file.Name))
    {
        ValueFormat = isJson ? RecordFormat.Json : RecordFormat.Delimited,
        KeyFormat = RecordFormat.None,
        Mode = ReadMode.Append,
        Delimiter = ',',
        Columns = [new("id", DataType.BigInt), new("text", DataType.Varchar)],
    };

    private static ScanRequest Request(int lanes) =>
        new(PseudoColumns: [SourceColumnRole.RowOffset]) { MaxDegreeOfParallelism = lanes };

    private SourcePartition Write(
        bool isJson, Line[] lines, bool endsWithLine, out List<(long Id, long Offset)> expected, int ordinal = 0)
    {
        var text = new StringBuilder(isJson ? "" : "id,text\n");
        expected = [];
        for (int id = 0; id < lines.Length; id++)
        {
            Line line = lines[id];
            text.Append(isJson ? line.Blanks : line.Blanks.Trim(' '));
            expected.Add((id, text.Length));
            string value = new('x', line.Length);
            text.Append(isJson ? $$"""{"id":{{id}},"text":"{{value}}"}""" : $"{id},{value}");
            if (id < lines.Length - 1 || endsWithLine) { text.Append(line.End); }
        }

        return Write($"{ordinal}.{(isJson ? "ndjson" : "csv")}", text.ToString(), ordinal);
    }

    private SourcePartition Write(string name, string text, int ordinal)
    {
        string path = Path.Join(_folder, name);
        File.WriteAllText(path, text);
        return new SourcePartition(path, ordinal, new OffsetRange(0, new FileInfo(path).Length));
    }

    private readonly record struct Line(string Blanks, int Length, string End);
}
