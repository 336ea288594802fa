using Ctas.Data;

namespace Ctas.Tables.Columns;

/// <summary>The strings of one column of a compact table, by code, which are decoded when somebody reads them.</summary>
internal abstract class ColumnText : DeferredStrings
{
    private protected ColumnText(int count)
        : base(count)
    {
    }

    /// <summary>What the strings have in common; null when nothing is known.</summary>
    public abstract StringTemplate? Template { get; }

    /// <summary>The segment whose rows some codes are, all of them in order; null when they are not.</summary>
    public virtual EncodedColumn? SegmentOf(ReadOnlySpan<int> codes) => null;

    /// <summary>The numbers in <see cref="Template"/> of some strings; false when one of them does not fit it.</summary>
    /// <param name="codes">A code a row, −1 for NULL, which repeats the numbers before it.</param>
    /// <param name="numbers">All numbers of the first field, then those of the next.</param>
    public abstract bool TryReadNumbers(ReadOnlySpan<int> codes, Span<long> numbers);
}
