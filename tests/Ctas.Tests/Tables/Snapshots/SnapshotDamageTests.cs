using System.Buffers.Binary;
using Ctas.Data;
using Ctas.Tables;
using Ctas.Tables.Snapshots;

namespace Ctas.Tests.Tables.Snapshots;

/// <summary>
/// Files whose checksums match and whose content cannot be: they are refused in words, or read as some table; nothing is
/// allocated or looked at that a wrong number asks for. CTAS_DAMAGE_COUNT asks for more of them.
/// </summary>
public sealed class SnapshotDamageTests : IDisposable
{
    private static readonly int Damages =
        int.TryParse(Environment.GetEnvironmentVariable("CTAS_DAMAGE_COUNT"), out int count) ? count : 400;

    private readonly string _folder = Directory.CreateTempSubdirectory("ctas-damage-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(TableModel.Standard, false, 1)]
    [InlineData(TableModel.Standard, true, 2)]
    [InlineData(TableModel.Compact, false, 3)]
    [InlineData(TableModel.Compact, true, 4)]
    public void Read_AnyPartDamagedUnderItsChecksum_IsRefusedOrATable(TableModel model, bool isText, int seed)
    {
        var random = new Random(seed);
        byte[] whole = Stored(isText ? Texts(model) : TestTable.Create(model, TestTable.AllTypes.WithKey(1), Rows(300)));
        new SnapshotParts(whole).ToFile().Should().Equal(whole, "the parts are those of the documented form");
        int refused = 0;
        for (int damage = 0; damage < Damages; damage++)
        {
            var parts = new SnapshotParts(whole);
            string what = Damage(parts, random);

            refused += IsRefused(parts.ToFile(), $"damage {damage} of seed {seed}, {what}") ? 1 : 0;
        }

        refused.Should().BeGreaterThan(Damages / 10, "much of it cannot be read").And.BeLessThan(Damages);
    }

    /// <summary>Changes one part, and says how.</summary>
    private static string Damage(SnapshotParts parts, Random random)
    {
        int kind = random.Next(10);
        if (kind == 0)
        {
            parts.Header = Damaged(parts.Header, random);
            return "in the header";
        }

        if (kind == 1)
        {
            byte[][] directory = [.. parts.Directory];
            byte[] entry = directory[random.Next(directory.Length)];
            int at = random.Next(Math.Min(9, entry.Length));
            entry[at] = Other(entry[at], random);
            return "in the footer";
        }

        int block = random.Next(parts.Blocks.Length);
        parts.Blocks[block] = Damaged(parts.Blocks[block], random);
        return $"in block {block}";
    }

    private static byte[] Damaged(byte[] part, Random random)
    {
        int at = random.Next(part.Length);

        // Counts and lengths stand at the beginning of most parts.
        if (random.Next(2) == 0) { at = Math.Min(at, random.Next(40)); }

        byte[] damaged = [.. part];
        switch (random.Next(6))
        {
            case 0: return part[..at];
            case 1: return [.. part[..at], .. part[Math.Min(part.Length, at + 1 + random.Next(16))..]];
            case 2: return [.. part[..at], .. Enumerable.Range(0, 1 + random.Next(16)).Select(_ => (byte)random.Next(256)), .. part[at..]];
            case 3 when at + 4 <= part.Length:
                int[] extremes = [-1, int.MinValue, int.MaxValue, 0, 1 << 20, 1 << 30];
                BinaryPrimitives.WriteInt32LittleEndian(damaged.AsSpan(at), extremes[random.Next(extremes.Length)]);
                return damaged;
            default:
                damaged[at] = Other(damaged[at], random);
                return damaged;
        }
    }

    private static byte Other(byte value, Random random) => (byte)(value ^ (1 + random.Next(255)));

    private bool IsRefused(byte[] file, string because)
    {
        var store = new SnapshotStore(_folder);
        File.WriteAllBytes(store.PathOf("t"), file);
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            using SnapshotFile opened = store.Open("t")!;
            foreach (Batch rows in opened.ReadRows(1, CancellationToken.None)) { Look(rows); }

            opened.ReadTable("t", 1, CancellationToken.None).RowCount.Should().Be(opened.Header.RowCount);

            return false;
        }
        catch (SnapshotFormatException e)
        {
            e.Message.Should().NotBeEmpty();
            return true;
        }
        catch (Exception e) { throw new InvalidOperationException($"It is neither refused nor read: {because}", e); }
        finally
        {
            (GC.GetAllocatedBytesForCurrentThread() - before).Should().BeLessThan(64 << 20, because);
        }
    }

    /// <summary>Every text of every row, as operators get at it.</summary>
    private static void Look(Batch rows)
    {
        foreach (Column column in rows.Columns)
        {
            column.Length.Should().Be(rows.RowCount);
            if (column is not StringColumn strings) { continue; }

            try
            {
                for (int row = 0; row < column.Length; row++)
                {
                    if (!column.IsNull(row)) { _ = strings.Pool.GetBytes(strings.Codes[row]).Length; }
                }
            }
            catch (Exception e) when (e is InvalidDataException or ArgumentException or IndexOutOfRangeException)
            {
                e.Message.Should().NotBeEmpty("what is decoded when it is read was refused: nothing outside of the column was");
            }
        }
    }

    private byte[] Stored(ITable table)
    {
        var header = new SnapshotHeader("t", "definition", table.Schema, table.RowCount, Guid.NewGuid())
        {
            WhyNotContinued = "it may not",
            Sources = [new StoredSource("s", "kafka://c/s", TestTable.AllTypes, [new StoredPartition(0, "s[0]", 3, 9)])],
            Inputs = [new StoredInput("other", Guid.NewGuid())],
        };
        var store = new SnapshotStore(_folder);
        store.Write(header, table, CancellationToken.None);
        return File.ReadAllBytes(store.PathOf("t"));
    }

    /// <summary>Strings of every form that a compact table keeps them in, some of them under a key.</summary>
    private static ITable Texts(TableModel model)
    {
        var schema = new Schema(
            [
                new Field("id", DataType.Varchar), new Field("order", DataType.Varchar),
                new Field("words", DataType.Varchar), new Field("few", DataType.Varchar),
            ],
            0);
        return TestTable.Create(model, schema, [.. Enumerable.Range(0, 400).Select(row => new object?[]
        {
            Convert.ToHexString(BitConverter.GetBytes((ulong)row * 0x9E3779B97F4A7C15)), $"order-{row * 7:d6}",
            row % 9 == 0 ? null : $"words that come again and again {Math.Cos(row)}", $"city {row % 5}",
        })]);
    }

    private static object?[][] Rows(int count) =>
    [
        .. Enumerable.Range(0, count).Select(row => new object?[]
        {
            row % 7 == 0 ? null : $"text {row % 4}", row, (long)row << 40, row % 2 == 0, row / 3.0, row + 0.25m,
            new byte[] { (byte)row, 0 }, new DateOnly(2024, 1, 1).AddDays(row), new TimeOnly(1, row % 60),
            DateTime.UnixEpoch.AddHours(row * row), new Interval(row, 1, -row),
        }),
    ];
}
