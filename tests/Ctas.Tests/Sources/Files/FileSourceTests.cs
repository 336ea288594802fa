using System.IO.Compression;
using System.Text;
using Ctas.Data;
using Ctas.Sources;
using Ctas.Sources.Files;

namespace Ctas.Tests.Sources.Files;

public sealed class FileSourceTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("ctas-files-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("a.ndjson", "{\"v\":1}\r\n\r\n  \n{\"v\":2}")]
    [InlineData("a.jsonl", "\uFEFF{\"v\":1}\n{\"v\":2}\n")]
    [InlineData("a.json", " [ {\"v\":1} ,\n{\"v\":2} ] \n")]
    [InlineData("a.json", "\uFEFF{\n \"v\" : 1\n}\n{\"v\":2}")]
    [InlineData("a.csv", "v\n1\n\n2")]
    [InlineData("a.csv", "\uFEFFv\r\n\"1\"\r\n2\r\n")]
    [InlineData("a.tsv", "v\tw\n1\t\n2\t")]
    public async Task Read_FormsOfText_GiveTheSameRowsPlainAndPacked(string name, string text)
    {
        foreach (string path in new[] { WriteFile(name, text), WriteGzip(name + ".gz", text) })
        {
            ContractRows rows = await ReadAsync(Source(path));

            rows.Named("v").Should().Equal(1, 2);
            rows.Statistics.Positions.Should().Equal(new FileInfo(path).Length);
        }
    }

    [Theory]
    [InlineData("e.ndjson", "")]
    [InlineData("e.ndjson", "\n")]
    [InlineData("e.json", "")]
    [InlineData("e.json", "[]")]
    [InlineData("e.csv", "")]
    [InlineData("e.csv", "a,b\n")]
    public async Task Read_FileWithoutRecords_IsEmpty(string name, string text) =>
        (await ReadAsync(Source(WriteFile(name, text)))).Rows.Should().BeEmpty();

    [Fact]
    public async Task Read_RecordsLargerThanTheBuffer_ComeWhole()
    {
        string large = new('x', 700_000);
        string json = string.Join("\n", Enumerable.Range(0, 5).Select(id => $$"""{"id":{{id}},"s":"{{large}}"}"""));
        string csv = "id,s\n" + string.Join("\n", Enumerable.Range(0, 5).Select(id => $"{id},\"{large}\n\"\"\""));

        foreach (string path in new[] { WriteFile("l.ndjson", json), WriteFile("l.json", json), WriteGzip("l.ndjson.gz", json) })
        {
            ContractRows rows = await ReadAsync(Source(path));
            rows.Named("id").Should().Equal(0, 1, 2, 3, 4);
            rows.Named("s").Should().OnlyContain(value => (string)value! == large);
        }

        ContractRows fields = await ReadAsync(Source(WriteFile("l.csv", csv)));
        fields.Named("s").Should().OnlyContain(value => (string)value! == large + "\n\"");
    }

    [Fact]
    public async Task Read_Csv_TellsNullFromEmptyAndCodesFromNumbers()
    {
        string path = WriteFile("c.csv", "zip,name,flag,n,d,mixed\n00123,,true,1,1.5,1\n99999,\"\",FALSE,3000000000,2,x\n");

        ContractRows rows = await ReadAsync(Source(path));

        rows.Schemas[0].ToString().Should().Be("zip VARCHAR, name VARCHAR, flag BOOLEAN, n BIGINT, d DOUBLE, mixed VARCHAR");
        rows.Should(["00123", null, true, 1L, 1.5, "1"], ["99999", "", false, 3000000000L, 2.0, "x"]);
    }

    [Fact]
    public async Task Read_CsvDeclared_MatchesTheHeaderByName()
    {
        string path = WriteFile("c.csv", "b;unused;A\nx;y;7\n");
        SourceDefinition definition = Define(path) with
        {
            Columns = [new("a", DataType.Decimal(5, 1)), new("b", DataType.Varchar), new("absent", DataType.Date)],
            Delimiter = ';',
        };

        (await ReadAsync(Source(definition))).Should([7.0m, "x", null]);
    }

    [Fact]
    public async Task Read_CsvMalformed_NamesFileLineAndByte()
    {
        string path = WriteFile("c.csv", "a,b\n\"1\n\",2\n3\n");

        SourceException failure = (await FluentActions.Awaiting(() => ReadAsync(Source(path)))
            .Should().ThrowAsync<SourceException>()).Which;

        failure.Message.Should().Be($"cannot decode the record at {path} line 4 (byte 11): 1 fields where 2 are in the header");
        (failure.Partition, failure.Offset).Should().Be((path, 11));
    }

    [Theory]
    [InlineData("a,A\n1,2\n", "the header line names column \"A\" twice")]
    [InlineData("a,\"b\n1,2\n", "the header line is malformed: a quoted field does not end")]
    public async Task Read_CsvHeaderMalformed_IsRefused(string text, string reason)
    {
        string path = WriteFile("c.csv", text);

        await FluentActions.Awaiting(() => ReadAsync(Source(path)))
            .Should().ThrowAsync<SourceException>().WithMessage($"could not read \"{path}\": {reason}");
    }

    [Fact]
    public async Task Read_NdjsonMalformedUnderSkip_GoesOnWithTheNextLine()
    {
        string path = WriteFile("m.ndjson", "{\"v\":1}\n{\"v\":\n{\"v\":2}\n");

        ContractRows rows = await ReadAsync(Source(Define(path) with { OnError = RecordErrorPolicy.Skip }));

        rows.Should([1], [2]);
        rows.Statistics.RejectedSamples.Should().ContainSingle(sample => sample.Offset == 8 && sample.Partition == path);
    }

    [Theory]
    [InlineData("[{\"v\":1},{\"v\":")]
    [InlineData("[{\"v\":1} {\"v\":2}]")]
    [InlineData("[{\"v\":1}]]")]
    [InlineData("{\"v\":1}}")]
    public async Task Read_JsonCutOrBroken_FailsWhateverThePolicy(string text)
    {
        string path = WriteFile("b.json", text);

        SourceException failure = (await FluentActions
            .Awaiting(() => ReadAsync(Source(Define(path) with { OnError = RecordErrorPolicy.Skip })))
            .Should().ThrowAsync<SourceException>()).Which;

        failure.Message.Should().StartWith($"could not read \"{path}\": malformed JSON at line 1, byte ");
        failure.IsTransient.Should().BeFalse();
    }

    [Fact]
    public async Task Read_GzipCut_Fails()
    {
        string path = WriteGzip("g.ndjson.gz", string.Concat(Enumerable.Range(0, 10_000).Select(v => $"{{\"v\":{v * 7919 % 10_007}}}\n")));
        byte[] packed = File.ReadAllBytes(path);
        File.WriteAllBytes(path, packed[..(packed.Length / 2)]);

        await FluentActions.Awaiting(() => ReadAsync(Source(path))).Should().ThrowAsync<SourceException>();
    }

    [Fact]
    public async Task Read_FileThatShrankMeanwhile_Fails()
    {
        string path = WriteFile("s.ndjson", "{\"v\":1}\n{\"v\":2}\n");
        await using ISourceScan scan = await Source(path).OpenAsync(new ScanRequest(), CancellationToken.None);
        File.WriteAllText(path, "{\"v\":1}\n");

        await FluentActions.Awaiting(() => ContractRows.ReadAsync(scan)).Should().ThrowAsync<SourceException>()
            .WithMessage("*ends at byte 8, but had 16 bytes when the read began");
    }

    [Fact]
    public async Task Open_Glob_TakesMatchingFilesSortedByPath()
    {
        WriteFile("b.ndjson", "{\"v\":2}");
        WriteFile("a.ndjson", "{\"v\":1}");
        WriteFile("c.txt", "no");
        Directory.CreateDirectory(Path.Join(_folder, "sub"));
        WriteFile("sub/d.ndjson", "{\"v\":3}");

        (await ReadAsync(Source(Path.Join(_folder, "*.ndjson")))).Should([1], [2]);
        (await ReadAsync(Source(Path.Join(_folder, "**", "*.ndjson")))).Should([1], [2], [3]);
    }

    [Fact]
    public async Task Open_MissingPlaces_NameFullPathAndWhatIsThere()
    {
        WriteFile("orders.ndjson", "");

        await ShouldFail("ordesr.ndjson", $"file \"{_folder}/ordesr.ndjson\" not found; did you mean \"orders.ndjson\"?");
        await ShouldFail("zzz.csv", $"file \"{_folder}/zzz.csv\" not found; the folder holds orders.ndjson");
        await ShouldFail("no/x.csv", $"file \"{_folder}/no/x.csv\" not found; there is no folder \"{_folder}/no\"");
        await ShouldFail("*.csv", $"no file matches \"{_folder}/*.csv\"; the folder holds orders.ndjson");
        await ShouldFail("no/*.csv", $"folder \"{_folder}/no\" of \"{_folder}/no/*.csv\" not found; the folder holds orders.ndjson");
    }

    [Fact]
    public async Task Read_DeclaredKey_MakesAChangelogByThatField()
    {
        string path = WriteFile("k.csv", "id,v\n1,a\n2,b\n1,c\n");
        SourceColumn[] columns = [new("id", DataType.Int, SourceColumnRole.Key), new("v", DataType.Varchar)];

        ContractRows rows = await ReadAsync(Source(Define(path) with { Columns = columns }));

        rows.Schemas[0].ToString().Should().Be("id INT KEY, v VARCHAR");
        rows.Compacted().Should().BeEquivalentTo(
            new object?[][] { [2, "b"], [1, "c"] }, options => options.WithStrictOrdering());
    }

    [Fact]
    public async Task Read_FilesWithOtherColumns_AreUnited()
    {
        WriteFile("1.csv", "a,b\n1,x\n");
        WriteFile("2.csv", "b,c\ny,2.5\n");

        ContractRows rows = await ReadAsync(Source(Path.Join(_folder, "*.csv")));

        rows.Schemas[^1].ToString().Should().Be("a INT, b VARCHAR, c DOUBLE");
        rows.Should([1, "x", null], [null, "y", 2.5]);
        rows.Statistics.Warnings.Should().Equal("column \"c\" appeared in a later file");
    }

    [Fact]
    public void Validate_WhatFilesCannotDo_IsAllNamed()
    {
        SourceDefinition definition = Define("data.bin") with
        {
            OnError = RecordErrorPolicy.DeadLetter,
            Start = new StartPosition(StartKind.Latest),
            Mode = ReadMode.Changelog,
            Delimiter = '"',
        };

        new FileSourceFactory().Validate(definition).Should().HaveCount(5)
            .And.Contain(mistake => mistake.Contains("does not tell the format"))
            .And.Contain(mistake => mistake.Contains("PRIMARY KEY"));
    }

    private async Task ShouldFail(string name, string message)
    {
        SourceException failure = (await FluentActions.Awaiting(() => ReadAsync(Source(Path.Join(_folder, name))))
            .Should().ThrowAsync<SourceException>()).Which;
        failure.Message.Should().Be(message);
        failure.IsTransient.Should().BeFalse();
    }

    private static SourceDefinition Define(string path) => new("files", new FileLocation(path));

    private static ISource Source(string path) => Source(Define(path));

    private static ISource Source(SourceDefinition definition) => new FileSourceFactory().Create(definition, services: null!);

    private static async Task<ContractRows> ReadAsync(ISource source)
    {
        await using ISourceScan scan = await source.OpenAsync(new ScanRequest(), CancellationToken.None);
        return await ContractRows.ReadAsync(scan);
    }

    private string WriteFile(string name, string text)
    {
        string path = Path.Join(_folder, name);
        File.WriteAllText(path, text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));
        return path;
    }

    private string WriteGzip(string name, string text)
    {
        string path = Path.Join(_folder, name);
        using var packed = new GZipStream(File.Create(path), CompressionLevel.Fastest);
        packed.Write(Encoding.UTF8.GetBytes(text));
        return path;
    }
}
