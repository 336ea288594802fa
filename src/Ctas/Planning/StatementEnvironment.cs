using Ctas.Binding;
using Ctas.Binding.Functions;
using Ctas.Data.Host;
using Ctas.Text;

namespace Ctas.Planning;

/// <summary>What the host application gives to every statement. Immutable.</summary>
/// <param name="Clock">What NOW() and its kin ask.</param>
internal sealed record StatementEnvironment(TimeProvider Clock)
{
    /// <summary>The system's clock and no functions.</summary>
    public static StatementEnvironment Default { get; } = new(TimeProvider.System);

    /// <summary>Functions of the host; of those with one name the first is known, the others are mistakes.</summary>
    public IReadOnlyList<HostFunction> HostFunctions
    {
        init
        {
            Mistakes = Check(value);
            Functions = new(
                value.DistinctBy(function => function.Name, StringComparer.OrdinalIgnoreCase)
                    .Select(function => new FunctionEntry(function)),
                Clock);
        }
    }

    /// <summary>What names of functions mean.</summary>
    public FunctionScope Functions { get; private init; } = new([], Clock);

    /// <summary>Mistakes in the names of functions, which are told with those of the scripts.</summary>
    public IReadOnlyList<DiagnosticBag> Mistakes { get; private init; } = [];

    private static List<DiagnosticBag> Check(IReadOnlyList<HostFunction> functions)
    {
        List<DiagnosticBag> mistakes = [];
        HashSet<string> names = new(StringComparer.OrdinalIgnoreCase);
        foreach (string name in functions.Select(function => function.Name))
        {
            bool isTwice = !names.Add(name);
            bool isBuiltIn = FunctionCatalog.Find(name) is not null;
            if (!isTwice && !isBuiltIn) { continue; }

            var diagnostics = new DiagnosticBag(new SourceText(name));
            diagnostics.Add(BindingDiagnostics.FunctionNameTaken(new TextSpan(0, name.Length), name, isBuiltIn));
            mistakes.Add(diagnostics);
        }

        return mistakes;
    }
}
