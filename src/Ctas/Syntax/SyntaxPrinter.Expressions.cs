using System.Diagnostics;

namespace Ctas.Syntax;

/// <content>Expressions. Parentheses are written only where the tree would change without them.</content>
internal sealed partial class SyntaxPrinter
{
    private void AppendListed(ExpressionSyntax expression) => AppendExpression(expression, Precedence.Lambda);

    private void AppendExpression(ExpressionSyntax expression, int minPrecedence)
    {
        bool needsParentheses = Precedence.Of(expression) < minPrecedence;
        _text.Append(needsParentheses ? "(" : "");
        AppendBare(expression);
        _text.Append(needsParentheses ? ")" : "");
    }

    private void AppendBare(ExpressionSyntax expression)
    {
        switch (expression)
        {
            case LiteralSyntax literal:
                AppendLiteral(literal);
                break;
            case NameExpressionSyntax name:
                AppendNameParts(name);
                break;
            case UnarySyntax unary:
                AppendUnary(unary);
                break;
            case BinarySyntax binary:
                AppendBinary(binary);
                break;
            case QuantifiedSyntax quantified:
                AppendQuantified(quantified);
                break;
            case QuantifiedArraySyntax quantified:
                AppendExpression(quantified.Operand, Precedence.Comparison + 1);
                _text.Append(Symbol(quantified.Operator)).Append(quantified.IsAll ? "ALL (" : "ANY (");
                AppendExpression(quantified.Array, Precedence.Lambda);
                _text.Append(')');
                break;
            case RowSyntax row:
                _text.Append(row.Values.Count == 1 ? "ROW" : "");
                AppendParenthesized(row.Values, AppendListed);
                break;
            case GroupingSetsSyntax sets:
                _text.Append(sets.Kind == GroupingKind.Sets ? "GROUPING SETS " : $"{Word(sets.Kind)} ");
                AppendParenthesized(sets.Items, AppendListed);
                break;
            case IsNullSyntax isNull:
                AppendIs(isNull.Operand, isNull.IsNegated, "NULL");
                break;
            case IsBooleanSyntax isBoolean:
                AppendIs(isBoolean.Operand, isBoolean.IsNegated, isBoolean.Value ? "TRUE" : "FALSE");
                break;
            case IsDistinctFromSyntax distinct:
                AppendIs(distinct.Left, distinct.IsNegated, "DISTINCT FROM ");
                AppendExpression(distinct.Right, Precedence.Is + 1);
                break;
            case BetweenSyntax or LikeSyntax or InListSyntax or InQuerySyntax:
                AppendRange(expression);
                break;
            case CaseSyntax or CastSyntax or ExistsSyntax or ScalarQuerySyntax:
                AppendConstruct(expression);
                break;
            case FunctionCallSyntax or ExtractSyntax or TrimSyntax or PositionSyntax:
                AppendAnyCall(expression);
                break;
            default:
                AppendNestedData(expression);
                break;
        }
    }

    private void AppendLiteral(LiteralSyntax literal)
    {
        switch (literal)
        {
            case NullLiteralSyntax:
                _text.Append("NULL");
                break;
            case BooleanLiteralSyntax boolean:
                _text.Append(boolean.Value ? "TRUE" : "FALSE");
                break;
            case NumberLiteralSyntax number:
                _text.Append(number.Text);
                break;
            case StringLiteralSyntax text:
                AppendString(text.Value);
                break;
            case BytesLiteralSyntax bytes:
                _text.Append("x'").Append(bytes.Hex).Append('\'');
                break;
            case TemporalLiteralSyntax temporal:
                _text.Append(Word(temporal.Kind)).Append(' ');
                AppendString(temporal.Text);
                break;
            case IntervalLiteralSyntax interval:
                AppendInterval(interval);
                break;
            default:
                throw new UnreachableException($"No rule for {literal.GetType().Name}.");
        }
    }

    private void AppendInterval(IntervalLiteralSyntax interval)
    {
        _text.Append("INTERVAL ");
        if (interval.Unit is { } unit) { _text.Append(interval.Text).Append(' ').Append(Word(unit)).Append('S'); }
        else { AppendString(interval.Text); }
    }

    private void AppendNameParts(NameExpressionSyntax name)
    {
        for (int i = 0; i < name.Parts.Count; i++)
        {
            _text.Append(i > 0 ? "." : "");
            AppendName(name.Parts[i]);
        }
    }

    private void AppendUnary(UnarySyntax unary)
    {
        // "--" would start a comment, so signs stand apart.
        bool isSign = unary.Operator != UnaryOperator.Not;
        bool isSignOfSign = isSign && unary.Operand is UnarySyntax { Operator: not UnaryOperator.Not };
        _text.Append(unary.Operator switch
        {
            UnaryOperator.Plus => "+",
            UnaryOperator.Negate => "-",
            _ => "NOT ",
        });
        _text.Append(isSignOfSign ? " " : "");
        AppendExpression(unary.Operand, isSign ? Precedence.Sign : Precedence.Not);
    }

