namespace Ctas.Syntax;

/// <summary>How tightly operators bind, as in PostgreSQL: a higher one takes its operands first.</summary>
internal static class Precedence
{
    /// <summary>A lambda takes all that follows it.</summary>
    public const int Lambda = 0;
    public const int Or = 1;
    public const int And = 2;
    public const int Not = 3;
    public const int Is = 4;
    public const int Comparison = 5;

    /// <summary>BETWEEN, IN, LIKE and ILIKE.</summary>
    public const int Range = 6;
    public const int Concat = 7;
    public const int Additive = 8;
    public const int Multiplicative = 9;
    public const int Sign = 10;

    /// <summary><c>::</c>, <c>-></c>, <c>->></c>, <c>[ ]</c>, <c>AT TIME ZONE</c></summary>
    public const int Postfix = 11;
    public const int Primary = 12;

    public static int Of(BinaryOperator op) => op switch
    {
        BinaryOperator.Or => Or,
        BinaryOperator.And => And,
        BinaryOperator.Concat => Concat,
        BinaryOperator.Add or BinaryOperator.Subtract => Additive,
        BinaryOperator.Multiply or BinaryOperator.Divide or BinaryOperator.Modulo => Multiplicative,
        _ => Comparison,
    };

    public static int Of(ExpressionSyntax expression) => expression switch
    {
        LambdaSyntax => Lambda,
        BinarySyntax binary => Of(binary.Operator),
        QuantifiedSyntax or QuantifiedArraySyntax => Comparison,
        UnarySyntax { Operator: UnaryOperator.Not } => Not,
        UnarySyntax => Sign,
        IsNullSyntax or IsBooleanSyntax or IsDistinctFromSyntax => Is,
        BetweenSyntax or LikeSyntax or InListSyntax or InQuerySyntax => Range,
        FieldAccessSyntax or JsonAccessSyntax or IndexSyntax => Postfix,
        _ => Primary,
    };
}
