namespace Ctas.Loading;

/// <summary>How phases of a load are told to people.</summary>
public static class LoadPhases
{
    /// <summary>The phase in words, lower case: <c>reading</c>, <c>catching up</c>.</summary>
    public static string InWords(this LoadPhase phase) => phase == LoadPhase.CatchingUp ? "catching up" : phase.ToString().ToLowerInvariant();
}
