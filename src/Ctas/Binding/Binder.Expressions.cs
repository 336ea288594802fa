using System.Diagnostics;
using Ctas.Binding.Functions;
using Ctas.Data;
using Ctas.Syntax;
using Ctas.Text;

namespace Ctas.Binding;

internal sealed partial class Binder
{
    /// <summary>Where an expression stands.</summary>
    /// <param name="Scope">Where its names are looked up.</param>
    /// <param name="Clause">The clause, for messages.</param>
    /// <param name="AllowsAggregates">True in SELECT, HAVING and ORDER BY.</param>
    /// <param name="Aggregate">The aggregate function it is an argument of; null outside of one.</param>
    private sealed record Context(Scope Scope, string Clause, bool AllowsAggregates, string? Aggregate)
    {
        /// <summary>The window function it is an argument of; null outside of one.</summary>
        public string? Window { get; init; }
    }

    private BoundExpression BindExpression(
        ExpressionSyntax syntax, Scope scope, string clause, bool allowsAggregates = false) =>
        BindExpression(syntax, new Context(scope, clause, allowsAggregates, Aggregate: null));

    private BoundExpression BindExpression(ExpressionSyntax syntax, Context context)
    {
        BoundExpression bound = syntax switch
        {
            NameExpressionSyntax e => BindName(e, context.Scope),
            LiteralSyntax e => BindLiteral(e),
            UnarySyntax e => BindUnary(e, context),
            BinarySyntax e when IsRowComparison(e) => BindRowComparison(e, context),
            BinarySyntax e => BindBinary(e, context),
            IsNullSyntax e => new BoundIsNull(BindExpression(e.Operand, context), e.IsNegated),
            IsBooleanSyntax e => BindIsBoolean(e, context),
            IsDistinctFromSyntax { Left: RowSyntax } or IsDistinctFromSyntax { Right: RowSyntax } =>
                BindRowDistinct((IsDistinctFromSyntax)syntax, context),
            IsDistinctFromSyntax e => Compare(
                e.IsNegated ? BoundOperator.IsNotDistinctFrom : BoundOperator.IsDistinctFrom,
                BindExpression(e.Left, context),
                BindExpression(e.Right, context),
                e.Span),
            BetweenSyntax e => BindBetween(e, context),
            LikeSyntax e => BindLike(e, context),
            InListSyntax { Operand: RowSyntax row } e => BindRowInList(e, row, context),
            InListSyntax e => BindInList(e, context),
            CaseSyntax e => BindCase(e, context),
            CastSyntax e => BindCast(e, context),
            ScalarQuerySyntax e => BindScalarQuery(e, context),
            ExistsSyntax e => BindExists(e, context),
            InQuerySyntax e => BindInQuery(e, context),
            QuantifiedSyntax e => BindQuantified(e, context),
            QuantifiedArraySyntax e => BindQuantifiedArray(e, context),
            FunctionCallSyntax e => BindCall(e, context),
            ExtractSyntax e => BindExtract(e, context),
            TrimSyntax e => BindTrim(e, context),
            PositionSyntax e => BindPosition(e, context),
            FieldAccessSyntax e => BindFieldAccess(e, context),
            JsonAccessSyntax e => BindJsonAccess(e, context),
            IndexSyntax e => BindIndex(e, context),
            ArraySyntax e => BindArray(e, context),
            MapSyntax e => BindMap(e, context),
            StructSyntax e => BindStruct(e, context),
            _ => RefuseExpression(syntax),
        };
        return bound.Span == syntax.Span ? bound : bound with { Span = syntax.Span };
    }

    private BoundError RefuseExpression(ExpressionSyntax syntax) => syntax switch
    {
        LambdaSyntax => Report(BindingDiagnostics.LambdaMisplaced(syntax.Span)),
        RowSyntax => Report(BindingDiagnostics.RowMisplaced(syntax.Span)),
        GroupingSetsSyntax e => Report(BindingDiagnostics.GroupingSetsMisplaced(syntax.Span, NameOf(e.Kind))),
        _ => throw new UnreachableException($"No rule for {syntax.GetType().Name}."),
    };

    private BoundExpression BindColumn(NameSyntax name, Scope scope) => scope.Lookup(name) switch
    {
        [var match] => match.Expression with { Span = name.Span },
        [] => ReportColumn(name, scope),
        var matches => Report(BindingDiagnostics.ColumnAmbiguous(name.Span, name.Text, matches.Select(Qualified))),
    };

    private BoundError ReportColumn(NameSyntax name, Scope scope)
    {
        Diagnostic mistake = BindingDiagnostics.ColumnNotFound(
            name.Span,
            name.Text,
            scope.Tables is [{ Name: { } table }] ? table : null,
            ClosestName.Find(name.Text, scope.ColumnNames));
        if (scope.LaterNames.Any(later => Scope.IsMeant(later.Text, name)))
        {
            mistake = BindingDiagnostics.WithLaterName(mistake, name.Text);
        }
        else if (_beside.Any(beside => beside.Relation.Columns.Any(column => Scope.IsMeant(column.Name, name))))
        {
            mistake = BindingDiagnostics.WithLateral(mistake);
        }
        else if (name.IsQuoted && mistake.Hint is null) { mistake = BindingDiagnostics.WithText(mistake, name.Text); }

        return Report(mistake);
    }

