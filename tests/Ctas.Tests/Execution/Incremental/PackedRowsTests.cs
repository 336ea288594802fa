using Ctas.Data;
using Ctas.Execution.Incremental;

namespace Ctas.Tests.Execution.Incremental;

public sealed class PackedRowsTests
{
    private const int PieceBytes = 600_000;
    private const int Rows = 100_000;

    private readonly PackedRows<long> _rows = new([DataType.BigInt, DataType.Varchar], isExact: true);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void RandomAdditionsAndRemovals_AreThoseOfADictionary(int seed)
    {
        var random = new Random(seed);
        var model = new Dictionary<long, int>();
        for (int round = 0; round < 300; round++)
        {
            long[] numbers = [.. Enumerable.Range(0, random.Next(1, 400)).Select(_ => random.NextInt64(20_000)).Distinct()];
            int[] places = Add(numbers);
            for (int row = 0; row < numbers.Length; row++)
            {
                if (model.TryGetValue(numbers[row], out int known)) { places[row].Should().Be(known); }
                else { _rows.State(places[row]).Should().Be(0, "what is known of a row goes with it"); }

                model[numbers[row]] = places[row];
                _rows.State(places[row]) = numbers[row] + 1;
            }

            foreach (long number in model.Keys.Where(_ => random.Next(3) == 0).ToList())
            {
                model.Remove(number, out int place);
                _rows.Remove(place);
            }

            if (round % 50 == 0) { _rows.Trim(); }

            _rows.Count.Should().Be(model.Count);
        }

        _rows.Places().Should().BeEquivalentTo(model.Values);
        foreach ((long number, int place) in model)
        {
            _rows.State(place).Should().Be(number + 1);
            Column[] row = _rows.Columns([place]);
            row.Select(column => column.GetValue(0)).Should().Equal(number, $"row {number}");
        }
    }

    [Fact]
    public void Add_ToManyRows_AllocatesNeverMoreThanPiecesAndAnEighth()
    {
        var rows = new PackedRows<long>([DataType.BigInt], isExact: true);
        int[] places = new int[100];
        long most = 0;
        for (int first = 0; first < Rows; first += places.Length)
        {
            long[] numbers = [.. Enumerable.Range(first, places.Length)];
            var column = new FixedColumn<long>(DataType.BigInt, numbers, numbers.Length);
            long bytes = Allocations.Of(() => rows.FindOrAdd([column], places));
            most = Math.Max(most, bytes - (rows.SizeInBytes / 8));
        }

        rows.Count.Should().Be(Rows);
        most.Should().BeLessThan(PieceBytes, "tables are split one by one, and rows are not moved");
    }

    private int[] Add(long[] numbers)
    {
        var strings = new StringColumnBuilder(DataType.Varchar, new StringPool(isInterned: true));
        foreach (long number in numbers) { strings.Append($"row {number}"); }

        int[] places = new int[numbers.Length];
        _rows.FindOrAdd([new FixedColumn<long>(DataType.BigInt, numbers, numbers.Length), strings.Finish()], places);
        return places;
    }
}
