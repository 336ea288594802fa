using System.Diagnostics;

namespace Ctas.Syntax;

/// <content>Statements.</content>
internal sealed partial class SyntaxPrinter
{
    private void AppendStatement(StatementSyntax statement)
    {
        switch (statement)
        {
            case CreateAsSyntax create:
                AppendCreateAs(create);
                break;
            case CreateSourceSyntax create:
                AppendCreateHead(create.Kind, create.OrReplace, create.IfNotExists, create.Name, create.Columns);
                AppendProperties(create.Properties);
                break;
            case CreateSinkSyntax create:
                _text.Append("CREATE SINK ");
                AppendName(create.Name);
                AppendProperties(create.Properties);
                break;
            case CreateIndexSyntax create:
                _text.Append("CREATE INDEX ON ");
                AppendName(create.Table);
                if (create.Method is { } method)
                {
                    _text.Append(" USING ");
                    AppendName(method);
                }

                _text.Append(' ');
                AppendParenthesized(create.Columns, AppendName);
                break;
            case SelectStatementSyntax select:
                AppendQuery(select.Query);
                AppendEmit(select.Emit);
                break;
            case DropSyntax drop:
                _text.Append("DROP ").Append(Word(drop.Kind)).Append(drop.IfExists ? " IF EXISTS " : " ");
                AppendName(drop.Name);
                _text.Append(drop.Cascade ? " CASCADE" : "");
                break;
            case ShowSyntax show:
                _text.Append("SHOW ").Append(Word(show.Kind));
                break;
            case DescribeSyntax describe:
                _text.Append("DESCRIBE ");
                AppendName(describe.Name);
                break;
            case ExplainSyntax explain:
                _text.Append(explain.Analyze ? "EXPLAIN ANALYZE " : "EXPLAIN ");
                AppendStatement(explain.Statement);
                break;
            case SetSyntax set:
                _text.Append("SET ");
                AppendProperty(set.Property);
                break;
            default:
                throw new UnreachableException($"No rule for {statement.GetType().Name}.");
        }
    }

    private static string Word<T>(T value)
        where T : struct, Enum => value.ToString().ToUpperInvariant();

    private void AppendCreateAs(CreateAsSyntax create)
    {
        AppendCreateHead(create.Kind, create.OrReplace, create.IfNotExists, create.Name, create.Columns);
        AppendProperties(create.Properties);
        _text.Append(" AS ");
        AppendQuery(create.Query);
        if (create.Sink is { } sink)
        {
            _text.Append(" INTO ");
            AppendName(sink);
        }

        AppendEmit(create.Emit);
    }

    private void AppendCreateHead(
        RelationKind kind,
        bool orReplace,
        bool ifNotExists,
        NameSyntax name,
        SyntaxList<ColumnDefinitionSyntax> columns)
    {
        _text.Append(orReplace ? "CREATE OR REPLACE " : "CREATE ").Append(Word(kind));
        _text.Append(ifNotExists ? " IF NOT EXISTS " : " ");
        AppendName(name);
        if (columns.IsEmpty) { return; }

        _text.Append(' ');
        AppendParenthesized(columns, AppendColumn);
    }

    private void AppendColumn(ColumnDefinitionSyntax column)
    {
        AppendName(column.Name);
        if (column.Type is { } type)
        {
            _text.Append(' ');
            AppendType(type);
        }

        _text.Append(column.Role switch
        {
            ColumnRole.Key => " KEY",
            ColumnRole.PrimaryKey => " PRIMARY KEY",
            ColumnRole.Header => " HEADER",
            ColumnRole.Headers => " HEADERS",
            _ => "",
        });
        if (column.HeaderKey is { } header)
        {
            _text.Append('(');
            AppendString(header.Value);
            _text.Append(')');
        }
    }

    private void AppendProperties(SyntaxList<PropertySyntax> properties)
    {
        if (properties.IsEmpty) { return; }

        _text.Append(" WITH ");
        AppendParenthesized(properties, AppendProperty);
    }

    private void AppendProperty(PropertySyntax property)
    {
        AppendString(property.Name.Text);
        _text.Append(" = ");
        AppendExpression(property.Value, Precedence.Lambda);
    }

    private void AppendEmit(EmitMode emit) => _text.Append(emit switch
    {
        EmitMode.Changes => " EMIT CHANGES",
        EmitMode.Final => " EMIT FINAL",
        _ => "",
    });
}
