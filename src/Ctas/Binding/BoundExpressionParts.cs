using System.Diagnostics;

namespace Ctas.Binding;

/// <summary>Walks expressions.</summary>
internal static class BoundExpressionParts
{
    /// <summary>The direct operands, in order.</summary>
    public static IEnumerable<BoundExpression> Operands(this BoundExpression expression) => expression switch
    {
        BoundError or BoundColumn or BoundConstant or BoundOuterColumn or BoundOpenLambda or BoundLambdaParameter => [],
        BoundLambda e => [e.Body],
        BoundLet e => [e.Value, e.Body],
        BoundAnyQuery e => [e.Operand, .. e.FurtherOperands, .. e.Parameters.Select(parameter => parameter.Argument)],
        BoundSubquery e => e.Parameters.Select(parameter => parameter.Argument),
        BoundBinary e => [e.Left, e.Right],
        BoundNegate e => [e.Operand],
        BoundNot e => [e.Operand],
        BoundIsNull e => [e.Operand],
        BoundCast e => [e.Operand],
        BoundCase e => [.. e.Branches.SelectMany(b => (BoundExpression[])[b.Condition, b.Result]), .. Optional(e.Else)],
        BoundInList e => [e.Operand, .. e.Values],
        BoundLike e => [e.Operand, e.Pattern],
        BoundGroupingCall e => e.Arguments,
        BoundFunction e => e.Arguments,
        BoundField e => [e.Operand],
        BoundElement e => [e.Operand, e.Index],
        BoundConstructor e => e.Items,
        BoundWindowCall e =>
        [
            .. e.Aggregate?.Operands() ?? e.Arguments,
            .. e.Window.PartitionBy,
            .. e.Window.OrderBy.Select(key => key.Expression),
            .. Optional(e.Window.Frame.RangeKey),
        ],
        BoundAggregate e => [.. e.Arguments, .. Optional(e.Filter), .. e.OrderBy.Select(key => key.Expression)],
        _ => throw new UnreachableException($"No rule for {expression.GetType().Name}."),
    };

    /// <summary>Adds every column the expression reads.</summary>
    public static void AddColumnsTo(this BoundExpression expression, ISet<ColumnSymbol> columns)
    {
        if (expression is BoundColumn column) { columns.Add(column.Column); }

        foreach (BoundExpression operand in expression.Operands()) { operand.AddColumnsTo(columns); }
    }

    /// <summary>Every column the expression reads.</summary>
    public static HashSet<ColumnSymbol> Columns(this BoundExpression expression)
    {
        HashSet<ColumnSymbol> columns = [];
        expression.AddColumnsTo(columns);
        return columns;
    }

    /// <summary>True when the expression or a part of it is a <typeparamref name="T"/>.</summary>
    public static bool Contains<T>(this BoundExpression expression)
        where T : BoundExpression => expression is T || expression.Operands().Any(Contains<T>);

    /// <summary>The first <typeparamref name="T"/> in the expression, itself included; null when there is none.</summary>
    public static T? First<T>(this BoundExpression expression)
        where T : BoundExpression =>
        expression as T ?? expression.Operands().Select(First<T>).FirstOrDefault(found => found is not null);

    /// <summary>True when it reads a parameter of a lambda that stands around it.</summary>
    public static bool ReadsItems(this BoundExpression expression)
    {
        HashSet<int> own = [];
        bool Reads(BoundExpression part)
        {
            switch (part)
            {
                case BoundLambdaParameter parameter:
                    return !own.Contains(parameter.Id);
                case BoundLambda lambda:
                    own.UnionWith(lambda.Parameters.Select(parameter => parameter.Id));
                    break;
                case BoundLet let:
                    own.Add(let.Parameter.Id);
                    break;
            }

            return part.Operands().Any(Reads);
        }

        return Reads(expression);
    }

    /// <summary>The operands of a chain of ANDs, from left to right.</summary>
    public static IEnumerable<BoundExpression> Conjuncts(this BoundExpression expression) =>
        expression is BoundBinary { Operator: BoundOperator.And } and
            ? and.Left.Conjuncts().Concat(and.Right.Conjuncts())
            : [expression];

    /// <summary>The sub-queries in the expression, without those inside of them.</summary>
    public static IEnumerable<BoundSubquery> Subqueries(this BoundExpression expression) => expression is BoundSubquery found
        ? [found]
        : expression.Operands().SelectMany(Subqueries);

    private static BoundExpression[] Optional(BoundExpression? expression) => expression is null ? [] : [expression];
}
