namespace Ctas.Maintenance;

/// <summary>Something would have to wait until tables that are paused go on, and does not.</summary>
internal sealed class TablesPausedException(string message) : InvalidOperationException(message);
