using CsCheck;
using Ctas.Data;
using Ctas.Execution.State;

namespace Ctas.Tests.Execution;

/// <summary>Numbers of keys against a plain dictionary, over random batches whose ranges and pools change.</summary>
public sealed class KeyNumbersTests
{
    private static readonly DataType[] Types = [DataType.Varchar, DataType.Int, DataType.BigInt, DataType.Boolean];

    private static readonly Gen<long> AnyInteger = Gen.OneOf(
        Gen.Long[-3, 3], Gen.Long[1_000_000, 1_000_040], Gen.Int[0, 2].Select(n => n == 0 ? long.MinValue : n == 1 ? long.MaxValue : -1L << 40));

    private static readonly Gen<object?[]> AnyRow = Gen.Select(
        ValueOf(Types[0]), ValueOf(Types[1]), ValueOf(Types[2]), ValueOf(Types[3]), (a, b, c, d) => new[] { a, b, c, d });

    [Fact]
    public void FindOrAdd_RandomKeysOfAnyTypes_NumbersThemInOrderOfFirstSight() =>
        Gen.Select(Gen.Int[1, 15], Gen.Bool, Gen.Bool, AnyRow.Array[0, 300].Array[1, 5]).Sample(
            (chosen, sharesPool, isExpected, batches) =>
            {
                int[] ordinals = [.. Enumerable.Range(0, Types.Length).Where(ordinal => (chosen >> ordinal & 1) != 0)];
                Check(
                    [.. ordinals.Select(ordinal => Types[ordinal])],
                    sharesPool,
                    isExpected,
                    [.. batches.Select(rows => rows.Select(row => ordinals.Select(o => row[o]).ToArray()).ToArray())]);
            },
            iter: 400);

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    [InlineData(1_000_003)]
    public void FindOrAdd_ManyIntegers_FindsEachAgain(long step)
    {
        const int batchRows = 5_000;
        KeyNumbers keys = KeyNumbers.Create([DataType.BigInt]);
        var numbers = new int[batchRows];
        for (int start = 0; start < 100_000; start += batchRows)
        {
            keys.FindOrAdd([Longs(start, batchRows, step)], numbers);
            numbers.Should().Equal(Enumerable.Range(start, batchRows));
        }

        keys.Find([Longs(42_000, batchRows, step)], numbers);
        numbers.Should().Equal(Enumerable.Range(42_000, batchRows));
        keys.Find([Longs(100_000, batchRows, step)], numbers);
        numbers.Should().OnlyContain(number => number == -1);
    }

    private static FixedColumn<long> Longs(int start, int count, long step) => new(
        DataType.BigInt, [.. Enumerable.Range(start, count).Select(n => n * step)], count);

    private static Gen<object?> ValueOf(DataType type) => Gen.Frequency(
        (1, Gen.Const((object?)null)),
        (6, type.Kind switch
        {
            DataTypeKind.Varchar => Gen.Int[0, 40].Select(n => (object?)$"s{n}"),
            DataTypeKind.Int => AnyInteger.Select(n => (object?)(int)n),
            DataTypeKind.BigInt => AnyInteger.Select(n => (object?)n),
            _ => Gen.Bool.Select(flag => (object?)flag),
        }));

    private static void Check(DataType[] types, bool sharesPool, bool isExpected, object?[][][] batches)
    {
        KeyNumbers keys = KeyNumbers.Create(types);
        StringPool?[] pools = [.. types.Select(_ => sharesPool ? new StringPool(isInterned: true) : null)];
        Column[][] batchColumns = [.. batches.Select(rows => Columns(types, pools, rows))];
        if (isExpected) { keys.Expect(batchColumns); }

        var known = new Dictionary<string, int>();
        foreach ((object?[][] rows, Column[] columns) in batches.Zip(batchColumns))
        {
            var numbers = new int[rows.Length];
            keys.Find(columns, numbers);
            numbers.Should().Equal(rows.Select(row =>
                row.Contains(null) ? -1 : known.GetValueOrDefault(Text(row), -1)));

            keys.FindOrAdd(columns, numbers);
            foreach (object?[] row in rows) { known.TryAdd(Text(row), known.Count); }

            numbers.Should().Equal(rows.Select(row => known[Text(row)]));
        }

        keys.Count.Should().Be(known.Count);
        Column[] found = keys.Keys();
        for (int number = 0; number < keys.Count; number++)
        {
            known[Text([.. found.Select(column => column.GetValue(number))])].Should().Be(number);
        }
    }

    private static Column[] Columns(DataType[] types, StringPool?[] pools, object?[][] rows)
    {
        var columns = new Column[types.Length];
        for (int ordinal = 0; ordinal < types.Length; ordinal++)
        {
            var builder = ColumnBuilder.Create(types[ordinal], pools[ordinal]);
            foreach (object?[] row in rows)
            {
                switch (row[ordinal])
                {
                    case null: builder.AppendNull(); break;
                    case string text: ((StringColumnBuilder)builder).Append(text); break;
                    case int number: ((FixedColumnBuilder<int>)builder).Append(number); break;
                    case long number: ((FixedColumnBuilder<long>)builder).Append(number); break;
                    case bool flag: ((FixedColumnBuilder<bool>)builder).Append(flag); break;
                }
            }

            columns[ordinal] = builder.Finish();
        }

        return columns;
    }

    private static string Text(object?[] row) => string.Join("|", row.Select(value => value ?? "NULL"));
}
