using Ctas.Data;
using Ctas.Tables;
using Ctas.Tables.Versions;

namespace Ctas.Tests.Tables;

/// <summary>A table that is kept fresh grows piece by piece: no step copies what is there already.</summary>
public sealed class TableGrowthTests
{
    private const int BatchRows = 5_000;

    // From here on merges are as large as they get.
    private const int ManyRows = 500_000;

    private static readonly Schema Schema = new([new Field("id", DataType.BigInt), new Field("n", DataType.BigInt)], 0);

    [Theory]
    [InlineData(TableModel.Standard)]
    [InlineData(TableModel.Compact)]
    public void Publish_TableThatGrows_CopiesNoMoreWhenItIsLarge(TableModel model)
    {
        TableWriter writer = TableWriter.Create(model, "t", Schema, new WriterOptions { MergesBesideWriter = false });

        long small = DearestStep(writer, 0, ManyRows);
        long large = DearestStep(writer, ManyRows, 2 * ManyRows);

        writer.Current.RowCount.Should().Be(2 * ManyRows);
        large.Should().BeLessThan(small * 3 / 2);
    }

    private static long DearestStep(TableWriter writer, int start, int end)
    {
        long dearest = 0;
        for (int first = start; first < end; first += BatchRows)
        {
            ChangeBatch batch = new(TestTable.Batch(Schema, [.. Enumerable.Range(first, BatchRows).Select(RowOf)]));
            long bytes = Allocations.Of(() =>
            {
                writer.Apply(batch);
                writer.Publish();
            });
            dearest = Math.Max(dearest, bytes);
        }

        return dearest;
    }

    private static object?[] RowOf(int id) => [id * 7919L, id * 31L];
}
