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
        init => Add(value.Select(function => (function.Name, new FunctionEntry(function))));
    }

    /// <summary>Aggregates of the host; named after <see cref="HostFunctions"/>.</summary>
    public IReadOnlyList<HostAggregate> HostAggregates
    {
        init => Add(value.Select(aggregate => (aggregate.Name, new FunctionEntry(aggregate))));
    }

    /// <summary>What names of functions mean.</summary>
    public FunctionScope Functions { get; private set; } = new([], Clock);

    /// <summary>Mistakes in the names of functions, which are told with those of the scripts.</summary>
    public IReadOnlyList<DiagnosticBag> Mistakes { get; private set; } = [];

    private void Add(IEnumerable<(string Name, FunctionEntry Entry)> functions)
    {
        List<FunctionEntry> added = [];
        List<DiagnosticBag> mistakes = [.. Mistakes];
        foreach ((string name, FunctionEntry entry) in functions)
        {
            bool isBuiltIn = FunctionCatalog.Find(name) is not null;
            if (!isBuiltIn && Functions.Find(name) is null && !added.Exists(other => other.Name == entry.Name))
            {
                added.Add(entry);
                continue;
            }

            var diagnostics = new DiagnosticBag(new SourceText(name));
            diagnostics.Add(BindingDiagnostics.FunctionNameTaken(new TextSpan(0, name.Length), name, isBuiltIn));
            mistakes.Add(diagnostics);
        }

        Mistakes = mistakes;
        Functions = Functions.And(added);
    }
}
