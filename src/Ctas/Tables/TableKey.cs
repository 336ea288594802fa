using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Ctas.Tables;

/// <summary>A key of one or more columns, in the order of the table's key: <c>new TableKey("de", 2026)</c>.</summary>
/// <remarks>Up to four columns are held in place; a longer key costs one allocation.</remarks>
public readonly struct TableKey
{
    private const int InlineCount = 4;

    private readonly InlineValues _inline;
    private readonly KeyValue[]? _all;

    /// <summary>Makes a key of its columns' values.</summary>
    /// <param name="values">A value for each key column, in key order.</param>
    public TableKey(params ReadOnlySpan<KeyValue> values)
    {
        Count = values.Length;
        if (values.Length > InlineCount) { _all = values.ToArray(); }
        else { values.CopyTo(_inline); }
    }

    /// <summary>The key of the one group that GROUP BY makes of NULLs, for a key of one column.</summary>
    public static TableKey Null => new(KeyValue.Null);

    /// <summary>Number of columns.</summary>
    public int Count { get; }

    [UnscopedRef]
    internal ReadOnlySpan<KeyValue> Values => _all ?? ((ReadOnlySpan<KeyValue>)_inline)[..Count];

    /// <summary><c>(value, …)</c> as it would be written in SQL.</summary>
    public override string ToString() =>
        $"({string.Join(", ", Values.ToArray().Select(value => value.ToString()))})";

    [InlineArray(InlineCount)]
    private struct InlineValues
    {
        private KeyValue _first;
    }
}
