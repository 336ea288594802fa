namespace Ctas.Sources;

/// <summary>Where an earlier scan of a source ended, so that a later one can read on from there. Immutable.</summary>
/// <param name="Identity">What was read: <see cref="ISourceScan.Identity"/> of the earlier scan.</param>
/// <param name="Positions">The next offset by number of the partition.</param>
public sealed record ScanBookmark(string Identity, IReadOnlyDictionary<int, long> Positions);

/// <summary>A source cannot be read on from a bookmark: the records behind it are gone, or it is another source.</summary>
/// <remarks>Reading from the start may well succeed.</remarks>
public sealed class BookmarkException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">Why, lower case, no period, with the place.</param>
    public BookmarkException(string message)
        : base(message)
    {
    }
}

/// <summary>Holds bookmarks against what a source has now.</summary>
public static class ScanBookmarks
{
    /// <summary>The ranges to read: from the bookmark where it knows the partition, whole where it does not.</summary>
    /// <param name="bookmark">Where the earlier scan ended.</param>
    /// <param name="identity">What the source is now.</param>
    /// <param name="partitions">Its partitions, whole: from their first offset that is still there to their end.</param>
    /// <exception cref="BookmarkException">The bookmark cannot be continued; nothing may be read.</exception>
    public static IReadOnlyList<SourcePartition> Apply(
        ScanBookmark bookmark, string? identity, IReadOnlyList<SourcePartition> partitions)
    {
        ArgumentNullException.ThrowIfNull(bookmark);
        ArgumentNullException.ThrowIfNull(partitions);
        if (identity != bookmark.Identity)
        {
            throw new BookmarkException($"the source is \"{identity}\", and was \"{bookmark.Identity}\"");
        }

        int[] gone = [.. bookmark.Positions.Keys.Except(partitions.Select(partition => partition.Id)).Order()];
        return gone is [int first, ..]
            ? throw new BookmarkException($"partition {first} is gone: the source was made anew")
            : [.. partitions.Select(partition => From(bookmark, partition))];
    }

    private static SourcePartition From(ScanBookmark bookmark, SourcePartition partition)
    {
        if (!bookmark.Positions.TryGetValue(partition.Id, out long position)) { return partition; }

        if (position < partition.Range.Start)
        {
            throw new BookmarkException(
                $"{partition.Name} starts at offset {partition.Range.Start} now, past the stored offset {position}");
        }

        if (position > partition.Range.End)
        {
            throw new BookmarkException(
                $"{partition.Name} ends at offset {partition.Range.End}, before the stored offset {position}: it was made anew");
        }

        return partition with { Range = partition.Range with { Start = position } };
    }
}
