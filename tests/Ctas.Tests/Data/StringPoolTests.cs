using System.Text;
using Ctas.Data;

namespace Ctas.Tests.Data;

/// <summary>Strings are found by value, whatever became of the table to find them meanwhile and while others are added.</summary>
public sealed class StringPoolTests
{
    [Fact]
    public void Find_StringAddedAfterASearchWithoutTable_IsFound()
    {
        var pool = new StringPool(isInterned: true);
        pool.Add("first");
        pool.ReleaseTable();
        pool.Find("first"u8).Should().Be(0);

        pool.AddDistinct("second"u8);

        pool.Find("second"u8).Should().Be(1);
    }

    [Fact]
    public void Find_StringAddedBetweenTwoReleases_IsFound()
    {
        var pool = new StringPool(isInterned: true);
        pool.Add("first");
        pool.ReleaseTable();
        pool.Find("first"u8).Should().Be(0);

        pool.Add("second");
        pool.ReleaseTable();

        pool.Find("second"u8).Should().Be(1);
    }

    [Fact]
    public void Find_WhileTheWriterAdds_GivesTheCodeOfEveryPublishedString()
    {
        const int count = 200_000;
        byte[][] values = [.. Enumerable.Range(0, count).Select(i => Encoding.UTF8.GetBytes($"value {i}"))];
        var pool = new StringPool(isInterned: true);
        int published = 0;
        int wrong = 0;
        var reader = new Thread(() =>
        {
            for (int round = 0, known; (known = Volatile.Read(ref published)) < count; round++)
            {
                // One that is there for certain, and one that the writer is just adding.
                int there = known == 0 ? -1 : (int)((uint)round * 2654435761u % (uint)known);
                if (there >= 0 && pool.Find(values[there]) != there) { Interlocked.Increment(ref wrong); }

                int next = pool.Find(values[known]);
                if (next >= 0 && next != known) { Interlocked.Increment(ref wrong); }
            }
        });
        reader.Start();

        for (int i = 0; i < count; i++)
        {
            pool.Add(values[i]);
            Volatile.Write(ref published, i + 1);
        }

        reader.Join();
        wrong.Should().Be(0);
    }
}
