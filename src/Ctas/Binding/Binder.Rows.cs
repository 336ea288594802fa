using Ctas.Data;
using Ctas.Syntax;
using Ctas.Text;

namespace Ctas.Binding;

/// <content>Rows of values, which are compared part by part; ANY and ALL of an array.</content>
internal sealed partial class Binder
{
    private static bool IsRowComparison(BinarySyntax syntax) => syntax.Left is RowSyntax || syntax.Right is RowSyntax;

    private BoundExpression BindRowComparison(BinarySyntax syntax, Context context)
    {
        BoundOperator operation = Operator(syntax.Operator);
        bool isComparison = operation is BoundOperator.Equal or BoundOperator.NotEqual or BoundOperator.Less
            or BoundOperator.LessOrEqual or BoundOperator.Greater or BoundOperator.GreaterOrEqual;
        ExpressionSyntax row = syntax.Left is RowSyntax ? syntax.Left : syntax.Right;
        if (!isComparison) { return Report(BindingDiagnostics.RowMisplaced(row.Span)); }

        if (BindPairs(syntax.Left, syntax.Right, context) is not var (left, right)) { return new BoundError(); }

        return WithOnce([.. left, .. right], context, (values, _) => CompareRows(
            operation, values[..left.Length], values[left.Length..], syntax.Span));
    }

    private BoundExpression BindRowDistinct(IsDistinctFromSyntax syntax, Context context)
    {
        if (BindPairs(syntax.Left, syntax.Right, context) is not var (left, right)) { return new BoundError(); }

        BoundOperator operation = syntax.IsNegated ? BoundOperator.IsNotDistinctFrom : BoundOperator.IsDistinctFrom;
        return EachPair(operation, left, right, syntax.IsNegated ? BoundOperator.And : BoundOperator.Or, syntax.Span);
    }

    private BoundExpression BindRowInList(InListSyntax syntax, RowSyntax operand, Context context)
    {
        BoundExpression[] values = [.. operand.Values.Select(value => BindExpression(value, context))];
        return WithOnce(values, context, (left, inside) =>
        {
            BoundExpression? found = null;
            foreach (ExpressionSyntax item in syntax.Items)
            {
                BoundExpression equal = BindRowBeside(left, item, inside) is { } right
                    ? CompareRows(BoundOperator.Equal, left, right, item.Span)
                    : new BoundError();
                found = found is null ? equal : Logic(BoundOperator.Or, found, equal);
            }

            return syntax.IsNegated && found is not BoundError ? new BoundNot(found!) : found!;
        });
    }

    /// <summary>The values of two rows of one length; null after a mistake, reported here or before.</summary>
    private (BoundExpression[] Left, BoundExpression[] Right)? BindPairs(
        ExpressionSyntax left, ExpressionSyntax right, Context context)
    {
        if (left is not RowSyntax leftRow)
        {
            Report(BindingDiagnostics.RowBesideValue(left.Span));
            return null;
        }

        BoundExpression[] values = [.. leftRow.Values.Select(value => BindExpression(value, context))];
        return BindRowBeside(values, right, context) is { } others ? (values, others) : null;
    }

    /// <summary>The values of a row as long as the one it is compared with; null after a mistake, reported here or before.</summary>
    private BoundExpression[]? BindRowBeside(BoundExpression[] left, ExpressionSyntax right, Context context)
    {
        if (right is not RowSyntax row)
        {
            Report(BindingDiagnostics.RowBesideValue(right.Span));
            return null;
        }

        if (left.Length != row.Values.Count)
        {
            Report(BindingDiagnostics.RowLengths(right.Span, left.Length, row.Values.Count));
            return null;
        }

        return [.. row.Values.Select(value => BindExpression(value, context))];
    }

