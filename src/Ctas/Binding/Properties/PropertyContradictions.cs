using Ctas.Text;

namespace Ctas.Binding.Properties;

/// <summary>Finds properties that cannot stand together.</summary>
internal static class PropertyContradictions
{
    /// <summary>Reports, at the later of the two, that both are given.</summary>
    public static void Report(
        PropertyGroup group, string property, string other, string reason, DiagnosticBag diagnostics)
    {
        if (group.InputOf(property) is not { } input || group.InputOf(other) is not { } otherInput) { return; }

        bool isFirstLater = input.NameSpan.Start > otherInput.NameSpan.Start;
        diagnostics.Add(BindingDiagnostics.PropertiesContradict(
            isFirstLater ? input.NameSpan : otherInput.NameSpan,
            isFirstLater ? property : other,
            isFirstLater ? other : property,
            reason));
    }
}
