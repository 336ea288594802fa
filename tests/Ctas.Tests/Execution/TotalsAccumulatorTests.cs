using Ctas.Data;
using Ctas.Execution.State;
using Ctas.Planning;

namespace Ctas.Tests.Execution;

/// <summary>Aggregates that are added up together give what a plain loop over the values gives.</summary>
public sealed class TotalsAccumulatorTests
{
    private static readonly DataType[] Types =
    [
        DataType.Int, DataType.Double, DataType.BigInt, DataType.Int, DataType.Decimal(12, 2),
        DataType.Double, DataType.Int, DataType.Decimal(38, 0), DataType.Double, DataType.Int,
    ];

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(10)]
    public void FinishAll_OfSeveralColumns_GivesWhatAPlainLoopGives(int columnCount)
    {
        for (int seed = 0; seed < 20; seed++)
        {
            var random = new Random(seed);
            int rowCount = seed == 0 ? 0 : random.Next(1, 1500);
            int groupCount = 1 + random.Next(6);
            int[] groups = [.. Enumerable.Range(0, rowCount).Select(_ => random.Next(groupCount))];
            decimal?[][] values =
                [.. Enumerable.Range(0, columnCount).Select(_ => ValuesOf(random, rowCount, hasNulls: random.Next(2) == 0))];
            Column[] columns = [.. values.Select((column, number) => ColumnOf(Types[number], column))];

            var state = new TotalsAccumulator(CallsOf(columnCount), Types[..columnCount]);
            state.Add(columns, groups, groupCount);
            Column[] results = state.FinishAll(groupCount);

            for (int group = 0; group < groupCount; group++)
            {
                results[0].GetValue(group).Should().Be((long)groups.Count(of => of == group), "of seed {0}", seed);
                for (int column = 0; column < columnCount; column++)
                {
                    decimal[] own = [.. values[column].Where((_, row) => groups[row] == group).OfType<decimal>()];
                    object?[] found = [.. results.Skip(1 + (column * 3)).Take(3).Select(result => result.GetValue(group))];
                    Convert.ToInt64(found[0]).Should().Be(own.Length);
                    Number(found[1]).Should().Be(own.Length == 0 ? null : (double)own.Sum());
                    Number(found[2]).Should().Be(own.Length == 0 ? null : (double)own.Sum() / own.Length);
                }
            }
        }
    }

    private static TotalCall[] CallsOf(int columnCount) =>
    [
        new TotalCall(new AggregateCall("COUNT", [], DataType.BigInt), "COUNT(*)", -1),
        .. from column in Enumerable.Range(0, columnCount)
           from function in new[] { "COUNT", "SUM", "AVG" }
           let type = function == "COUNT" ? DataType.BigInt : function == "AVG" ? DataType.Double : SumTypeOf(Types[column])
           select new TotalCall(
               new AggregateCall(function, [new ColumnReference(column, Types[column])], type), $"{function}(c{column})", column),
    ];

    private static DataType SumTypeOf(DataType type) => type.Kind switch
    {
        DataTypeKind.Int => DataType.BigInt,
        DataTypeKind.Decimal => DataType.Decimal(38, type.Scale),
        _ => type,
    };

    // Small whole numbers add up exactly in every form.
    private static decimal?[] ValuesOf(Random random, int rowCount, bool hasNulls) =>
        [.. Enumerable.Range(0, rowCount).Select(_ => hasNulls && random.Next(4) == 0 ? (decimal?)null : random.Next(-500, 500))];

    private static Column ColumnOf(DataType type, decimal?[] values)
    {
        ColumnBuilder builder = ColumnBuilder.Create(type);
        foreach (decimal? value in values)
        {
            switch (builder)
            {
                case var _ when value is null: builder.AppendNull(); break;
                case FixedColumnBuilder<int> ints: ints.Append((int)value); break;
                case FixedColumnBuilder<long> longs: longs.Append((long)value); break;
                case FixedColumnBuilder<double> doubles: doubles.Append((double)value); break;
                case FixedColumnBuilder<Int128> decimals: decimals.Append((Int128)(value * (type.Scale == 2 ? 100 : 1))); break;
                default: throw new NotSupportedException(type.ToString());
            }
        }

        return builder.Finish();
    }

    private static double? Number(object? value) =>
        value is null ? null : Convert.ToDouble(value, System.Globalization.CultureInfo.InvariantCulture);
}
