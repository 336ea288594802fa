using Ctas.Binding.Properties;
using Ctas.Data;
using Ctas.Syntax;
using Ctas.Text;

namespace Ctas.Binding;

/// <summary>A CREATE … AS SELECT that has been parsed, with all that is needed to bind it again. Immutable.</summary>
/// <param name="Syntax">The statement.</param>
/// <param name="Source">The text it stands in.</param>
/// <param name="References">What its SELECT reads, in text order.</param>
/// <param name="LocalSources">The sources its own properties and its locations declare, by name in FROM.</param>
/// <param name="Properties">Its own properties, by canonical name.</param>
/// <param name="SourceProperties">Those of them that speak of the sources it reads.</param>
internal sealed record TableStatement(
    CreateAsSyntax Syntax,
    SourceText Source,
    IReadOnlyList<TableReference> References,
    IReadOnlyDictionary<string, SourceDeclaration> LocalSources,
    PropertySet Properties,
    PropertySet SourceProperties)
{
    /// <summary>True when it asks for the event time of what it reads.</summary>
    public bool ReadsEventTime { get; init; }

    /// <summary>True for a stream whose event time others ask for: it has a column ROWTIME.</summary>
    public bool CarriesRowTime { get; init; }

    /// <summary>The sink that its own properties declare; null when another statement does, or it has none.</summary>
    public SinkDeclaration? LocalSink { get; init; }

    /// <summary>The name after INTO; null without one.</summary>
    public WrittenName? Sink => Syntax.Sink is { } sink ? new WrittenName(sink.Text, sink.Span) : null;

    public string Name => Syntax.Name.Text;

    public TextSpan NameSpan => Syntax.Name.Span;

    public bool IsStream => Syntax.Kind == RelationKind.Stream;

    public bool OrReplace => Syntax.OrReplace;

    public bool IfNotExists => Syntax.IfNotExists;

    /// <summary>True for EMIT CHANGES.</summary>
    public bool EmitsChanges => Syntax.Emit == EmitMode.Changes;

    /// <summary>True for EMIT FINAL.</summary>
    public bool EmitsFinal => Syntax.Emit == EmitMode.Final;

    /// <summary>How old its rows may be; null for any age.</summary>
    public TimeSpan? Retention => Properties["retention"] is { } text
        ? TimeSpan.Parse(text, System.Globalization.CultureInfo.InvariantCulture)
        : null;

    /// <summary>The statement's text.</summary>
    public string Sql => Source[Syntax.Span].ToString();

    /// <summary>
    /// What it asks for in its normal form: spaces, comments, properties, OR REPLACE and IF NOT EXISTS left out; behind it the
    /// column that it carries for others.
    /// </summary>
    public string NormalForm => SyntaxPrinter.Print(Syntax with { Properties = [], OrReplace = false, IfNotExists = false })
        + (CarriesRowTime ? " " + PseudoColumn.RowTime : "");

    /// <summary>Place of a property's key in the statement; of the table's name when a file gave it.</summary>
    public TextSpan SpanOf(string property) => Syntax.Properties
        .FirstOrDefault(written => PropertyCatalog.Find(written.Name.Text)?.Name == property)?.Name.Span ?? NameSpan;
}

/// <summary>The bound SELECT of a table.</summary>
/// <param name="Relation">The rows; column names are those of the table.</param>
/// <param name="PrimaryKey">Ordinals of the columns declared PRIMARY KEY; empty when none is.</param>
internal sealed record BoundTable(BoundRelation Relation, IReadOnlyList<int> PrimaryKey)
{
    /// <summary>True when the time at which it is bound is part of it: NOW() and its kin.</summary>
    public bool ReadsClock { get; init; }
}
