namespace Ctas.Sources;

/// <summary>How many rows the batches of a source have.</summary>
public enum BatchStrategy
{
    /// <summary>Up to <see cref="SourceDefinition.BatchRows"/>; fewer when the source has no more for a moment.</summary>
    Auto,

    /// <summary>Exactly <see cref="SourceDefinition.BatchRows"/>, but for the last batch of a load.</summary>
    Fixed,

    /// <summary>
    /// Up to <see cref="SourceDefinition.BatchRows"/> at first; twice as many, up to 65,536, each time that a batch had to wait
    /// for its reader, and half as many when it had not.
    /// </summary>
    Adaptive,
}

/// <summary>Says how many rows each batch of a scan has at most. Used by the thread that fills them.</summary>
/// <param name="definition">The source.</param>
/// <param name="isLending">
/// True when batches are given back to a compact table: they end where it encodes the rows that it has.
/// </param>
internal sealed class BatchSizing(SourceDefinition definition, bool isLending)
{
    private const int MostRows = 65_536;

    private readonly bool _isAdaptive = definition.BatchStrategy == BatchStrategy.Adaptive;
    private int _rows = definition.BatchRows;
    private long _handedOn;

    /// <summary>Rows of the batch that is being filled, at most.</summary>
    public int Rows
    {
        get
        {
            if (definition.BatchStrategy == BatchStrategy.Fixed) { return _rows; }

            // The first batch is small: it shows which strings are worth looking for.
            int rows = _handedOn == 0 ? Math.Min(_rows, ValueColumn.StringsToJudge) : _rows;
            return isLending ? (int)Math.Min(rows, ValueColumn.RowsOfPool - (_handedOn % ValueColumn.RowsOfPool)) : rows;
        }
    }

    /// <summary>Notes the rows of a batch that is handed on.</summary>
    public void HandOn(int rows) => _handedOn += rows;

    /// <summary>Fits the batches to their reader, while none is being filled.</summary>
    /// <param name="isReaderBehind">True when the last batch had to wait for it.</param>
    public void Adapt(bool isReaderBehind)
    {
        if (!_isAdaptive) { return; }

        _rows = isReaderBehind
            ? Math.Min(_rows * 2, Math.Max(MostRows, definition.BatchRows))
            : Math.Max(_rows / 2, definition.BatchRows);
    }
}
