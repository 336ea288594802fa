namespace Ctas.Cli;

/// <summary>What the process tells its caller.</summary>
internal static class ExitCode
{
    /// <summary>Every table is loaded and every query answered.</summary>
    public const int Success = 0;

    /// <summary>A table failed or was skipped, a query failed while it ran, or a demo check did not hold.</summary>
    public const int Failed = 1;

    /// <summary>The arguments or the SQL are wrong; nothing was read.</summary>
    public const int Mistake = 2;

    /// <summary>Ctrl-C.</summary>
    public const int Cancelled = 130;

    /// <summary>Nobody reads standard output any more; as a process has it that a closed pipe has ended.</summary>
    public const int OutputClosed = 141;
}
