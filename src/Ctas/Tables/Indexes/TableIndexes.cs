using System.Collections.Immutable;
using Ctas.Data;
using Ctas.Tables.Versions;

namespace Ctas.Tables.Indexes;

/// <summary>The secondary indexes of one version of a table. Immutable.</summary>
/// <param name="indexes">The indexes.</param>
internal sealed class TableIndexes(ImmutableArray<SecondaryIndex> indexes)
{
    /// <summary>No indexes.</summary>
    public static TableIndexes None { get; } = new([]);

    /// <summary>Bytes they hold.</summary>
    public long SizeInBytes => indexes.Sum(index => index.SizeInBytes);

    /// <summary>What they are over.</summary>
    public IReadOnlyList<IndexDefinition> Definitions => [.. indexes.Select(index => index.Definition)];

    /// <summary>True when there are none.</summary>
    public bool IsEmpty => indexes.IsEmpty;

    /// <summary>These and one more of a version; these when it is there already.</summary>
    /// <exception cref="InvalidOperationException">A column cannot be indexed.</exception>
    public TableIndexes With(Table version, IndexDefinition definition)
    {
        if (indexes.Any(index => index.Definition == definition)) { return this; }

        foreach (int ordinal in definition.Columns)
        {
            Field field = version.Schema.Fields[ordinal];
            if (!SortPrefix.CanSort(field.Type))
            {
                throw new InvalidOperationException(
                    $"Column \"{field.Name}\" of table \"{version.Name}\" has type {field.Type}, which cannot be indexed.");
            }
        }

        return new TableIndexes(indexes.Add(SecondaryIndex.Build(version, definition)));
    }

    /// <summary>The indexes of the next version.</summary>
    public TableIndexes After(Table next, VersionEdits edits) =>
        IsEmpty ? this : new TableIndexes([.. indexes.Select(index => index.After(next, edits))]);

    /// <summary>An index that finds rows by some columns, in this order; null when there is none.</summary>
    /// <param name="columns">Ordinals of the columns.</param>
    /// <param name="isEquality">True when each is compared with one value, false when the last has bounds.</param>
    public SecondaryIndex? Find(ReadOnlySpan<int> columns, bool isEquality)
    {
        foreach (SecondaryIndex index in indexes)
        {
            if (index.Definition.Serves(columns, isEquality)) { return index; }
        }

        return null;
    }
}
