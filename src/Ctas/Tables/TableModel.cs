namespace Ctas.Tables;

/// <summary>How a table stores its rows. Results are the same; memory and speed differ.</summary>
public enum TableModel
{
    /// <summary>Rows as objects: quickest lookups and updates of whole rows.</summary>
    Standard,

    /// <summary>Encoded column segments: a fraction of the memory.</summary>
    Compact,
}
