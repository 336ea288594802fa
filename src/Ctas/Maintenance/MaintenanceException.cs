namespace Ctas.Maintenance;

/// <summary>A table could not be kept fresh any longer. Its last version stays readable.</summary>
public sealed class MaintenanceException : Exception
{
    /// <summary>Makes one.</summary>
    /// <param name="table">The table.</param>
    /// <param name="message">What happened, in one sentence.</param>
    /// <param name="inner">What caused it.</param>
    public MaintenanceException(string table, string message, Exception inner)
        : base(message, inner) => Table = table;

    /// <summary>The table.</summary>
    public string Table { get; }
}
