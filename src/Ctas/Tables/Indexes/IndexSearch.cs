using System.Buffers;
using System.Runtime.InteropServices;
using Ctas.Data;

namespace Ctas.Tables.Indexes;

/// <summary>Searches one version by the values of columns, through an index where there is one.</summary>
internal static class IndexSearch
{
    private const int StackBytes = 256;

    /// <summary>
    /// Numbers of the rows whose first columns equal the given values and whose next column lies between bounds; sorted by
    /// all these columns when there are bounds.
    /// </summary>
    /// <param name="version">The version.</param>
    /// <param name="search">What is looked for.</param>
    /// <exception cref="ArgumentException">A value does not fit its column.</exception>
    public static IReadOnlyList<int> Find(Table version, in ColumnSearch search)
    {
        var rows = new List<int>();
        _ = Run(version, search, version.Indexes.Find(search.Ordinals, search.IsEquality), rows, long.MaxValue);
        return rows;
    }

    /// <summary>Numbers of such rows, when there is an index and no more than so many; null otherwise.</summary>
    /// <inheritdoc cref="Find(Table, in ColumnSearch)"/>
    public static IReadOnlyList<int>? TryFind(Table version, in ColumnSearch search, long maxRows)
    {
        var rows = new List<int>();
        return version.Indexes.Find(search.Ordinals, search.IsEquality) is { } index && Run(version, search, index, rows, maxRows)
            ? rows
            : null;
    }

    private static bool Run(Table version, in ColumnSearch search, SecondaryIndex? index, List<int> rows, long maxRows)
    {
        KeyValue[] lower = search.Lower.Kind == KeyValueKind.Null ? search.Equal : [.. search.Equal, search.Lower];
        KeyValue[] upper = search.Upper.Kind == KeyValueKind.Null ? search.Equal : [.. search.Equal, search.Upper];
        int bytes = KeyConversion.MaxTextBytes(lower) + KeyConversion.MaxTextBytes(upper);
        byte[]? rented = bytes > StackBytes ? ArrayPool<byte>.Shared.Rent(bytes) : null;
        Span<byte> text = rented ?? stackalloc byte[StackBytes];
        try
        {
            int used = 0;
            Span<KeyPart> lowerParts = new KeyPart[lower.Length];
            Span<KeyPart> upperParts = new KeyPart[upper.Length];
            Convert(version, search.Ordinals, lower, text, ref used, lowerParts);
            if (search.IsEquality && index is not null) { return index.TryFindEqual(lowerParts, text[..used], rows, maxRows); }

            Convert(version, search.Ordinals, upper, text, ref used, upperParts);
            IndexInterval interval = ToInterval(version, search, lowerParts, upperParts, text[..used]);
            if (index is not null) { return index.TryFind(interval, rows, maxRows); }

            Scan(version, search.Ordinals, interval, rows);
            return true;
        }
        finally
        {
            if (rented is not null) { ArrayPool<byte>.Shared.Return(rented); }
        }
    }

    private static IndexInterval ToInterval(
        Table version, in ColumnSearch search, ReadOnlySpan<KeyPart> lower, ReadOnlySpan<KeyPart> upper, ReadOnlySpan<byte> text)
    {
        DataType type = version.Schema.Fields[search.Ordinals[0]].Type;
        return new IndexInterval
        {
            Lower = IndexBound.Of(lower, type, text, search.IsPrefix),
            Upper = IndexBound.Of(upper, type, text, search.IsPrefix),
            HasLower = lower.Length > 0,
            HasUpper = upper.Length > 0,
            IncludesLower = search.IncludesLower || lower.Length == search.Equal.Length,
            IncludesUpper = search.IncludesUpper || upper.Length == search.Equal.Length,
        };
    }

    /// <summary>Looks at every row, and sorts those that are found.</summary>
    private static void Scan(Table version, int[] ordinals, in IndexInterval interval, List<int> rows)
    {
        RowStore store = version.Store;
        var order = new IndexOrder(version.Schema, new IndexDefinition(new OrdinalList(ordinals), IndexKind.Ordered));
        var prefixes = new List<ulong>();
        foreach (int row in version.LiveRows())
        {
            if (!order.Has(store, row)) { continue; }

            IndexEntry entry = order.EntryOf(store, row);
            if (!order.IsWithin(store, entry, interval)) { continue; }

            rows.Add(row);
            prefixes.Add(entry.Prefix);
        }

        IndexSorting.Sort(store, ordinals, CollectionsMarshal.AsSpan(prefixes), CollectionsMarshal.AsSpan(rows));
    }

    private static void Convert(
        Table version, int[] ordinals, ReadOnlySpan<KeyValue> values, Span<byte> text, ref int used, Span<KeyPart> parts)
    {
        for (int part = 0; part < values.Length; part++)
        {
            Field field = version.Schema.Fields[ordinals[part]];

            // A number beyond INT still has its place among the numbers.
            DataType type = field.Type.Kind == DataTypeKind.Int ? DataType.BigInt : field.Type;
            KeyConversionResult result = KeyConversion.Convert(values[part], type, text, ref used, out parts[part]);
            if (result != KeyConversionResult.Converted || parts[part].IsNull)
            {
                throw new ArgumentException(
                    $"Column \"{field.Name}\" of table \"{version.Name}\" has type {field.Type}; {values[part]} is no value of it.");
            }
        }
    }
}

/// <summary>What is looked for in some columns.</summary>
/// <param name="Ordinals">The columns, those of <see cref="Equal"/> first.</param>
/// <param name="Equal">Values of the first columns; none is NULL.</param>
internal readonly record struct ColumnSearch(int[] Ordinals, KeyValue[] Equal)
{
    /// <summary>From where in the column behind them; NULL: from its beginning.</summary>
    public KeyValue Lower { get; init; }

    /// <summary>To where in the column behind them; NULL: to its end.</summary>
    public KeyValue Upper { get; init; }

    /// <summary>True when the lower bound itself counts.</summary>
    public bool IncludesLower { get; init; }

    /// <summary>True when the upper bound itself counts.</summary>
    public bool IncludesUpper { get; init; }

    /// <summary>True when strings that begin with the last value equal it.</summary>
    public bool IsPrefix { get; init; }

    /// <summary>True when there are values only, and no bounds.</summary>
    public bool IsEquality => !IsPrefix && Equal.Length == Ordinals.Length;
}
