namespace Ctas.Tables;

/// <summary>A row cannot become part of a table. A retry with the same data cannot help.</summary>
public sealed class TableDataException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="table">The table's name.</param>
    /// <param name="column">The column concerned, null when it is none in particular.</param>
    /// <param name="message">What happened, lower case, no period.</param>
    public TableDataException(string table, string? column, string message)
        : base(message)
    {
        Table = table;
        Column = column;
    }

    /// <summary>The table's name.</summary>
    public string Table { get; }

    /// <summary>The column concerned, null when it is none in particular.</summary>
    public string? Column { get; }
}
