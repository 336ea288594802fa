using System.Text;
using CsCheck;
using Ctas.Data;
using Ctas.Tables;
using Ctas.Tables.Columns;

namespace Ctas.Tests.Tables.Columns;

/// <summary>What a scan tells of strings is what the segments hold, however they are coded.</summary>
public sealed class ScanStringsTests
{
    [Fact]
    public void SegmentsOfAnyForms_ReadAsTheyAre() =>
        Gen.Select(Gen.Int[0, 13].Array[1, 4], Gen.Int[0, 5000], Gen.Int[0, 4], Gen.Int).Sample(
            (tempers, count, nulls, seed) => Check([.. tempers.Select((temper, segment) => ColumnRoundTripTests.Text(
                ColumnRoundTripTests.MakeStrings(count, temper, seed + segment),
                ColumnRoundTripTests.Nulls(count, nulls, seed + segment)))]),
            iter: 60);

    [Theory]
    [InlineData("c-{0}", 0, 50_000)]
    [InlineData("c-{0:d6}", 0, 50_000)]
    [InlineData("{0}", 99_000, 13_000)]
    [InlineData("{0:x4}", 4096, 50_000)]
    public void NumbersCloseTogether_AreCodes(string format, int first, int range)
    {
        byte[][] values = [.. Enumerable.Range(0, 15_000).Select(row => Bytes(format, first + (int)(row * 7919L % range)))];

        ScanStrings strings = Check([.. values.Chunk(5000).Select(part => ColumnRoundTripTests.Text(part, null))]);

        strings.Pool.Deferred.Should().BeOfType<NumberedText>();
    }

    [Fact]
    public void NumbersOfSeveralFields_AreCodes()
    {
        byte[][] values = [.. Enumerable.Range(0, 12_000)
            .Select(row => Encoding.UTF8.GetBytes($"{2000 + (row % 9)}-{1 + (row % 12):d2}-{1 + (row % 28):d2} no {row % 11}"))];
        var strings = new ColumnStrings(isUnique: true);
        EncodedColumn[] segments = [.. values.Chunk(4000).Select(part => Seal(ColumnRoundTripTests.Text(part, null), strings))];

        ScanStrings scan = ScanStrings.Of(segments, areDistinct: false);

        scan.Pool.Deferred.Should().BeOfType<NumberedText>();
        Compare([.. values.Chunk(4000).Select(part => ColumnRoundTripTests.Text(part, null))], scan);
    }

    [Fact]
    public void TextsPaddedInSomeSegmentsOnly_AreNotMistakenForEachOther()
    {
        // "c-007" and "c-7" have the same number.
        StringColumn padded = ColumnRoundTripTests.Text([.. Enumerable.Range(0, 5000).Select(row => Bytes("c-{0:d4}", row))], null);
        StringColumn plain = ColumnRoundTripTests.Text([.. Enumerable.Range(0, 5000).Select(row => Bytes("c-{0}", row))], null);

        Check([padded, plain]);
    }

    [Fact]
    public void PoolOfTheTable_AndNumbers_ShareCodes()
    {
        byte[][] repeating = [.. Enumerable.Range(0, 5000).Select(row => Bytes("c-{0}", row % 100))];
        byte[][] different = [.. Enumerable.Range(0, 5000).Select(row => Bytes("c-{0}", row))];
        var shared = new ColumnStrings();
        StringColumn[] expected = [ColumnRoundTripTests.Text([.. repeating, "other"u8.ToArray()], null), ColumnRoundTripTests.Text(different, null)];
        EncodedColumn[] segments = [Seal(expected[0], shared), Seal(expected[1], new ColumnStrings(isUnique: true))];
        segments[0].Form.Should().StartWith("codes");

        ScanStrings scan = ScanStrings.Of(segments, areDistinct: false);

        scan.Pool.Deferred.Should().BeOfType<NumberedText>();
        Compare(expected, scan);
        scan.Read(0).Codes[7].Should().Be(scan.Read(1).Codes[7]);
    }

