namespace Ctas.Cli.Results;

/// <summary>Prints the rows of queries, one result after the other. Single-threaded.</summary>
internal interface IResultWriter
{
    /// <summary>Prints one result; all of it has left this writer when the call returns.</summary>
    void Write(QueryResult result);
}

/// <summary>How results are printed.</summary>
internal enum ResultFormat
{
    /// <summary>Columns drawn side by side, for people.</summary>
    Table,

    /// <summary>One object a row, one row a line.</summary>
    Json,

    /// <summary>A header and a line a row, quoted as RFC 4180 says.</summary>
    Csv,
}
