using System.Text;
using Ctas.Data;
using Ctas.Tables;
using Ctas.Tables.Columns;

namespace Ctas.Tests.Tables.Columns;

/// <summary>Every way to read an encoded column gives what went in.</summary>
internal static class ColumnCheck
{
    /// <summary>Seals a column that came in pieces and reads it while open, sealed, and written and read back.</summary>
    /// <returns>The sealed column.</returns>
    public static EncodedColumn SealAndRead(Column column, ColumnStrings? strings = null)
    {
        bool isText = column is StringColumn;
        strings ??= isText ? new ColumnStrings() : null;
        OpenColumn open = OpenColumn.Create(column.Type, strings);
        for (int start = 0; start < column.Length;)
        {
            int end = Math.Min(column.Length, start + 1 + (start * 2));
            open.Append(column, start, end);
            start = end;
        }

        Read(column, open);
        EncodedColumn isSealed = open.Seal();
        Read(column, isSealed);
        Read(column, WriteAndRead(isSealed, strings?.Pool));
        return isSealed;
    }

    /// <summary>Writes a column, reads it back, and leaves nothing over.</summary>
    public static EncodedColumn WriteAndRead(EncodedColumn column, StringPool? pool)
    {
        var buffer = new SegmentBuffer();
        column.Write(buffer);
        EncodedColumn read = EncodedColumn.Read(column.Type, column.Count, pool, buffer);
        buffer.IsEmpty.Should().BeTrue();
        read.Form.Should().Be(column.Form);
        read.SizeInBytes.Should().Be(column.SizeInBytes);
        return read;
    }

    /// <summary>Point reads, and decoding of all rows and of a part, are equal to the column.</summary>
    public static void Read(Column expected, EncodedColumn actual)
    {
        actual.Count.Should().Be(expected.Length);
        actual.SizeInBytes.Should().BePositive();
        for (int row = 0; row < expected.Length; row++)
        {
            bool isNull = actual.IsNull(row);
            if (isNull != expected.IsNull(row)) { Fail(actual, row, "NULL"); }

            if (!isNull && !IsEqual(expected, actual, row)) { Fail(actual, row, "value"); }
        }

        Decode(expected, actual, 0, expected.Length);
        int third = expected.Length / 3;
        Decode(expected, actual, third, expected.Length - third - (third / 2));
    }

    private static void Decode(Column expected, EncodedColumn actual, int start, int count)
    {
        if (count == 0) { return; }

        bool isText = expected is StringColumn;
        StringPool?[] pools = isText ? [actual.Pool ?? new StringPool(isInterned: false), new StringPool(isInterned: false)] : [null];
        foreach (StringPool? pool in pools)
        {
            Column decoded = actual.Decode(pool, start, count);
            decoded.Length.Should().Be(count);
            for (int row = 0; row < count; row++)
            {
                bool isEqual = decoded.IsNull(row) == expected.IsNull(start + row) && ValuesAreEqual(expected, start + row, decoded, row);
                if (!isEqual) { Fail(actual, start + row, "decoded value"); }
            }
        }
    }

    private static bool ValuesAreEqual(Column left, int leftRow, Column right, int rightRow) => left switch
    {
        FixedColumn<double> doubles => BitConverter.DoubleToInt64Bits(doubles.Values[leftRow])
            == BitConverter.DoubleToInt64Bits(((FixedColumn<double>)right).Values[rightRow]),
        StringColumn strings => strings.GetBytes(leftRow).SequenceEqual(((StringColumn)right).GetBytes(rightRow)),
        FixedColumn<long> longs => longs.Values[leftRow] == ((FixedColumn<long>)right).Values[rightRow],
        FixedColumn<Int128> decimals => decimals.Values[leftRow] == ((FixedColumn<Int128>)right).Values[rightRow],
        _ => Equals(left.GetValue(leftRow), right.GetValue(rightRow)),
    };

    private static bool IsEqual(Column expected, EncodedColumn actual, int row) => expected switch
    {
        FixedColumn<bool> values => actual.GetInt64(row) == (values.Values[row] ? 1 : 0),
        FixedColumn<int> values => actual.GetInt64(row) == values.Values[row],
        FixedColumn<long> values => actual.GetInt64(row) == values.Values[row],
        FixedColumn<double> values =>
            BitConverter.DoubleToInt64Bits(actual.GetDouble(row)) == BitConverter.DoubleToInt64Bits(values.Values[row]),
        FixedColumn<Int128> values => actual.GetInt128(row) == values.Values[row],
        FixedColumn<Interval> values => actual.GetInterval(row) == values.Values[row],
        _ => BytesAreEqual(((StringColumn)expected).GetBytes(row), actual, row),
    };

    private static bool BytesAreEqual(ReadOnlySpan<byte> expected, EncodedColumn actual, int row)
    {
        byte[] buffer = new byte[expected.Length];
        byte[] large = new byte[expected.Length + StringTemplate.MaxTextLength];
        byte[] other = [.. expected, (byte)'0'];
        bool isRight = actual.GetByteCount(row) == expected.Length
            && actual.GetBytes(row).SequenceEqual(expected)
            && actual.CopyBytes(row, buffer) == expected.Length && expected.SequenceEqual(buffer)
            && actual.CopyBytes(row, large) == expected.Length && expected.SequenceEqual(large.AsSpan(0, expected.Length))
            && actual.BytesEqual(row, expected) && !actual.BytesEqual(row, other)
            && actual.HashBytes(row) == Hashing.Bytes(expected);
        if (expected.IsEmpty) { return isRight; }

        other = expected.ToArray();
        other[^1] ^= 1;
        return isRight && actual.CopyBytes(row, buffer.AsSpan(1)) == -1
            && !actual.BytesEqual(row, other) && !actual.BytesEqual(row, expected[..^1]);
    }

    private static void Fail(EncodedColumn column, int row, string what) =>
        throw new InvalidOperationException(
            new StringBuilder().Append(what).Append(" of row ").Append(row).Append(" of ").Append(column.Form).ToString());
}
