using Ctas.Data;

namespace Ctas.Tables.Indexes;

/// <summary>
/// The order of the entries of an index: by leading bits, by the values where those are equal, by row number. Immutable.
/// </summary>
/// <remarks>A hash index sorts by hash and row number and never looks at values; whoever finds a row does.</remarks>
internal sealed class IndexOrder
{
    private readonly int[] _ordinals;
    private readonly bool _isCut;

    /// <summary>Orders the rows of a table.</summary>
    public IndexOrder(Schema schema, IndexDefinition definition)
    {
        _ordinals = [.. definition.Columns];
        IsHash = definition.Kind == IndexKind.Hash;
        Keys = new KeyLayout(schema.WithKey(_ordinals));
        _isCut = SortPrefix.IsCut(Keys.Types[0]);
    }

    /// <summary>True when entries are sorted by the hash of their values.</summary>
    public bool IsHash { get; }

    /// <summary>The columns, hashed and compared.</summary>
    public KeyLayout Keys { get; }

    /// <summary>True when the index has the row: none of the columns is NULL.</summary>
    public bool Has(RowStore rows, int row)
    {
        foreach (int ordinal in _ordinals)
        {
            if (rows.IsNull(row, ordinal)) { return false; }
        }

        return true;
    }

    /// <summary>The entry of a row that the index has.</summary>
    public IndexEntry EntryOf(RowStore rows, int row) =>
        new(IsHash ? Keys.Hash(rows, row) : SortPrefix.Of(rows, row, _ordinals[0]), row);

    /// <summary>How many entries of a node come before one.</summary>
    public int CountBefore(RowStore rows, IndexNode node, IndexEntry entry)
    {
        (int low, int high) = (0, node.Count);
        while (low < high)
        {
            int middle = (low + high) >> 1;
            if (Compare(rows, node[middle], entry) < 0) { low = middle + 1; }
            else { high = middle; }
        }

        return low;
    }

    /// <summary>How many entries of a node come before a bound.</summary>
    /// <param name="rows">The values of the entries.</param>
    /// <param name="node">The node.</param>
    /// <param name="bound">The bound.</param>
    /// <param name="countsEqual">True to count those too that equal it.</param>
    public int CountBefore(RowStore rows, IndexNode node, in IndexBound bound, bool countsEqual)
    {
        (int low, int high) = (0, node.Count);
        while (low < high)
        {
            int middle = (low + high) >> 1;
            int order = Compare(rows, node[middle], bound);
            if (order < 0 || (order == 0 && countsEqual)) { low = middle + 1; }
            else { high = middle; }
        }

        return low;
    }

    /// <summary>True when an interval holds an entry.</summary>
    public bool IsWithin(RowStore rows, IndexEntry entry, in IndexInterval interval)
    {
        int toLower = interval.HasLower ? Compare(rows, entry, interval.Lower) : 1;
        int toUpper = interval.HasUpper ? Compare(rows, entry, interval.Upper) : -1;
        return (toLower > 0 || (toLower == 0 && interval.IncludesLower))
            && (toUpper < 0 || (toUpper == 0 && interval.IncludesUpper));
    }

    /// <summary>Where an entry stands against a bound; one of fewer columns equals every entry that begins with it.</summary>
    public int Compare(RowStore rows, IndexEntry entry, in IndexBound bound)
    {
        int order = (entry.Prefix & bound.CountedBits).CompareTo(bound.Prefix & bound.CountedBits);
        for (int part = 0; order == 0 && part < bound.Parts.Length; part++)
        {
            order = bound.IsPrefix && part == bound.Parts.Length - 1
                ? SortPrefix.CompareStart(rows, entry.Row, _ordinals[part], bound.Parts[part], bound.Text)
                : SortPrefix.Compare(rows, entry.Row, _ordinals[part], bound.Parts[part], bound.Text);
        }

        return order;
    }

    private int Compare(RowStore rows, IndexEntry left, IndexEntry right)
    {
        int order = left.Prefix.CompareTo(right.Prefix);
        if (order != 0 || left.Row == right.Row) { return order; }

        // What the leading bits say of the first column need not be looked at again.
        int part = IsHash ? _ordinals.Length : _isCut && !SortPrefix.IsWhole(left.Prefix, Keys.Types[0]) ? 0 : 1;
        for (; order == 0 && part < _ordinals.Length; part++)
        {
            order = SortPrefix.Compare(rows, left.Row, right.Row, _ordinals[part]);
        }

        return order != 0 ? order : left.Row.CompareTo(right.Row);
    }
}

/// <summary>Values of the first columns of an index, where an interval ends.</summary>
internal readonly ref struct IndexBound
{
    /// <summary>The leading bits of the first value, or the hash of all.</summary>
    public ulong Prefix { get; init; }

    /// <summary>Those of the leading bits that count.</summary>
    public ulong CountedBits { get; init; }

    /// <summary>The values in the form of their columns, none of them NULL; none when the leading bits say it all.</summary>
    public ReadOnlySpan<KeyPart> Parts { get; init; }

    /// <summary>The bytes of strings among them.</summary>
    public ReadOnlySpan<byte> Text { get; init; }

    /// <summary>True when every string that begins with the last value equals it.</summary>
    public bool IsPrefix { get; init; }

    /// <summary>The bound of an ordered index at some values; one that is not used at none.</summary>
    public static IndexBound Of(ReadOnlySpan<KeyPart> parts, DataType type, ReadOnlySpan<byte> text, bool isPrefix) =>
        parts.Length == 0 ? default : new IndexBound
        {
            Prefix = SortPrefix.Of(parts[0], type, text),
            CountedBits = isPrefix && parts.Length == 1 ? SortPrefix.Mask(parts[0].TextLength) : ulong.MaxValue,
            Parts = parts,
            Text = text,
            IsPrefix = isPrefix,
        };
}

/// <summary>A part of an index: from a bound, to a bound, each with or without what equals it.</summary>
internal readonly ref struct IndexInterval
{
    public IndexBound Lower { get; init; }

    public IndexBound Upper { get; init; }

    public bool HasLower { get; init; }

    public bool HasUpper { get; init; }

    public bool IncludesLower { get; init; }

    public bool IncludesUpper { get; init; }
}