    [Theory]
    [InlineData("c-{0}", "c-{0}", true)]
    [InlineData("c-{0:d6}", "c-{0:d6}", true)]
    [InlineData("c-{0:d6}", "c-{0}", false)]
    [InlineData("c-{0}", "d-{0}", false)]
    public void CodesOfTwoColumns_AreTheSameDistanceApart_WhereTextsAgree(string left, string right, bool haveDistance)
    {
        StringPool lefts = Numbered(left, 100, 5000), rights = Numbered(right, 2000, 6000);

        bool hasDistance = lefts.Deferred!.TryGetDistance(rights.Deferred!, out int distance);

        hasDistance.Should().Be(haveDistance);
        for (int code = 0; code < rights.Count; code++)
        {
            int expected = lefts.Find(rights.GetBytes(code));
            lefts.Find(rights, code).Should().Be(expected);
            if (hasDistance && expected >= 0) { (code + distance).Should().Be(expected); }
        }
    }

    [Fact]
    public void DifferentStrings_AreFoundByValue()
    {
        byte[][] values = [.. Enumerable.Range(0, 9000).Select(row => Encoding.UTF8.GetBytes($"o-{(ulong)row * 0x9E3779B97F4A7C15UL:x16}"))];
        var strings = new ColumnStrings(isUnique: true);
        EncodedColumn[] segments = [Seal(ColumnRoundTripTests.Text(values, null), strings)];

        StringPool pool = ScanStrings.Of(segments, areDistinct: true).Pool;

        pool.Deferred.Should().BeOfType<RowText>();
        pool.IsInterned.Should().BeTrue();
        for (int row = 0; row < values.Length; row++) { pool.Find(values[row]).Should().Be(row); }

        pool.Find("o-0"u8).Should().Be(-1);
        pool.Find(""u8).Should().Be(-1);
    }

    [Fact]
    public void StringsOfAnotherTable_StayThoseThatAreFoundByValue()
    {
        byte[][] values = [.. Enumerable.Range(0, 20_000).Select(row => Encoding.UTF8.GetBytes($"o-{(ulong)row * 0x9E3779B97F4A7C15UL:x16}"))];
        EncodedColumn[] segments = [Seal(ColumnRoundTripTests.Text(values, null), new ColumnStrings(isUnique: true))];
        ScanStrings scan = ScanStrings.Of(segments, areDistinct: true);

        Seal(scan.Read(0), new ColumnStrings());

        scan.Pool.IsInterned.Should().BeTrue();
        scan.Pool.Find(values[17]).Should().Be(17);
    }

    [Fact]
    public void TextOfOtherNumbers_LeavesThoseOfTheRestCloseTogether()
    {
        byte[][] values = [.. Enumerable.Range(0, 5000).Select(row => Bytes("{0}-order", row))];
        var validity = new Bitmap(values.Length, value: true);
        validity[3001] = false;
        values[3000] = Encoding.UTF8.GetBytes("9999999999999999999-order");
        StringColumn column = ColumnRoundTripTests.Text(values, validity);

        var strings = (TemplateStrings)Seal(column, new ColumnStrings(isUnique: true));

        strings.OtherRows.ToArray().Should().Equal(3000);
        strings.Bounds.ToArray().Should().Equal((0L, 4999L));
        ColumnCheck.Read(column, strings);
    }

    [Fact]
    public void WholeSegment_IsTakenOver()
    {
        byte[][] values = [.. Enumerable.Range(0, CompactSegment.MaxRows + 5).Select(row => Bytes("{0:x16}", row * 7919))];
        var strings = new ColumnStrings(isUnique: true);
        EncodedColumn[] segments =
            [.. values.Chunk(CompactSegment.MaxRows).Select(part => Seal(ColumnRoundTripTests.Text(part, null), strings))];
        ScanStrings scan = ScanStrings.Of(segments, areDistinct: true);
        scan = scan.Pool.Deferred is RowText ? scan : throw new InvalidOperationException("The numbers lie too close together.");

        Seal(scan.Read(1), new ColumnStrings()).Should().BeSameAs(segments[1]);
        Seal(scan.Read(0), new ColumnStrings()).Should().BeSameAs(segments[0]);
        Seal((StringColumn)scan.Read(0).Slice(0, 5000), new ColumnStrings()).Should().NotBeSameAs(segments[0]);
    }

    [Fact]
    public void PoolOfDeferredStrings_TakesNoOthers()
    {
        StringPool pool = Numbered("c-{0}", 0, 5000);

        FluentActions.Invoking(() => pool.Add("x"u8)).Should().Throw<InvalidOperationException>();
        FluentActions.Invoking(() => pool.AddText("x"u8)).Should().Throw<InvalidOperationException>();
    }

