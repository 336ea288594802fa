namespace Ctas.Binding.Functions;

/// <summary>What names of functions mean in a statement: the catalogue, and the functions of the host application.</summary>
/// <param name="hostFunctions">Functions of the host; their names are none of the catalogue's.</param>
/// <param name="clock">What NOW() and its kin ask, once per statement.</param>
internal sealed class FunctionScope(IEnumerable<FunctionEntry> hostFunctions, TimeProvider clock)
{
    private readonly Dictionary<string, FunctionEntry> _hostFunctions =
        hostFunctions.ToDictionary(function => function.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>The catalogue alone, with the system's clock.</summary>
    public static FunctionScope BuiltIn { get; } = new([], TimeProvider.System);

    /// <summary>Every name that can be called, for suggestions.</summary>
    public IEnumerable<string> AllNames => FunctionCatalog.AllNames.Concat(_hostFunctions.Keys);

    /// <summary>This moment in microseconds since 1970.</summary>
    public long Now => (clock.GetUtcNow().UtcTicks - DateTime.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;

    /// <summary>The same with more functions of the host, whose names are none of those known.</summary>
    public FunctionScope And(IEnumerable<FunctionEntry> functions) => new(_hostFunctions.Values.Concat(functions), clock);

    /// <summary>The function called so, ignoring case; null when there is none.</summary>
    public FunctionEntry? Find(string name) => FunctionCatalog.Find(name) ?? _hostFunctions.GetValueOrDefault(name);
}
