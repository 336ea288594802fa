using Ctas.Data;

namespace Ctas.Planning.Rewrites;

/// <summary>
/// Makes expressions simpler that stay equal for every row: constants are computed once, logic loses what decides
/// nothing, CASE and COALESCE lose branches that are never or always taken.
/// </summary>
/// <param name="constants">Computes constants beyond plain integers; null where nobody can.</param>
internal sealed class Simplification(IConstantEvaluator? constants)
{
    private static readonly ConstantExpression True = new(true, DataType.Boolean);
    private static readonly ConstantExpression False = new(false, DataType.Boolean);

    /// <summary>Simplifies the expressions of every node.</summary>
    public LogicalPlan Apply(LogicalPlan plan)
    {
        LogicalPlan mapped = plan.MapExpressions(Simplify);
        return PlanTree.MapChildren(mapped, Apply);
    }

    /// <summary>Simplifies one expression.</summary>
    public ScalarExpression Simplify(ScalarExpression expression) => WithFactors(ExpressionTree.Rewrite(expression, Step));

    /// <summary>Takes what is common out of every chain of ORs, each seen as a whole.</summary>
    private static ScalarExpression WithFactors(ScalarExpression expression)
    {
        if (expression is BinaryExpression { Operator: BinaryOperator.Or } or) { return Factored(or); }

        IReadOnlyList<ScalarExpression> operands = expression.Operands;
        if (operands.Count == 0) { return expression; }

        ScalarExpression[] factored = [.. operands.Select(WithFactors)];
        return factored.Zip(operands, ReferenceEquals).All(isSame => isSame) ? expression : expression.WithOperands(factored);
    }

    private ScalarExpression Step(ScalarExpression expression)
    {
        ScalarExpression simpler = expression switch
        {
            BinaryExpression { Operator: BinaryOperator.And or BinaryOperator.Or } logic => Logic(logic),
            NotExpression not => Not(not),
            CaseExpression choice => Case(choice),
            FunctionExpression { Function: "COALESCE" } call => Coalesce(call),
            CastExpression cast when cast.Operand.Type == cast.Type => cast.Operand,
            InListExpression list => InList(list),
            LetExpression { Value: ConstantExpression } let => Simplify(ExpressionTree.Rewrite(
                let.Body, part => part is LambdaParameter parameter && parameter.Id == let.Parameter.Id ? let.Value : part)),
            BinaryExpression binary when IsNullIfEither(binary) => new ConstantExpression(null, binary.Type),
            _ => ConstantFolding.Fold(expression),
        };
        return Evaluated(simpler);
    }

    /// <summary>The constant that an expression of constants is; an error stays one of the row.</summary>
    private ScalarExpression Evaluated(ScalarExpression expression)
    {
        bool isConstant = expression is not LambdaExpression && expression.Operands is { Count: > 0 } operands
            && operands.All(operand => operand is ConstantExpression)
            && ExpressionRisks.IsDeterministic(expression);
        return isConstant && constants is not null && constants.TryEvaluate(expression, out object? value)
            ? new ConstantExpression(value, expression.Type)
            : expression;
    }

    private static ScalarExpression Logic(BinaryExpression logic)
    {
        bool neutral = logic.Operator == BinaryOperator.And;
        ScalarExpression folded = ConstantFolding.Fold(logic);
        if (folded is not BinaryExpression { Operator: BinaryOperator.And or BinaryOperator.Or } both) { return folded; }

        // x AND FALSE is FALSE whatever x is, unless x would have failed.
        if (both.Right is ConstantExpression { Value: bool right } && right != neutral && !ExpressionRisks.CanRaise(both.Left))
        {
            return both.Right;
        }

        bool isTwice = ExpressionTree.Same(both.Left, both.Right) && ExpressionRisks.IsDeterministic(both.Left);
        return isTwice ? both.Left : both;
    }

