namespace Ctas.Maintenance;

/// <summary>What the traces and metrics of all engines have in common.</summary>
internal static class Telemetry
{
    /// <summary>The activity source's and every meter's name, by which a user listens.</summary>
    public const string Name = "Ctas";
}