    private BoundExpression BindColumnOf(ScopeTable table, NameSyntax name) => Scope.LookupIn(table, name) switch
    {
        [var match] => match.Expression with { Span = name.Span },
        [] => Report(BindingDiagnostics.ColumnNotFound(
            name.Span,
            name.Text,
            table.Name,
            ClosestName.Find(
                name.Text, table.Relation.Columns.Concat(table.PseudoColumns).Select(column => column.Name)))),
        var matches => Report(BindingDiagnostics.ColumnAmbiguous(name.Span, name.Text, matches.Select(Qualified))),
    };

    private BoundExpression BindCase(CaseSyntax syntax, Context context) => syntax.Operand is null
        ? BindCase(syntax, operand: null, context)
        : WithOnce(BindExpression(syntax.Operand, context), context, (operand, inside) => BindCase(syntax, operand, inside));

    private BoundExpression BindCase(CaseSyntax syntax, BoundExpression? operand, Context context)
    {
        List<BoundExpression> conditions = [];
        List<BoundExpression> results = [];
        foreach (CaseBranchSyntax branch in syntax.Branches)
        {
            BoundExpression when = BindExpression(branch.When, context);
            conditions.Add(operand is null
                ? AsCondition(when, "WHEN")
                : Compare(BoundOperator.Equal, operand, when, branch.When.Span));
            results.Add(BindExpression(branch.Then, context));
        }

        if (syntax.Else is not null) { results.Add(BindExpression(syntax.Else, context)); }

        if (!Unify(results, "CASE", syntax.Span, out DataType type)) { return new BoundError(); }

        var branches = conditions.Select((condition, i) => new BoundCaseBranch(condition, results[i]));
        return new BoundCase([.. branches], syntax.Else is null ? null : results[^1], type);
    }

    private BoundExpression BindInList(InListSyntax syntax, Context context)
    {
        List<BoundExpression> all = [BindExpression(syntax.Operand, context)];
        all.AddRange(syntax.Items.Select(item => BindExpression(item, context)));
        return Unify(all, "IN", syntax.Span, out _)
            ? new BoundInList(all[0], [.. all.Skip(1)], syntax.IsNegated)
            : new BoundError();
    }

    private BoundExpression BindCast(CastSyntax syntax, Context context)
    {
        BoundExpression cast = BindWholeCast(syntax, context);

        // As in PostgreSQL, CAST to VARCHAR(n) keeps the first n characters.
        return syntax.Type is ScalarTypeSyntax { Type: ScalarType.Varchar, Precision: { } length } && cast is not BoundError
            ? Call(
                FunctionCatalog.Find("SUBSTRING")!,
                "SUBSTRING",
                [cast, new BoundConstant(1, DataType.Int), new BoundConstant(length, DataType.Int)],
                syntax.Span)
            : cast;
    }

    private BoundExpression BindWholeCast(CastSyntax syntax, Context context)
    {
        BoundExpression operand = BindExpression(syntax.Operand, context);
        if (BindType(syntax.Type) is not { } type) { return new BoundError(); }

        operand = AsMilliseconds(operand, type);
        if (!TypeRules.CanCast(operand.Type, type))
        {
            return Report(BindingDiagnostics.CannotCast(syntax.Span, operand.Type, type));
        }

        if (operand is BoundError) { return operand; }

        // A cast that changes nothing is none; one of a constant is done here where it cannot fail.
        if (TypeRules.IsOpen(operand.Type)) { return new BoundCast(operand, type, syntax.IsTry); }

        // The parts of ARRAY[…] are cast one by one; a TRY_CAST forgives what is in them.
        if (syntax.IsTry && operand is BoundConstructor && operand.Type != type)
        {
            return new BoundCast(operand, type, IsTry: true);
        }

        BoundExpression coerced = Coercion.To(operand, type);
        return coerced is BoundCast cast && !ReferenceEquals(cast, operand)
            ? cast with { IsTry = syntax.IsTry }
            : coerced;
    }

    /// <summary>Brings all expressions to one type; false after a mistake, reported here or before.</summary>
    private bool Unify(List<BoundExpression> expressions, string construct, TextSpan span, out DataType type)
    {
        // Whole numbers come last: beside a DECIMAL they take only the digits they have.
        type = DataType.Null;
        foreach (BoundExpression expression in expressions.OrderBy(
            e => e is BoundConstant { Value: int or long } ? 1 : 0))
        {
            DataType next = Coercion.TypeBeside(expression, type);
            if (TypeRules.Common(type, next) is { } common)
            {
                type = common;
            }
            else if (!Coercion.IsTextOf(expression, type) && !expressions.All(e => e.Type == next || Coercion.IsTextOf(e, next)))
            {
                DataType others = type;
                WrittenOperand first = expressions.Find(e => e.Type == others) is { } written
                    ? Written(written)
                    : WrittenOperand.Of(type);
                Report(BindingDiagnostics.TypesDiffer(span, construct, first, Written(expression)));
                return false;
            }
            else if (!Coercion.IsTextOf(expression, type))
            {
                type = next;
            }
        }

        for (int i = 0; i < expressions.Count; i++)
        {
            expressions[i] = ReadText(expressions[i], type);
            if (expressions[i] is BoundError) { return false; }

            expressions[i] = Coercion.To(expressions[i], type);
        }

        return true;
    }
}