    [Fact]
    public void BlocksOfStrings_AreMadeOnce_ByManyReaders()
    {
        StringPool pool = Numbered("c-{0}", 0, 5000);
        var random = new Random(3);
        int[] codes = [.. Enumerable.Range(0, 50_000).Select(_ => random.Next(5000))];

        Parallel.ForEach(codes, code => pool.GetBytes(code).SequenceEqual(Bytes("c-{0}", code)).Should().BeTrue());

        long bytes = pool.SizeInBytes;
        foreach (int code in codes) { _ = pool.GetBytes(code); }

        pool.SizeInBytes.Should().Be(bytes);
    }

    private static ScanStrings Check(StringColumn[] columns)
    {
        var strings = new ColumnStrings();
        EncodedColumn[] segments = [.. columns.Select(column => Seal(column, strings))];
        ScanStrings scan = ScanStrings.Of(segments, areDistinct: false);
        Compare(columns, scan);
        SealAgain(columns, scan);
        return scan;
    }

    private static void Compare(StringColumn[] expected, ScanStrings scan)
    {
        var codeOf = new Dictionary<string, int>();
        for (int segment = 0; segment < expected.Length; segment++)
        {
            StringColumn read = scan.Read(segment);
            read.Length.Should().Be(expected[segment].Length);
            for (int row = 0; row < read.Length; row++)
            {
                bool isEqual = read.IsNull(row) == expected[segment].IsNull(row)
                    && read.GetBytes(row).SequenceEqual(expected[segment].GetBytes(row))
                    && read.IsNull(row) == read.Codes[row] < 0;
                isEqual.Should().BeTrue($"row {row} of segment {segment} is {Encoding.UTF8.GetString(expected[segment].GetBytes(row))}");
                if (read.IsNull(row) || !scan.Pool.IsInterned) { continue; }

                string value = Convert.ToHexString(read.GetBytes(row));
                int code = read.Codes[row];
                (codeOf.TryAdd(value, code) || codeOf[value] == code).Should().BeTrue("equal strings have one code");
                scan.Pool.Find(read.GetBytes(row)).Should().Be(code);
            }
        }

        codeOf.Values.Should().OnlyHaveUniqueItems();
        if (scan.Pool.IsInterned) { scan.Pool.Find("\u0001 nowhere"u8).Should().Be(-1); }
    }

    // Rows in any order, with repetitions and NULLs, go to another table as they are.
    private static void SealAgain(StringColumn[] columns, ScanStrings scan)
    {
        var random = new Random(11);
        for (int segment = 0; segment < columns.Length; segment++)
        {
            int length = columns[segment].Length;
            int[] rows = [.. Enumerable.Range(0, Math.Min(4500, length * 2)).Select(row => row % 9 == 8 ? -1 : random.Next(length))];
            var expected = (StringColumn)columns[segment].Gather(rows);
            Column given = scan.Read(segment).Gather(rows);
            ColumnCheck.Read(expected, Seal((StringColumn)given, new ColumnStrings()));

            // Other strings before or after those of the scan.
            foreach (bool isFirst in (bool[])[true, false])
            {
                OpenColumn open = OpenColumn.Create(expected.Type, new ColumnStrings());
                Column[] parts = isFirst ? [given, expected] : [expected, given];
                foreach (Column part in parts) { open.Append(part, 0, part.Length); }

                ColumnCheck.Read(expected.Gather([.. Twice(rows.Length)]), open.Seal());
            }
        }
    }

    private static IEnumerable<int> Twice(int count) => Enumerable.Range(0, count).Concat(Enumerable.Range(0, count));

    private static StringPool Numbered(string format, int first, int count)
    {
        StringColumn column = ColumnRoundTripTests.Text(
            [.. Enumerable.Range(first, count).Select(number => Bytes(format, number))], null);
        StringPool pool = ScanStrings.Of([Seal(column, new ColumnStrings(isUnique: true))], areDistinct: true).Pool;
        pool.Deferred.Should().BeOfType<NumberedText>();
        return pool;
    }

    private static EncodedColumn Seal(StringColumn column, ColumnStrings strings)
    {
        OpenColumn open = OpenColumn.Create(column.Type, strings);
        open.Append(column, 0, column.Length);
        return open.Seal();
    }

    private static byte[] Bytes(string format, int number) =>
        Encoding.UTF8.GetBytes(string.Format(System.Globalization.CultureInfo.InvariantCulture, format, number));
}
