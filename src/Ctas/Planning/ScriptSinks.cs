using Ctas.Binding;
using Ctas.Text;

namespace Ctas.Planning;

/// <summary>The sinks that a script can name, and which table writes to each. Single-threaded.</summary>
internal sealed class ScriptSinks
{
    private readonly Dictionary<string, SinkDeclaration> _declared = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _dropped = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _broken = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<string, SinkDeclaration> _sinkOf = new(StringComparer.OrdinalIgnoreCase);

    /// <param name="context">The sinks of earlier scripts, and the tables that write to them.</param>
    public ScriptSinks(PlanningContext context)
    {
        foreach (SinkDeclaration sink in context.DeclaredSinks) { _declared[sink.Name] = sink; }

        foreach ((string table, string sink) in context.SinkOfTable)
        {
            if (_declared.TryGetValue(sink, out SinkDeclaration? declared)) { _sinkOf[table] = declared; }
        }
    }

    /// <summary>The sinks that there are behind the script.</summary>
    public IReadOnlyList<SinkDeclaration> Remaining => [.. _declared.Values.Where(sink => !_dropped.Contains(sink.Name))];

    /// <summary>Takes in a statement, in order.</summary>
    public void Declare(BoundStatement statement, DiagnosticBag diagnostics)
    {
        switch (statement)
        {
            case BoundCreateSink { Sink: var sink } create when _declared.ContainsKey(sink.Name) && !_dropped.Contains(sink.Name):
                diagnostics.Add(BindingDiagnostics.SinkNameTaken(create.NameSpan, sink.Name));
                break;
            case BoundCreateSink { Sink: var sink }:
                _declared[sink.Name] = sink;
                _dropped.Remove(sink.Name);
                break;
            case BoundBroken { DeclaredName: { } name }:
                _broken.Add(name);
                break;
            case BoundDrop { IsSink: true } drop:
                _dropped.Add(drop.Name.Text);
                break;
            case BoundDrop drop:
                _sinkOf.Remove(drop.Name.Text);
                break;
        }
    }

    /// <summary>The sink of a table of the script, once it has been bound; null without one.</summary>
    public SinkDeclaration? SinkOf(string table) => _sinkOf.GetValueOrDefault(table);

    /// <summary>True when there is such a sink, or was before the script dropped it.</summary>
    public bool IsKnown(string name) => _declared.ContainsKey(name) || _broken.Contains(name);

    /// <summary>The name closest to one that is not known; null when none is close.</summary>
    public string? Closest(string name) => ClosestName.Find(name, _declared.Keys);

    /// <summary>Finds the sink of a table; mistakes are reported.</summary>
    public void Bind(TableStatement table, DiagnosticBag diagnostics)
    {
        _sinkOf.Remove(table.Name);
        if (table.Sink is not { } into) { return; }

        if (Find(table, into, diagnostics) is not { } sink) { return; }

        SinkDeclaration[] rivals = [.. _sinkOf.Values.Where(other => IsSamePlace(other, sink))];
        if (rivals is [var rival, ..])
        {
            string writer = _sinkOf.First(entry => entry.Value == rival).Key;
            diagnostics.Add(PlanningDiagnostics.SinkTaken(into.Span, sink.Name, rival, writer));
            return;
        }

        _sinkOf[table.Name] = sink;
    }

    private SinkDeclaration? Find(TableStatement table, WrittenName into, DiagnosticBag diagnostics)
    {
        SinkDeclaration? declared = _declared.GetValueOrDefault(into.Text);
        if (table.LocalSink is { } local)
        {
            if (declared is not null && declared.Owner != local.Owner)
            {
                diagnostics.Add(BindingDiagnostics.SinkNameTaken(into.Span, into.Text));
                return null;
            }

            _declared[local.Name] = local;
            return local.Topic is null && local.Path is null ? null : local;
        }

        if (declared is null && !_broken.Contains(into.Text))
        {
            diagnostics.Add(BindingDiagnostics.SinkNotFound(into.Span, into.Text, Closest(into.Text)));
        }

        return declared;
    }

    private static bool IsSamePlace(SinkDeclaration left, SinkDeclaration right) =>
        (left.Topic, left.Path, left.Topic is null ? null : left.Properties["bootstrap.servers"])
        == (right.Topic, right.Path, right.Topic is null ? null : right.Properties["bootstrap.servers"]);
}
