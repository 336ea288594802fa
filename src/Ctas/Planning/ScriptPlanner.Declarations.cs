using Ctas.Binding;
using Ctas.Text;

namespace Ctas.Planning;

/// <content>The names that the statements of a script make.</content>
internal sealed partial class ScriptPlanner
{
    private void Declare(BoundStatement statement, DiagnosticBag diagnostics)
    {
        switch (statement)
        {
            case BoundCreateTable { Table: var table }:
                DeclareTable(table, diagnostics);
                break;
            case BoundCreateSource source when IsFree(
                source.Source.Name, isSource: true, source.OrReplace, source.IfNotExists, source.NameSpan, diagnostics):
                _sources[source.Source.Name] = source.Source;
                _earlierSources.Remove(source.Source.Name);
                _dropped.Remove(source.Source.Name);
                _relations[source.Source.Name] = RelationInfo.Of(source.Source.ToSymbol());
                break;
            case BoundBroken { DeclaredName: { } name }:
                _relations.TryAdd(name, Open(name, isSource: false));
                break;
            case BoundDrop { IsSink: false } drop:
                _dropped.Add(drop.Name.Text);
                break;
        }
    }

    private void DeclareTable(TableStatement table, DiagnosticBag diagnostics)
    {
        if (IsFree(table.Name, isSource: false, table.OrReplace, table.IfNotExists, table.NameSpan, diagnostics))
        {
            _tables[table.Name] = table;
            _relations[table.Name] = Open(table.Name, isSource: false);
        }
    }

    /// <summary>True when the statement is the one that makes the name; a mistake is reported.</summary>
    private bool IsFree(
        string name, bool isSource, bool orReplace, bool ifNotExists, TextSpan span, DiagnosticBag diagnostics)
    {
        bool isEarlierSource = _earlierSources.Contains(name);
        if (_tables.ContainsKey(name) || (_sources.ContainsKey(name) && !isEarlierSource))
        {
            if (!ifNotExists) { diagnostics.Add(PlanningDiagnostics.DuplicateTable(span, name)); }

            return false;
        }

        bool isSourceNow = isEarlierSource || _known.GetValueOrDefault(name) is { IsSource: true };
        bool exists = (isSourceNow || _known.ContainsKey(name)) && !_dropped.Contains(name);
        bool isSameKind = isSource == isSourceNow;
        if (!exists || (orReplace && isSameKind)) { return true; }

        // Whether a table is there is asked again when it is loaded.
        if (ifNotExists) { return !isSource && isSameKind; }

        diagnostics.Add(BindingDiagnostics.NameExists(span, isSourceNow ? "source" : "table", name, isSameKind));
        return false;
    }
}
