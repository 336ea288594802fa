using System.Collections.Immutable;
using Ctas.Data;

namespace Ctas.Tables.Indexes;

/// <summary>The secondary indexes of a table. Safe for many readers; one is added at a time.</summary>
internal sealed class TableIndexes
{
    private ImmutableArray<OrderedIndex> _indexes = [];

    /// <summary>Bytes they hold.</summary>
    public long SizeInBytes => _indexes.Sum(index => index.SizeInBytes);

    /// <summary>The columns of each, for other versions and replacements of the table.</summary>
    public IReadOnlyList<IReadOnlyList<int>> Columns => [.. _indexes.Select(index => index.Ordinals.ToArray())];

    /// <summary>The columns of each index that a version has.</summary>
    public IReadOnlyList<OrdinalList> Of(Table version) =>
        [.. _indexes.Where(index => ReferenceEquals(index.Owner, version)).Select(index => new OrdinalList(index.Ordinals.ToArray()))];

    /// <summary>Builds one; nothing happens when the version has it.</summary>
    /// <exception cref="InvalidOperationException">A column cannot be sorted by.</exception>
    public void Add(Table version, int[] ordinals)
    {
        if (Find(version, ordinals) is { } known && known.Ordinals.Length == ordinals.Length) { return; }

        foreach (int ordinal in ordinals)
        {
            Field field = version.Schema.Fields[ordinal];
            if (!SortPrefix.CanSort(field.Type))
            {
                throw new InvalidOperationException(
                    $"Column \"{field.Name}\" of table \"{version.Name}\" has type {field.Type}, which an index cannot sort.");
            }
        }

        OrderedIndex index = OrderedIndex.Build(version, ordinals);
        ImmutableInterlocked.Update(ref _indexes, (indexes, added) => indexes.Add(added), index);
    }

    /// <summary>An index of a version that begins with some columns, in this order; null when it has none.</summary>
    public OrderedIndex? Find(Table version, ReadOnlySpan<int> ordinals)
    {
        foreach (OrderedIndex index in _indexes)
        {
            if (ReferenceEquals(index.Owner, version) && index.Ordinals.StartsWith(ordinals)) { return index; }
        }

        return null;
    }
}