    /// <summary>The first parts that differ decide which row is less.</summary>
    private BoundExpression CompareRows(
        BoundOperator operation, BoundExpression[] left, BoundExpression[] right, TextSpan span)
    {
        if (operation == BoundOperator.Equal) { return EachPair(operation, left, right, BoundOperator.And, span); }

        if (operation == BoundOperator.NotEqual) { return EachPair(operation, left, right, BoundOperator.Or, span); }

        BoundOperator strict = operation is BoundOperator.Less or BoundOperator.LessOrEqual
            ? BoundOperator.Less
            : BoundOperator.Greater;
        BoundExpression result = Compare(operation, left[^1], right[^1], span);
        for (int part = left.Length - 2; part >= 0; part--)
        {
            BoundExpression equal = Compare(BoundOperator.Equal, left[part], right[part], span);
            BoundExpression decided = equal is BoundError ? equal : Compare(strict, left[part], right[part], span);
            result = Logic(BoundOperator.Or, decided, Logic(BoundOperator.And, equal, result));
        }

        return result;
    }

    private BoundExpression EachPair(
        BoundOperator operation, BoundExpression[] left, BoundExpression[] right, BoundOperator link, TextSpan span)
    {
        BoundExpression result = Compare(operation, left[0], right[0], span);
        for (int part = 1; part < left.Length; part++)
        {
            result = Logic(link, result, Compare(operation, left[part], right[part], span));
        }

        return result;
    }

    private static string NameOf(GroupingKind kind) => kind switch
    {
        GroupingKind.Rollup => "ROLLUP",
        GroupingKind.Cube => "CUBE",
        _ => "GROUPING SETS",
    };

    private static BoundExpression Logic(BoundOperator link, BoundExpression left, BoundExpression right) =>
        left is BoundError || right is BoundError
            ? new BoundError()
            : new BoundBinary(link, left, right, DataType.Boolean) { Span = left.Span.To(right.Span) };

    /// <summary>ANY or ALL of the items written in ARRAY[…]; of another array a lambda over its items.</summary>
    private BoundExpression BindQuantifiedArray(QuantifiedArraySyntax syntax, Context context)
    {
        BoundOperator operation = Operator(syntax.Operator);
        string quantifier = syntax.IsAll ? "ALL" : "ANY";
        if (syntax.Array is ArraySyntax { Items.IsEmpty: false } written)
        {
            return WithOnce(
                BindExpression(syntax.Operand, context),
                context,
                (operand, inside) => written.Items
                    .Select(item => Compare(operation, operand, BindExpression(item, inside), item.Span))
                    .Aggregate((result, each) => Logic(syntax.IsAll ? BoundOperator.And : BoundOperator.Or, result, each)));
        }

        BoundExpression array = BindExpression(syntax.Array, context);
        if (array is BoundError) { return array; }

        if (array.Type.Kind is not (DataTypeKind.Array or DataTypeKind.Null or DataTypeKind.Unknown))
        {
            return Report(BindingDiagnostics.QuantifiedArray(syntax.Array.Span, quantifier, Written(array)));
        }

        // REDUCE(array, FALSE, (found, item) => found OR operand = item)
        NameSyntax found = new($"{quantifier} found", IsQuoted: true);
        NameSyntax next = new($"{quantifier} item", IsQuoted: true);
        TextSpan span = syntax.Span;
        BinarySyntax compared = new(syntax.Operator, syntax.Operand, new NameExpressionSyntax([next]) { Span = span }) { Span = span };
        BinarySyntax body = new(
            syntax.IsAll ? BinaryOperator.And : BinaryOperator.Or, new NameExpressionSyntax([found]) { Span = span }, compared)
        {
            Span = span,
        };
        LambdaSyntax lambda = new([found, next], body) { Span = span };
        var reduce = new FunctionCallSyntax(
            new NameSyntax("REDUCE") { Span = span }, [syntax.Array, new BooleanLiteralSyntax(syntax.IsAll) { Span = span }, lambda]);
        return BindExpression(reduce with { Span = span }, context);
    }
}
