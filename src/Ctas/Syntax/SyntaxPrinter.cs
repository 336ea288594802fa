using System.Diagnostics;
using System.Text;

namespace Ctas.Syntax;

/// <summary>Writes a tree as canonical SQL on one line: parsed again, it gives an equal tree.</summary>
internal sealed partial class SyntaxPrinter
{
    private readonly StringBuilder _text = new();

    private SyntaxPrinter()
    {
    }

    /// <summary>The text of a whole tree. The tree must come from a text without mistakes.</summary>
    public static string Print(SyntaxNode node)
    {
        var printer = new SyntaxPrinter();
        printer.Append(node);
        return printer._text.ToString();
    }

    private void Append(SyntaxNode node)
    {
        switch (node)
        {
            case ScriptSyntax script:
                AppendScript(script);
                break;
            case StatementSyntax statement:
                AppendStatement(statement);
                break;
            case QuerySyntax query:
                AppendQuery(query);
                break;
            case QueryBodySyntax body:
                AppendBody(body);
                break;
            case TableSyntax table:
                AppendTable(table);
                break;
            case ExpressionSyntax expression:
                AppendExpression(expression, Precedence.Lambda);
                break;
            case TypeSyntax type:
                AppendType(type);
                break;
            case NameSyntax name:
                AppendName(name);
                break;
            default:
                throw new UnreachableException($"No rule for {node.GetType().Name}.");
        }
    }

    private void AppendScript(ScriptSyntax script)
    {
        foreach (StatementSyntax statement in script.Statements)
        {
            AppendStatement(statement);
            _text.Append(";\n");
        }
    }

    private void AppendName(NameSyntax name)
    {
        if (name.IsQuoted) { AppendQuoted(name.Text, '"'); }
        else { _text.Append(name.Text); }
    }

    private void AppendString(string value) => AppendQuoted(value, '\'');

    private void AppendQuoted(string text, char quote)
    {
        _text.Append(quote);
        foreach (char c in text)
        {
            _text.Append(c);
            if (c == quote) { _text.Append(c); }
        }

        _text.Append(quote);
    }

    private void AppendList<T>(SyntaxList<T> nodes, Action<T> append)
        where T : SyntaxNode
    {
        for (int i = 0; i < nodes.Count; i++)
        {
            if (i > 0) { _text.Append(", "); }

            append(nodes[i]);
        }
    }

    private void AppendParenthesized<T>(SyntaxList<T> nodes, Action<T> append)
        where T : SyntaxNode
    {
        _text.Append('(');
        AppendList(nodes, append);
        _text.Append(')');
    }

    private void AppendType(TypeSyntax type)
    {
        switch (type)
        {
            case ScalarTypeSyntax scalar:
                AppendScalarType(scalar);
                break;
            case ArrayTypeSyntax array:
                _text.Append("ARRAY<");
                AppendType(array.Element);
                _text.Append('>');
                break;
            case MapTypeSyntax map:
                _text.Append("MAP<");
                AppendType(map.Key);
                _text.Append(", ");
                AppendType(map.Value);
                _text.Append('>');
                break;
            case StructTypeSyntax structure:
                _text.Append("STRUCT<");
                AppendList(structure.Fields, AppendTypeField);
                _text.Append('>');
                break;
            default:
                throw new UnreachableException($"No rule for {type.GetType().Name}.");
        }
    }

    private void AppendScalarType(ScalarTypeSyntax type)
    {
        _text.Append(type.Type.ToString().ToUpperInvariant());
        if (type.Precision is not { } precision) { return; }

        _text.Append('(').Append(precision);
        if (type.Scale is { } scale) { _text.Append(", ").Append(scale); }

        _text.Append(')');
    }

    private void AppendTypeField(StructTypeFieldSyntax field)
    {
        AppendName(field.Name);
        _text.Append(' ');
        AppendType(field.Type);
    }
}
