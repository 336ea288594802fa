using Ctas.Binding;
using Ctas.Text;

namespace Ctas.Planning;

/// <content>What a table and the sink it writes to must be like.</content>
internal sealed partial class ScriptPlanner
{
    private void CheckSink(TableStatement table, PlannedQuery preview, SinkDeclaration sink, DiagnosticBag diagnostics)
    {
        bool isKnown = !IsOpen(preview.Plan);
        bool changes = table.EmitsChanges && isKnown && preview.Plan.Kind != ChangeKind.AppendOnly;
        if (changes && !preview.Schema.HasKey)
        {
            diagnostics.Add(PlanningDiagnostics.SinkNeedsKey(table.Sink!.Span, table.Name, sink.Name));
        }
        else if (changes && sink.Path is not null && PlannedSink.Of(sink).IsDelimited)
        {
            diagnostics.Add(PlanningDiagnostics.SinkCannotTellChanges(table.Sink!.Span, table.Name, sink.Name));
        }

        if (sink.Topic is { } topic && TopicsOf(table).Contains(topic))
        {
            diagnostics.Add(PlanningDiagnostics.SinkFeedsSource(table.Sink!.Span, table.Name, sink.Name, topic));
        }
    }

    /// <summary>The topics that a table reads, itself or through tables of the script.</summary>
    private HashSet<string> TopicsOf(TableStatement table)
    {
        HashSet<string> topics = [];
        HashSet<TableStatement> seen = [table];
        var waiting = new Stack<TableStatement>(seen);
        while (waiting.TryPop(out TableStatement? reader))
        {
            topics.UnionWith(reader.LocalSources.Values
                .Concat(reader.References.Select(read => _sources.GetValueOrDefault(read.Name)).OfType<SourceDeclaration>())
                .Select(source => source.Topic).OfType<string>());
            foreach (TableStatement producer in
                reader.References.Select(read => _tables.GetValueOrDefault(read.Name)).OfType<TableStatement>().Where(seen.Add))
            {
                waiting.Push(producer);
            }
        }

        return topics;
    }
}