    private void AppendQuantified(QuantifiedSyntax quantified)
    {
        AppendExpression(quantified.Operand, Precedence.Comparison + 1);
        _text.Append(Symbol(quantified.Operator)).Append(quantified.IsAll ? "ALL " : "ANY ");
        AppendQueryInParentheses(quantified.Query);
    }

    private static string Symbol(BinaryOperator op) => op switch
    {
        BinaryOperator.Or => " OR ",
        BinaryOperator.And => " AND ",
        BinaryOperator.Equal => " = ",
        BinaryOperator.NotEqual => " <> ",
        BinaryOperator.Less => " < ",
        BinaryOperator.LessOrEqual => " <= ",
        BinaryOperator.Greater => " > ",
        BinaryOperator.GreaterOrEqual => " >= ",
        BinaryOperator.Concat => " || ",
        BinaryOperator.Add => " + ",
        BinaryOperator.Subtract => " - ",
        BinaryOperator.Multiply => " * ",
        BinaryOperator.Divide => " / ",
        BinaryOperator.Modulo => " % ",
        _ => throw new UnreachableException($"No rule for {op}."),
    };

    private void AppendBinary(BinarySyntax binary)
    {
        int precedence = Precedence.Of(binary.Operator);
        bool canChain = precedence != Precedence.Comparison;
        AppendExpression(binary.Left, canChain ? precedence : precedence + 1);
        _text.Append(Symbol(binary.Operator));
        AppendExpression(binary.Right, precedence + 1);
    }

    private void AppendIs(ExpressionSyntax operand, bool isNegated, string what)
    {
        AppendExpression(operand, Precedence.Is + 1);
        _text.Append(isNegated ? " IS NOT " : " IS ").Append(what);
    }

    private void AppendRange(ExpressionSyntax expression)
    {
        switch (expression)
        {
            case BetweenSyntax between:
                AppendRangeHead(between.Operand, between.IsNegated, "BETWEEN ");
                AppendExpression(between.Low, Precedence.Range + 1);
                _text.Append(" AND ");
                AppendExpression(between.High, Precedence.Range + 1);
                break;
            case LikeSyntax like:
                AppendRangeHead(like.Operand, like.IsNegated, like.IgnoresCase ? "ILIKE " : "LIKE ");
                AppendExpression(like.Pattern, Precedence.Range + 1);
                if (like.Escape is { } escape)
                {
                    _text.Append(" ESCAPE ");
                    AppendExpression(escape, Precedence.Range + 1);
                }

                break;
            case InListSyntax inList:
                AppendRangeHead(inList.Operand, inList.IsNegated, "IN ");
                AppendParenthesized(inList.Items, AppendListed);
                break;
            case InQuerySyntax inQuery:
                AppendRangeHead(inQuery.Operand, inQuery.IsNegated, "IN ");
                AppendQueryInParentheses(inQuery.Query);
                break;
            default:
                throw new UnreachableException($"No rule for {expression.GetType().Name}.");
        }
    }

    private void AppendRangeHead(ExpressionSyntax operand, bool isNegated, string what)
    {
        AppendExpression(operand, Precedence.Range + 1);
        _text.Append(isNegated ? " NOT " : " ").Append(what);
    }

    private void AppendConstruct(ExpressionSyntax expression)
    {
        switch (expression)
        {
            case CaseSyntax chosen:
                AppendCase(chosen);
                break;
            case CastSyntax cast:
                _text.Append(cast.IsTry ? "TRY_CAST(" : "CAST(");
                AppendExpression(cast.Operand, Precedence.Lambda);
                _text.Append(" AS ");
                AppendType(cast.Type);
                _text.Append(')');
                break;
            case ExistsSyntax exists:
                _text.Append("EXISTS ");
                AppendQueryInParentheses(exists.Query);
                break;
            case ScalarQuerySyntax scalar:
                AppendQueryInParentheses(scalar.Query);
                break;
            default:
                throw new UnreachableException($"No rule for {expression.GetType().Name}.");
        }
    }

    private void AppendCase(CaseSyntax chosen)
    {
        _text.Append("CASE");
        AppendClause(" ", chosen.Operand);
        foreach (CaseBranchSyntax branch in chosen.Branches)
        {
            AppendClause(" WHEN ", branch.When);
            AppendClause(" THEN ", branch.Then);
        }

        AppendClause(" ELSE ", chosen.Else);
        _text.Append(" END");
    }
}
