using Ctas.Data;
using Ctas.Execution.State;

namespace Ctas.Tests.Execution;

/// <summary>Rows that lie side by side against the same rows in columns.</summary>
public sealed class InterleavedRowsTests
{
    private const int BatchRows = 50_000;

    private static readonly DataType[] Types =
    [
        DataType.Boolean, DataType.Int, DataType.BigInt, DataType.Double, DataType.Decimal(38, 2), DataType.Interval,
        DataType.Varchar,
    ];

    private static readonly StringPool Pool = PoolOf(1000);

    [Theory]
    [InlineData(1, 0b000_0011, 40)]
    [InlineData(2, 0b100_1110, 8)]
    [InlineData(3, 0b101_1101, 6)]
    [InlineData(4, 0b111_1111, 4)]
    [InlineData(5, 0b111_1000, 5)]
    public void Gather_RowsAtRandomAndAbsentOnes_GivesWhatColumnsGive(int seed, int chosen, int batchCount)
    {
        var random = new Random(seed);
        DataType[] types = [.. Types.Where((_, ordinal) => (chosen >> ordinal & 1) != 0)];
        List<Batch> batches = [.. Enumerable.Range(0, batchCount).Select(number => AnyBatch(random, types, hasNulls: number % 2 == 1))];
        Batch together = Concatenation.Of(batches);
        InterleavedRows interleaved = InterleavedRows.TryMake(batches, types)!;

        foreach (int absent in (ReadOnlySpan<int>)[0, -1])
        {
            int[] rows = [.. Enumerable.Range(0, 3000).Select(_ => random.Next(absent, together.RowCount))];
            rows[7] = absent;
            Column[] gathered = interleaved.Gather(rows);

            for (int column = 0; column < types.Length; column++)
            {
                Column expected = together[column].Gather(rows);
                gathered[column].Type.Should().Be(types[column]);
                Values(gathered[column]).Should().Equal(Values(expected));
                (gathered[column].Validity is null).Should().Be(expected.Validity is null);
            }
        }

        interleaved.Gather([]).Should().OnlyContain(column => column.Length == 0);
        interleaved.Invoking(all => all.Gather([0, together.RowCount])).Should().Throw<ArgumentOutOfRangeException>();
    }

    [Fact]
    public void TryMake_FewRowsOrOneColumnOrSeveralPools_LeavesThemInColumns()
    {
        var random = new Random(6);
        DataType[] types = [DataType.Decimal(38, 2), DataType.Varchar];
        List<Batch> many = [.. Enumerable.Range(0, 12).Select(_ => AnyBatch(random, types, hasNulls: false))];

        InterleavedRows.TryMake(many, types).Should().NotBeNull();
        InterleavedRows.TryMake(many[..2], types).Should().BeNull();
        InterleavedRows.TryMake([.. many.Select(batch => batch.Select([0]))], types[..1]).Should().BeNull();

        var codes = (StringColumn)many[0][1];
        var other = new StringColumn(types[1], codes.Codes.ToArray(), codes.Length, PoolOf(1000));
        InterleavedRows.TryMake([.. many, new Batch([many[0][0], other], BatchRows)], types).Should().BeNull();
    }

    private static StringPool PoolOf(int count)
    {
        var pool = new StringPool(isInterned: true);
        for (int number = 0; number < count; number++) { pool.Add(System.Text.Encoding.UTF8.GetBytes($"text {number}")); }

        return pool;
    }

    private static IEnumerable<object?> Values(Column column) => Enumerable.Range(0, column.Length).Select(column.GetValue);

    private static Batch AnyBatch(Random random, DataType[] types, bool hasNulls)
    {
        var columns = new Column[types.Length];
        for (int column = 0; column < columns.Length; column++)
        {
            Bitmap? validity = hasNulls && column % 3 != 1 ? AnyValidity(random) : null;
            columns[column] = AnyColumn(random, types[column], validity);
        }

        return new Batch(columns, BatchRows);
    }

    private static Bitmap AnyValidity(Random random)
    {
        var validity = new Bitmap(BatchRows, value: true);
        for (int row = 0; row < BatchRows; row += random.Next(1, 5)) { validity[row] = false; }

        return validity;
    }

    private static Column AnyColumn(Random random, DataType type, Bitmap? validity) => PhysicalTypes.Of(type) switch
    {
        PhysicalType.Boolean => Fixed(type, validity, () => random.Next(2) == 1),
        PhysicalType.Int32 => Fixed(type, validity, () => random.Next()),
        PhysicalType.Int64 => Fixed(type, validity, () => random.NextInt64()),
        PhysicalType.Double => Fixed(type, validity, random.NextDouble),
        PhysicalType.Int128 => Fixed(type, validity, () => (Int128)random.NextInt64() * random.Next()),
        PhysicalType.Interval => Fixed(type, validity, () => new Interval(random.Next(100), random.Next(100), random.Next())),
        _ => new StringColumn(type, Values(validity, () => random.Next(Pool.Count), -1), BatchRows, Pool, validity),
    };

    private static FixedColumn<T> Fixed<T>(DataType type, Bitmap? validity, Func<T> any)
        where T : unmanaged => new(type, Values(validity, any, default), BatchRows, validity);

    private static T[] Values<T>(Bitmap? validity, Func<T> any, T absent) =>
        [.. Enumerable.Range(0, BatchRows).Select(row => validity is null || validity[row] ? any() : absent)];
}
