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
    public void TryFillChunk_EveryChunk_IsThePoolOfItsStrings()
    {
        StringPool pool = StringPool.OfChunks(chunks: 3, strings: 4);

        // In any order, as threads come to them.
        pool.TryFillChunk(2, "d"u8.ToArray(), firstCode: 3, [1]).Should().BeTrue();
        pool.TryFillChunk(0, "aabbb"u8.ToArray(), firstCode: 0, [2, 0, 3]).Should().BeTrue();
        pool.TryFillChunk(1, [], firstCode: 3, []).Should().BeTrue();
        int added = pool.Add("added");

        Enumerable.Range(0, pool.Count).Select(pool.GetString).Should().Equal("aa", "", "bbb", "d", "added");
        added.Should().Be(4);
    }

    [Theory]
    [InlineData(5, new[] { 2, 4 })]
    [InlineData(5, new[] { 2, 2 })]
    [InlineData(5, new[] { 6, -1 })]
    [InlineData((1 << 20) + 1, new[] { 1 << 20, 1 })]
    [InlineData(1 << 24, new[] { 1 << 24 })]
    public void TryFillChunk_WhatAChunkCannotHold_IsRefused(int bytes, int[] lengths) =>
        StringPool.OfChunks(chunks: 1, lengths.Length).TryFillChunk(0, new byte[bytes], firstCode: 0, lengths).Should().BeFalse();

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
