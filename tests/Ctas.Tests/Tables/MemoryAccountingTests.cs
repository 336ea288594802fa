using System.Runtime.CompilerServices;
using Ctas.Data;
using Ctas.Tables;
using Ctas.Tables.Versions;

namespace Ctas.Tests.Tables;

/// <summary>What a table says it takes is what the process shrinks by when it goes.</summary>
[Collection(nameof(MemoryAccounting))]
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
    public void Memory_OfALoadedTable_IsWhatTheProcessHolds(string shape, TableModel model)
    {
        // Array pools give idle memory back whenever they like, which counts as freed here: one quiet try is enough.
        const int tries = 5;
        (double Share, string Text) last = default;
        for (int attempt = 0; attempt < tries && Math.Abs(last.Share - 1) > Tolerance; attempt++) { last = Measure(shape, model); }

        last.Share.Should().BeInRange(1 - Tolerance, 1 + Tolerance, "{0}", last.Text);
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
        long early = HeldBytes();

        PublishMany(1_000);

        (HeldBytes() - early).Should().BeLessThan(1_000_000, "of the 200,000 rows that were replaced, at about 100 bytes each, only the last are left");
        GC.KeepAlive(writer);

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

    private static (double Share, string Text) Measure(string shape, TableModel model)
    {
        StrongBox<ITable?> table = Load(shape, model);
        long held = HeldBytes();
        TableMemory told = table.Value!.Memory;
        table.Value = null;
        long freed = held - HeldBytes();
        return ((double)told.Total / freed, $"{freed} bytes were freed, told was {told}");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static StrongBox<ITable?> Load(string shape, TableModel model)
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
        using var builder = TableBuilder.Create(model, "t", schema);
        const int batch = 10_000;
        for (int start = 0; start < Rows; start += batch)
        {
            object?[][] rows = [.. Enumerable.Range(start, batch).Select(RowOf)];
            builder.Append(new ChangeBatch(TestTable.Batch(schema, rows)));
        }

        return new StrongBox<ITable?>(builder.Complete());
    }

    private static long HeldBytes()
    {
        for (int round = 0; round < 4; round++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        return GC.GetTotalMemory(forceFullCollection: true);
    }
}

/// <summary>Nothing else may allocate meanwhile.</summary>
[CollectionDefinition(nameof(MemoryAccounting), DisableParallelization = true)]
public sealed class MemoryAccounting;
