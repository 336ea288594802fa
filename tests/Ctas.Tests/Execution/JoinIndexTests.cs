using Ctas.Data;
using Ctas.Execution.State;

namespace Ctas.Tests.Execution;

public sealed class JoinIndexTests
{
    private const int BatchRows = 50_000;

    private static readonly DataType[] Types = [DataType.BigInt, DataType.Decimal(38, 0), DataType.Decimal(38, 0)];

    [Theory]
    [InlineData(false, 1)]
    [InlineData(false, 3)]
    [InlineData(true, 1)]
    [InlineData(true, 3)]
    public void Freeze_WhateverTheForm_TellsOfMemoryBeforeItIsTaken(bool hasColumns, int rowsPerKey)
    {
        JoinIndex index = Filled(hasColumns, rowsPerKey);
        long before = index.SizeInBytes;
        var told = new List<long>();

        index.Freeze(told.Add);

        told[^1].Should().Be(index.SizeInBytes);
        told[0].Should().BeGreaterThan(before);

        // While rows are laid out, they are there twice.
        told.Max().Should().BeGreaterThan(index.SizeInBytes);
        index.IsUnique.Should().Be(rowsPerKey == 1);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Freeze_RefusedWhatItWouldHoldMost_HasLaidOutNothing(bool hasColumns)
    {
        var told = new List<long>();
        Filled(hasColumns, rowsPerKey: 3).Freeze(told.Add);
        JoinIndex index = Filled(hasColumns, rowsPerKey: 3);

        Action freeze = () => index.Freeze(
            bytes => { if (bytes >= told.Max()) { throw new InvalidOperationException($"{bytes} bytes"); } });

        freeze.Should().Throw<InvalidOperationException>();
        index.Interleaved.Should().BeNull();
        index.Rows.RowCount.Should().Be(0);
    }

    private static JoinIndex Filled(bool hasColumns, int rowsPerKey)
    {
        var index = new JoinIndex(Types, [DataType.BigInt], hasColumns);
        for (int start = 0; start < 5 * BatchRows; start += BatchRows)
        {
            Batch rows = Rows(start, rowsPerKey);
            index.Add(rows, rows.Columns[..1]);
        }

        return index;
    }

    private static Batch Rows(int start, int rowsPerKey)
    {
        long[] keys = [.. Enumerable.Range(start, BatchRows).Select(row => row / rowsPerKey * 7919L)];
        Int128[] values = [.. Enumerable.Range(start, BatchRows).Select(row => (Int128)row)];
        return new Batch(
            [
                new FixedColumn<long>(DataType.BigInt, keys, BatchRows),
                new FixedColumn<Int128>(Types[1], values, BatchRows),
                new FixedColumn<Int128>(Types[2], values, BatchRows),
            ],
            BatchRows);
    }
}
