using Ctas.Data;

namespace Ctas.Tables.Versions;

/// <summary>Strings that are all written into their rows.</summary>
internal sealed class InlineStrings : IRowStrings
{
    /// <inheritdoc/>
    public void Translate(StringColumn column, int start, int end, Span<int> codes)
    {
        ReadOnlySpan<int> given = column.Codes[start..end];
        for (int row = 0; row < given.Length; row++) { codes[row] = given[row] < 0 ? -1 : RowLayout.KeyText; }
    }
}
