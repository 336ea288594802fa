namespace Ctas.Binding;

/// <content>Values that an expression uses more than once.</content>
internal sealed partial class Binder
{
    // A value of more parts is computed once. Nested CASEs and BETWEENs would double in size with every level.
    private const int MaxRepeatedParts = 12;

    // Apart from those of lambdas: a lambda is the same expression inside such a value's context and outside.
    private const int FirstHiddenParameter = 1 << 16;

    /// <summary>What is made of a value that may be used several times; each row computes it once.</summary>
    /// <param name="make">Makes the expression of the value, in the context given.</param>
    private static BoundExpression WithOnce(
        BoundExpression value, Context context, Func<BoundExpression, Context, BoundExpression> make)
    {
        if (value is BoundError || (value.IsDeterministic() && !HasMoreParts(value, MaxRepeatedParts)))
        {
            return make(value, context);
        }

        int id = FirstFreeParameter(context.Scope, from: FirstHiddenParameter);
        var parameter = new BoundLambdaParameter(id, "it", value.Type) { Span = value.Span };
        var hidden = new ScopeName($"value {parameter.Id}", parameter);
        Context inside = context with { Scope = context.Scope with { Merged = [hidden, .. context.Scope.Merged] } };
        BoundExpression body = make(parameter, inside);
        return body is BoundError ? body : new BoundLet(parameter, value, body) { Span = body.Span };
    }

    /// <summary>The same of several values, in the order in which they are given.</summary>
    private static BoundExpression WithOnce(
        BoundExpression[] values, Context context, Func<BoundExpression[], Context, BoundExpression> make)
    {
        BoundExpression From(int ordinal, BoundExpression[] named, Context inside) => ordinal == values.Length
            ? make(named, inside)
            : WithOnce(values[ordinal], inside, (value, further) => From(ordinal + 1, [.. named, value], further));
        return From(0, [], context);
    }

    /// <summary>Numbered from the outermost lambda inwards, so that a lambda written twice is the same expression.</summary>
    private static int FirstFreeParameter(Scope scope, int from = 0) =>
        scope.Merged.Select(name => name.Expression).OfType<BoundLambdaParameter>()
            .Where(outer => outer.Id >= from && (from > 0 || outer.Id < FirstHiddenParameter))
            .Select(outer => outer.Id + 1).DefaultIfEmpty(from).Max();

    private static bool HasMoreParts(BoundExpression expression, int limit)
    {
        int left = limit;
        bool Exceeds(BoundExpression part) => --left < 0 || part.Operands().Any(Exceeds);
        return Exceeds(expression);
    }
}
