using CsCheck;
using Ctas.Data;
using Ctas.Tables.Columns;

namespace Ctas.Tests.Tables.Columns;

public sealed class NullRowsTests
{
    [Fact]
    public void AnyPattern_ReadsBack() =>
        (from count in Gen.Int[1, 700]
         from kind in Gen.Int[0, 6]
         from seed in Gen.Int
         select (count, kind, seed)).Sample(given => Check(Make(given.count, given.kind, given.seed)), iter: 500);

    [Fact]
    public void WholeSegment_FewNulls_TakesFewBytes()
    {
        var validity = new Bitmap(65_536, value: true);
        validity[0] = validity[17] = validity[65_535] = false;

        NullRows nulls = NullRows.Of(validity, 65_536)!;

        nulls.SizeInBytes.Should().BeLessThan(128);
        (nulls[0], nulls[1], nulls[17], nulls[65_534], nulls[65_535]).Should().Be((true, false, true, false, true));
    }

    [Fact]
    public void WholeSegment_NullsTogether_TakesFewBytes()
    {
        var validity = new Bitmap(65_536);
        for (int row = 20_000; row < 50_000; row++) { validity[row] = true; }

        NullRows nulls = NullRows.Of(validity, 65_536)!;

        nulls.SizeInBytes.Should().BeLessThan(128);
        (nulls[19_999], nulls[20_000], nulls[49_999], nulls[50_000]).Should().Be((true, false, false, true));
    }

    [Fact]
    public void NoNulls_IsNull() => NullRows.Of(new Bitmap(100, value: true), 100).Should().BeNull();

    private static void Check(bool[] isNull)
    {
        // Longer than the rows, as the bitmap of an open segment is, with NULLs behind them.
        var validity = new Bitmap(isNull.Length + 100);
        for (int row = 0; row < isNull.Length; row++) { validity[row] = !isNull[row]; }

        var nulls = NullRows.Of(validity, isNull.Length);
        (nulls is null).Should().Be(!isNull.Contains(true));
        if (nulls is null) { return; }

        var buffer = new SegmentBuffer();
        NullRows.Write(nulls, buffer);
        foreach (NullRows form in (NullRows[])[nulls, NullRows.Read(buffer, isNull.Length)!])
        {
            Enumerable.Range(0, isNull.Length).Select(row => form[row]).Should().Equal(isNull);
            foreach ((int start, int count) in ((int, int)[])[(0, isNull.Length), (isNull.Length / 2, (isNull.Length + 1) / 2)])
            {
                if (count == 0) { continue; }

                Bitmap? bits = form.ToBitmap(start, count);
                Enumerable.Range(start, count).Select(row => bits is not null && !bits[row - start])
                    .Should().Equal(isNull.Skip(start).Take(count));
            }
        }
    }

    private static bool[] Make(int count, int kind, int seed)
    {
        var random = new Random(seed);
        bool state = random.Next(2) == 0;
        bool[] isNull = new bool[count];
        for (int row = 0; row < count; row++)
        {
            if (random.Next(40) == 0) { state = !state; }

            isNull[row] = kind switch
            {
                0 => false,
                1 => true,
                2 => random.Next(2) == 0,
                3 => random.Next(100) == 0,
                4 => random.Next(100) != 0,
                5 => state,
                _ => row < count / 3,
            };
        }

        return isNull;
    }
}
