using System.Buffers;
using Ctas.Data;

namespace Ctas.Tables.Indexes;

/// <summary>Searches one version by the values of columns, through an index where there is one.</summary>
internal static class IndexSearch
{
    private const int StackBytes = 256;

    /// <summary>
    /// Numbers of the rows whose first columns equal the given values and whose next column lies between bounds, sorted by
    /// all these columns.
    /// </summary>
    /// <param name="version">The version.</param>
    /// <param name="search">What is looked for.</param>
    /// <param name="index">The index to use; null: one is made for this search.</param>
    /// <exception cref="ArgumentException">A value does not fit its column.</exception>
    public static int[] Find(Table version, in ColumnSearch search, OrderedIndex? index)
    {
        index ??= OrderedIndex.Build(version, search.Ordinals);
        int lowerCount = search.Equal.Length + (search.Lower.Kind == KeyValueKind.Null ? 0 : 1);
        int upperCount = search.Equal.Length + (search.Upper.Kind == KeyValueKind.Null ? 0 : 1);
        KeyValue[] lower = [.. search.Equal, search.Lower];
        KeyValue[] upper = [.. search.Equal, search.Upper];
        int bytes = KeyConversion.MaxTextBytes(lower) + KeyConversion.MaxTextBytes(upper);
        byte[]? rented = bytes > StackBytes ? ArrayPool<byte>.Shared.Rent(bytes) : null;
        Span<byte> text = rented ?? stackalloc byte[StackBytes];
        try
        {
            int used = 0;
            Span<KeyPart> lowerParts = new KeyPart[lowerCount];
            Span<KeyPart> upperParts = new KeyPart[upperCount];
            Convert(version, search.Ordinals, lower.AsSpan(0, lowerCount), text, ref used, lowerParts);
            Convert(version, search.Ordinals, upper.AsSpan(0, upperCount), text, ref used, upperParts);
            return index.Find(new IndexInterval
            {
                Lower = new IndexBound { Parts = lowerParts, Text = text[..used], IsPrefix = search.IsPrefix },
                Upper = new IndexBound { Parts = upperParts, Text = text[..used], IsPrefix = search.IsPrefix },
                HasLower = lowerCount > 0,
                HasUpper = upperCount > 0,
                IncludesLower = search.IncludesLower || lowerCount == search.Equal.Length,
                IncludesUpper = search.IncludesUpper || upperCount == search.Equal.Length,
            }).ToArray();
        }
        finally
        {
            if (rented is not null) { ArrayPool<byte>.Shared.Return(rented); }
        }
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

    /// <summary>True when strings that begin with the bound equal it.</summary>
    public bool IsPrefix { get; init; }
}
