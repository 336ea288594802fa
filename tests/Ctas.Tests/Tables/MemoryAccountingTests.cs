using System.Runtime.CompilerServices;
using Ctas.Data;
using Ctas.Tables;
using Ctas.Tables.Versions;

namespace Ctas.Tests.Tables;

/// <summary>What a table says it takes is what its objects take.</summary>
public sealed class MemoryAccountingTests
{
    private const int Rows = 300_000;
    private const double Tolerance = 0.05;

    private static readonly string[] Words = ["the", "quick", "brown", "fox", "jumps", "over", "a", "lazy", "dog", "again"];

    /// <summary>Every shape in every model.</summary>
    public static TheoryData<string, TableModel> Shapes()
    {
        var shapes = new TheoryData<string, TableModel>();
        foreach (string shape in (string[])["orders", "numbers", "texts", "sparse"])
        {
            shapes.Add(shape, TableModel.Standard);
            shapes.Add(shape, TableModel.Compact);
        }

        return shapes;
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Memory_OfALoadedTable_IsWhatItsObjectsTake(string shape, TableModel model)
    {
        ITable table = Load(shape, model);

        double share = table.Memory.Total / (double)RetainedBytes.Of(table);

        share.Should().BeInRange(1 - Tolerance, 1 + Tolerance, "it tells {0}", table.Memory);
    }

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Memory_OfAnIndexedTable_IsWhatItsObjectsTake(string shape, TableModel model)
    {
        ITable table = Load(shape, model, hasUniqueKeys: true);
        ((Table)table).AddIndex(new IndexDefinition(new OrdinalList(1, 0), IndexKind.Ordered));
        ((Table)table).AddIndex(new IndexDefinition(new OrdinalList(0), IndexKind.Hash));

        double share = table.Memory.Total / (double)RetainedBytes.Of(table);

        share.Should().BeInRange(1 - Tolerance, 1 + Tolerance, "it tells {0}", table.Memory);
    }

    [Fact]
    public void RetainedBytes_OfObjectsJustMade_AreWhatTheyAllocated()
    {
        object made = Make();
        long allocated = Allocations.Of(() => made = Make());

        RetainedBytes.Of(made).Should().Be(allocated);

        static object Make() => new object?[]
        {
            new byte[13], new string('x', 9), null, new KeyValuePair<string, int[]>[] { new(new string('y', 3), new int[5]) },
            new StrongBox<(long, object)>((1, new Int128[2])), new List<object>(7) { new() }, new Action(new List<long>(3).Clear),
        };
    }

    [Theory]
    [InlineData(TableModel.Standard)]
    [InlineData(TableModel.Compact)]
    public void Publish_RowsThatNoVersionInUseHas_AreFreed(TableModel model)
    {
        Schema schema = new([new Field("id", DataType.BigInt), new Field("text", DataType.Varchar)], 0);
        TableWriter writer = TableWriter.Create(
            model, "t", schema, new WriterOptions { OpenRows = 64, MaxHistoryChanges = 50, MergesBesideWriter = false });
        PublishMany(200);
        long early = RetainedBytes.Of(writer);

        PublishMany(1_000);

        (RetainedBytes.Of(writer) - early).Should().BeLessThan(1_000_000, "of the 200,000 rows that were replaced, at about 100 bytes each, only the last are left");

        void PublishMany(int ticks)
        {
            for (int tick = 0; tick < ticks; tick++)
            {
                object?[][] rows = [.. Enumerable.Range(0, 200).Select(id => (object?[])[(long)id, $"text {tick} of {id}"])];
                writer.Apply(new ChangeBatch(TestTable.Batch(schema, rows)));
                writer.Publish();
            }
        }
    }

    private static ITable Load(string shape, TableModel model, bool hasUniqueKeys = false)
    {
        var random = new Random(4);
        object?[] RowOf(int row) => shape switch
        {
            "orders" => [$"o-{random.NextInt64():x16}", $"c-{random.Next(Rows / 10)}", random.Next(100_000) / 100.0],
            "numbers" => [$"{row}", random.NextInt64(), random.NextDouble()],
            "texts" => [$"{Guid.NewGuid()}", string.Join(' ', Enumerable.Range(0, 12).Select(_ => Words[random.Next(10)])), 1.0],
            _ => [$"k{row:x8}", random.Next(50) == 0 ? $"note {random.Next()}" : null, null],
        };
        Schema schema = new(
            [
                new Field("id", DataType.Varchar),
                new Field("what", shape == "numbers" ? DataType.BigInt : DataType.Varchar),
                new Field("amount", DataType.Double),
            ],
            0);
        using var builder = TableBuilder.Create(model, "t", schema, NullKeyRule.Keep, hasUniqueKeys);
        const int batch = 10_000;
        for (int start = 0; start < Rows; start += batch)
        {
            object?[][] rows = [.. Enumerable.Range(start, batch).Select(RowOf)];
            builder.Append(new ChangeBatch(TestTable.Batch(schema, rows)));
        }

        return builder.Complete();
    }
}
