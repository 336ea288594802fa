using CsCheck;
using Ctas.Data;
using Ctas.Tables.Columns;

namespace Ctas.Tests.Tables.Columns;

/// <summary>Values that are decoded when they are read are those of the column, in whatever part of it they are read.</summary>
public sealed class SegmentValuesTests
{
    [Fact]
    public void DeferredValues_InPartsAndSelections_AreThoseOfTheColumn() =>
        Gen.Select(IntegerEncodingTests.Sequences, Gen.Int[0, 4], Gen.Int).Sample(
            (values, nulls, seed) =>
            {
                FixedColumn<long> expected = Column(values, nulls, seed);
                EncodedColumn encoded = Seal(expected);
                var random = new Random(seed);
                int start = random.Next(values.Length + 1), length = random.Next(values.Length - start + 1);
                int[] rows = values.Length == 0 ? [] : [.. Enumerable.Range(0, 50).Select(_ => random.Next(-1, values.Length))];

                Compare(expected, SegmentValues.Of(encoded));
                Compare(expected.Slice(start, length), SegmentValues.Of(encoded).Slice(start, length));
                Compare(expected.Gather(rows), SegmentValues.Of(encoded).Gather(rows));
                Compare(
                    expected.Slice(start, length).Slice(0, length / 2), SegmentValues.Of(encoded).Slice(start, length).Slice(0, length / 2));
            },
            iter: 200);

    [Fact]
    public void WholeColumn_IsTakenOver()
    {
        EncodedColumn encoded = Seal(Column([.. Enumerable.Range(0, 5000).Select(row => row * 7919L % 977)], 2, 1));

        Seal(SegmentValues.Of(encoded)).Should().BeSameAs(encoded);
    }

    [Fact]
    public void WholeColumn_BeforeOrAfterOthers_IsEncodedWithThem() =>
        Gen.Select(IntegerEncodingTests.Sequences, Gen.Int[0, 4], Gen.Int).Sample(
            (values, nulls, seed) =>
            {
                FixedColumn<long> expected = Column(values, nulls, seed);
                Column deferred = SegmentValues.Of(Seal(expected));
                Column part = expected.Slice(0, values.Length / 2);
                int[] rows = [.. Enumerable.Range(0, values.Length)];

                OpenColumn open = Open(deferred, part);
                ColumnCheck.Read(expected.Gather([.. rows, .. rows[..part.Length]]), open);
                ColumnCheck.Read(expected.Gather([.. rows, .. rows[..part.Length]]), open.Seal());
                ColumnCheck.Read(expected.Gather([.. rows[..part.Length], .. rows]), Open(part, deferred).Seal());
            },
            iter: 100);

    [Fact]
    public void WholeColumn_OfAnotherTypeOfTheSameWidth_KeepsTheTypeWanted()
    {
        EncodedColumn encoded = Seal(Column([1, 2, 3], 0, 1));
        OpenColumn open = OpenColumn.Create(DataType.Timestamp, null);

        open.Append(SegmentValues.Of(encoded), 0, 3);

        open.Seal().Type.Should().Be(DataType.Timestamp);
    }

    private static void Compare(Column expected, Column actual)
    {
        actual.Length.Should().Be(expected.Length);
        for (int row = 0; row < expected.Length; row++) { actual.GetValue(row).Should().Be(expected.GetValue(row)); }
    }

    private static EncodedColumn Seal(Column column) => Open(column).Seal();

    private static OpenColumn Open(params Column[] parts)
    {
        OpenColumn open = OpenColumn.Create(parts[0].Type, null);
        foreach (Column part in parts) { open.Append(part, 0, part.Length); }

        return open;
    }

    private static FixedColumn<long> Column(long[] values, int nulls, int seed)
    {
        Bitmap? validity = ColumnRoundTripTests.Nulls(values.Length, nulls, seed);
        long[] filled = [.. values.Select((value, row) => validity is null || validity[row] ? value : 0)];
        return new FixedColumn<long>(DataType.BigInt, filled, filled.Length, validity);
    }
}
