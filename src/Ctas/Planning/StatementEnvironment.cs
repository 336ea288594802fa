using Ctas.Binding.Functions;

namespace Ctas.Planning;

/// <summary>What the host application gives to every statement. Immutable.</summary>
/// <param name="Clock">What NOW() and its kin ask.</param>
internal sealed record StatementEnvironment(TimeProvider Clock)
{
    /// <summary>The system's clock and no functions.</summary>
    public static StatementEnvironment Default { get; } = new(TimeProvider.System);

    /// <summary>What names of functions mean.</summary>
    public FunctionScope Functions { get; } = new([], Clock);
}