    /// <summary>(a AND b) OR (a AND c) is a AND (b OR c): what is common can then go its own way.</summary>
    private static ScalarExpression Factored(BinaryExpression or)
    {
        IReadOnlyList<ScalarExpression> written = ExpressionTree.Disjuncts(or);
        ScalarExpression[] parts = [.. written.Select(WithFactors)];
        List<ScalarExpression>[] alternatives = [.. parts.Select(part => ExpressionTree.Conjuncts(part).ToList())];
        ScalarExpression[] common =
        [
            .. alternatives[0].Where(part => ExpressionRisks.IsSafe(part)
                && alternatives.All(other => other.Exists(its => ExpressionTree.Same(its, part)))),
        ];
        if (common.Length == 0)
        {
            return parts.Zip(written, ReferenceEquals).All(isSame => isSame) ? or : ExpressionTree.Disjunction(parts)!;
        }

        IEnumerable<ScalarExpression?> rests = alternatives.Select(conjuncts => ExpressionTree.Conjunction(
            conjuncts.Where(part => !Array.Exists(common, its => ExpressionTree.Same(its, part)))));
        ScalarExpression[] others = [.. rests.Select(rest => rest ?? True)];
        return ExpressionTree.Conjunction(others.Contains(True)
            ? common
            : [.. common, ExpressionTree.Disjunction(others)!])!;
    }

    private static ScalarExpression Not(NotExpression not) => not.Operand switch
    {
        NotExpression twice => twice.Operand,
        IsNullExpression isNull => isNull with { IsNegated = !isNull.IsNegated },
        InListExpression list => list with { IsNegated = !list.IsNegated },
        LikeExpression like => like with { IsNegated = !like.IsNegated },
        BinaryExpression binary when Negated(binary.Operator) is { } negated => binary with { Operator = negated },
        _ => ConstantFolding.Fold(not),
    };

    // All types are totally ordered, NaN included: not less is greater or equal, and NULL stays NULL.
    private static BinaryOperator? Negated(BinaryOperator operation) => operation switch
    {
        BinaryOperator.Equal => BinaryOperator.NotEqual,
        BinaryOperator.NotEqual => BinaryOperator.Equal,
        BinaryOperator.IsDistinctFrom => BinaryOperator.IsNotDistinctFrom,
        BinaryOperator.IsNotDistinctFrom => BinaryOperator.IsDistinctFrom,
        BinaryOperator.Less => BinaryOperator.GreaterOrEqual,
        BinaryOperator.LessOrEqual => BinaryOperator.Greater,
        BinaryOperator.Greater => BinaryOperator.LessOrEqual,
        BinaryOperator.GreaterOrEqual => BinaryOperator.Less,
        _ => null,
    };

    private static ScalarExpression Case(CaseExpression choice)
    {
        List<CaseBranch> branches = [];
        ScalarExpression otherwise = choice.Else ?? new ConstantExpression(null, choice.Type);
        foreach (CaseBranch branch in choice.Branches)
        {
            if (branch.Condition is ConstantExpression { Value: not true }) { continue; }

            if (branch.Condition is ConstantExpression)
            {
                otherwise = branch.Result;
                break;
            }

            branches.Add(branch);
        }

        if (branches.Count == 0) { return otherwise; }

        bool isNull = otherwise is ConstantExpression { Value: null };
        return branches.Count == choice.Branches.Count && ReferenceEquals(otherwise, choice.Else)
            ? choice
            : choice with { Branches = branches, Else = isNull ? null : otherwise };
    }

    private static ScalarExpression Coalesce(FunctionExpression call)
    {
        List<ScalarExpression> arguments = [];
        foreach (ScalarExpression argument in call.Arguments)
        {
            if (argument is ConstantExpression { Value: null }) { continue; }

            arguments.Add(argument);
            if (argument is ConstantExpression) { break; }
        }

        if (arguments.Count == 0) { return new ConstantExpression(null, call.Type); }

        if (arguments.Count == 1 && arguments[0].Type == call.Type) { return arguments[0]; }

        return arguments.Count == call.Arguments.Count ? call : call with { Arguments = arguments };
    }

    private static ScalarExpression InList(InListExpression list)
    {
        if (list.Operand is ConstantExpression { Value: null }) { return new ConstantExpression(null, DataType.Boolean); }

        bool isPlain = list.Values.Count == 1 && !list.IsNegated;
        return isPlain
            ? new BinaryExpression(BinaryOperator.Equal, list.Operand, list.Values[0], DataType.Boolean)
            : list;
    }

    /// <summary>True for NULL compared or computed with something that cannot fail.</summary>
    private static bool IsNullIfEither(BinaryExpression binary)
    {
        if (binary.Operator is BinaryOperator.IsDistinctFrom or BinaryOperator.IsNotDistinctFrom) { return false; }

        return (binary.Left is ConstantExpression { Value: null } && !ExpressionRisks.CanRaise(binary.Right))
            || (binary.Right is ConstantExpression { Value: null } && !ExpressionRisks.CanRaise(binary.Left));
    }

    /// <summary>The condition that no row meets.</summary>
    public static ConstantExpression Never => False;
}
