using System.Diagnostics;

namespace Ctas.Syntax;

/// <content>Function calls, arrays, maps, structs and lambdas.</content>
internal sealed partial class SyntaxPrinter
{
    private void AppendAnyCall(ExpressionSyntax expression)
    {
        switch (expression)
        {
            case FunctionCallSyntax call:
                AppendCall(call);
                break;
            case ExtractSyntax extract:
                _text.Append("EXTRACT(");
                AppendName(extract.Field);
                AppendClause(" FROM ", extract.Operand);
                _text.Append(')');
                break;
            case TrimSyntax trim:
                _text.Append("TRIM(").Append(Word(trim.Side));
                AppendClause(" ", trim.Characters);
                AppendClause(" FROM ", trim.Operand);
                _text.Append(')');
                break;
            case PositionSyntax position:
                _text.Append("POSITION(");
                AppendExpression(position.Part, Precedence.Range + 1);
                AppendClause(" IN ", position.Whole);
                _text.Append(')');
                break;
            default:
                throw new UnreachableException($"No rule for {expression.GetType().Name}.");
        }
    }

    private void AppendCall(FunctionCallSyntax call)
    {
        AppendName(call.Name);
        _text.Append(call.IsDistinct ? "(DISTINCT " : "(").Append(call.IsStar ? "*" : "");
        AppendArguments(call);
        if (!call.IsWithinGroup) { AppendOrderBy(call.OrderBy, " ORDER BY "); }

        if (call.Nulls is { } nulls) { _text.Append(' ').Append(Word(nulls)).Append(" NULLS"); }

        _text.Append(')');
        if (call.IsWithinGroup)
        {
            AppendOrderBy(call.OrderBy, " WITHIN GROUP (ORDER BY ");
            _text.Append(')');
        }

        if (call.Filter is { } filter)
        {
            AppendClause(" FILTER (WHERE ", filter);
            _text.Append(')');
        }

        if (call.Over is { } over) { AppendOver(over); }
    }

    private void AppendArguments(FunctionCallSyntax call)
    {
        // In POSITION(a IN b) the IN is no operator, so there the first argument holds none outside parentheses.
        bool isPosition = !call.Name.IsQuoted && Keywords.Find(call.Name.Text) == Keyword.Position;
        if (isPosition && call.Arguments is [{ } first, ..])
        {
            AppendExpression(first, Precedence.Range + 1);
            _text.Append(call.Arguments.Count > 1 ? ", " : "");
            AppendList([.. call.Arguments.Skip(1)], AppendListed);
        }
        else
        {
            AppendList(call.Arguments, AppendListed);
        }
    }

    private void AppendNestedData(ExpressionSyntax expression)
    {
        switch (expression)
        {
            case FieldAccessSyntax access:
                AppendExpression(access.Operand, Precedence.Postfix);
                _text.Append("->");
                AppendName(access.Field);
                break;
            case JsonAccessSyntax access:
                AppendExpression(access.Operand, Precedence.Postfix);
                _text.Append(access.IsText ? " ->> " : " -> ");
                AppendJsonKey(access);
                break;
            case IndexSyntax index:
                AppendIndexed(index.Operand);
                _text.Append('[');
                AppendExpression(index.Index, Precedence.Lambda);
                _text.Append(']');
                break;
            case ArraySyntax array:
                _text.Append("ARRAY[");
                AppendList(array.Items, AppendListed);
                _text.Append(']');
                break;
            case MapSyntax map:
                _text.Append("MAP");
                AppendParenthesized(map.Entries, AppendMapEntry);
                break;
            case StructSyntax structure:
                _text.Append("STRUCT");
                AppendParenthesized(structure.Fields, AppendStructField);
                break;
            case LambdaSyntax lambda:
                AppendLambda(lambda);
                break;
            default:
                throw new UnreachableException($"No rule for {expression.GetType().Name}.");
        }
    }

    private void AppendJsonKey(JsonAccessSyntax access)
    {
        // After -> a bare name would be a field.
        bool isPlain = access.Key is StringLiteralSyntax or NumberLiteralSyntax
            || access.Key is UnarySyntax { Operator: UnaryOperator.Negate, Operand: NumberLiteralSyntax };
        _text.Append(isPlain ? "" : "(");
        AppendExpression(access.Key, Precedence.Lambda);
        _text.Append(isPlain ? "" : ")");
    }

    private void AppendIndexed(ExpressionSyntax operand)
    {
        // A column named array or map would otherwise be read as the constructor.
        bool isConstructorName = operand is NameExpressionSyntax { Parts: [{ IsQuoted: false } name] }
            && Keywords.Find(name.Text) is Keyword.Array or Keyword.Map;
        AppendExpression(operand, isConstructorName ? int.MaxValue : Precedence.Postfix);
    }

    private void AppendMapEntry(MapEntrySyntax entry)
    {
        AppendExpression(entry.Key, Precedence.Lambda);
        _text.Append(" := ");
        AppendExpression(entry.Value, Precedence.Lambda);
    }

    private void AppendStructField(StructFieldSyntax field)
    {
        AppendName(field.Name);
        _text.Append(" := ");
        AppendExpression(field.Value, Precedence.Lambda);
    }

    private void AppendLambda(LambdaSyntax lambda)
    {
        if (lambda.Parameters.Count == 1) { AppendName(lambda.Parameters[0]); }
        else { AppendParenthesized(lambda.Parameters, AppendName); }

        _text.Append(" => ");
        AppendExpression(lambda.Body, Precedence.Lambda);
    }
}
