using Ctas.Binding;
using Ctas.Data;
using Ctas.Planning.Rewrites;

namespace Ctas.Planning.Unnesting;

/// <summary>Joins the sub-queries of expressions to their input, and puts columns in their place.</summary>
/// <param name="unnesting">For sub-queries inside of sub-queries.</param>
/// <param name="input">The rows that the expressions are about.</param>
internal sealed class SubqueryAttachment(SubqueryUnnesting unnesting, BoundRelation input) : BoundExpressionRewriter
{
    // An alias may bring the same sub-query into several expressions.
    private readonly Dictionary<(BoundSubquery Subquery, BoundExpression? Guard), BoundExpression> _attached = [];

    // When the branch of CASE that is being rewritten is used; null outside of one. Below it those around it.
    private readonly Stack<BoundExpression?> _guards = new([null]);

    /// <summary>The input with everything joined to it so far.</summary>
    public BoundRelation Input { get; private set; } = input;

    /// <summary>The expression over <see cref="Input"/>, to which its sub-queries have been joined.</summary>
    public override BoundExpression Rewrite(BoundExpression expression)
    {
        // What goes by the items of an array guards no query: that is asked once for the row.
        if (expression is BoundCase chosen && chosen.Contains<BoundScalarQuery>() && !chosen.ReadsItems()) { return RewriteCase(chosen); }

        if (expression is BoundLet let && let.Body.Contains<BoundScalarQuery>() && !let.ReadsItems()) { return RewriteLet(let); }

        if (expression is not BoundSubquery subquery) { return base.Rewrite(expression); }

        // What is asked for more rows is there for fewer: the operand of CASE x WHEN … stands in every branch.
        foreach (BoundExpression? around in _guards)
        {
            if (_attached.TryGetValue((subquery, around), out BoundExpression? known)) { return known; }
        }

        bool isAgain = _attached.Keys.Any(known => known.Subquery.Equals(subquery));
        BoundExpression value = Attach((BoundSubquery)base.Rewrite(subquery), isAgain) with { Span = subquery.Span };
        _attached[(subquery, _guards.Peek())] = value;
        return value;
    }

    /// <summary>A query in a branch is asked only for the rows that use the branch: a second row of it is no error of others.</summary>
    private BoundCase RewriteCase(BoundCase chosen)
    {
        BoundExpression? around = _guards.Peek();
        List<BoundCaseBranch> branches = [];
        foreach (BoundCaseBranch branch in chosen.Branches)
        {
            BoundExpression condition = branches.Count == 0
                ? Rewrite(branch.Condition)
                : RewriteWhere(Guard(branches, null, around), branch.Condition);
            branches.Add(new BoundCaseBranch(
                condition, RewriteWhere(Guard(branches, condition, around), branch.Result)));
        }

        BoundExpression? otherwise =
            chosen.Else is null ? null : RewriteWhere(Guard(branches, null, around), chosen.Else);
        return chosen with { Branches = [.. branches], Else = otherwise };
    }

    /// <summary>
    /// What a query in a branch of the body is joined by may ask for the value: it becomes a column, computed where the whole is.
    /// </summary>
    private BoundExpression RewriteLet(BoundLet let)
    {
        BoundExpression rewritten = Rewrite(let.Value);
        BoundColumn value = Computed(let.Parameter.Name, _guards.Peek() is { } guard
            ? new BoundCase([new BoundCaseBranch(guard, rewritten)], Else: null, rewritten.Type) { Span = rewritten.Span }
            : rewritten);
        return Rewrite(new LetSubstitution(let.Parameter, value).Rewrite(let.Body));
    }

    /// <summary>A further column of the input.</summary>
    private BoundColumn Computed(string name, BoundExpression value)
    {
        var column = new ColumnSymbol(name, value.Type);
        Input = Input.With([new BoundProjection(column, value)]);
        return new BoundColumn(column) { Span = value.Span };
    }

    private BoundExpression RewriteWhere(BoundExpression guard, BoundExpression expression)
    {
        _guards.Push(guard);
        BoundExpression rewritten = Rewrite(expression);
        _guards.Pop();
        return rewritten;
    }

    /// <summary>TRUE where no earlier branch is taken and the condition, if any, holds.</summary>
    private static BoundCase Guard(List<BoundCaseBranch> earlier, BoundExpression? condition, BoundExpression? around)
    {
        var no = new BoundConstant(false, DataType.Boolean);
        BoundExpression yes = around ?? new BoundConstant(true, DataType.Boolean);
        IEnumerable<BoundCaseBranch> taken = earlier.Select(branch => new BoundCaseBranch(branch.Condition, no));
        return condition is null
            ? new BoundCase([.. taken], yes, DataType.Boolean)
            : new BoundCase([.. taken, new BoundCaseBranch(condition, yes)], no, DataType.Boolean);
    }

    /// <summary>Applies a condition that is [NOT] EXISTS or [NOT] IN to the input; false for any other.</summary>
    public bool TrySelect(BoundExpression condition)
    {
        bool isNegated = condition is BoundNot;
        BoundExpression positive = condition is BoundNot not ? not.Operand : condition;
        if (positive is not (BoundExists or BoundAnyQuery)) { return false; }

        var subquery = (BoundSubquery)base.Rewrite(positive);
        (Independent query, BoundBinary? comparison) = Matching(subquery);
        BoundMatchKind kind = isNegated ? BoundMatchKind.Anti : BoundMatchKind.Semi;

        // What is not TRUE is dropped, so for IN it does not matter what is open.
        BoundExpression? match = BoundParts.All(
            comparison is null || isNegated ? query.Conditions : [.. query.Conditions, comparison]);
        Input = MatchJoinSinking.Sunk(
            new BoundMatchJoin(kind, Input, query.Relation, match, isNegated ? comparison : null, mark: null));
        return true;
    }

    /// <summary>The rows of a query that reads the input, beside those of the input.</summary>
    public BoundProject Rows(BoundLateralJoin join)
    {
        IReadOnlyList<ColumnSymbol> columns = join.Right.ReadableColumns;
        (BoundRelation relation, Correlation correlation) = Prepared(join.Right, join.Parameters);

        // Where the query gives a row for no rows, only the domain knows of it.
        Independent query = new ConditionLifting(correlation).Lift(relation) is { Defaults: null } lifted
            ? lifted
            : new DomainPushing(Input, correlation).Push(relation);
        var found = new ColumnSymbol("found", DataType.Boolean);
        bool isComputedAbove = join.KeepsLeft && query.Values.Count > 0;
        BoundRelation right = isComputedAbove
            ? query.Relation.With([new BoundProjection(found, new BoundConstant(true, DataType.Boolean))])
            : query.Relation;
        BoundExpression? condition = BoundParts.All(query.Conditions);
        BoundJoinKind kind = join.KeepsLeft
            ? BoundJoinKind.Left
            : condition is null ? BoundJoinKind.Cross : BoundJoinKind.Inner;
        Input = new BoundJoin(kind, Input, right, condition);

        BoundExpression Value(ColumnSymbol column)
        {
            if (!query.Values.TryGetValue(column, out BoundExpression? value)) { return new BoundColumn(column); }

            // Of a left row without any, the values are NULL, whatever they are made of.
            var isFound = new BoundIsNull(new BoundColumn(found), IsNegated: true);
            return isComputedAbove ? new BoundCase([new BoundCaseBranch(isFound, value)], null, value.Type) : value;
        }

        return new BoundProject(
            Input,
            [
                .. join.Left.ReadableColumns.Select(BoundParts.Kept),
                .. columns.Select(column => new BoundProjection(column, Value(column))),
            ]);
    }

    private BoundExpression Attach(BoundSubquery subquery, bool isAgain)
    {
        if (subquery is BoundScalarQuery scalar) { return AttachValue(scalar, isAgain); }

        (Independent query, BoundBinary? comparison) = Matching(subquery);
        var mark = new ColumnSymbol(subquery is BoundExists ? "exists" : "in", DataType.Boolean);
        Input = new BoundMatchJoin(
            BoundMatchKind.Mark, Input, query.Relation, BoundParts.All(query.Conditions), comparison, mark);
        return new BoundColumn(mark);
    }

    /// <param name="scalar">The query.</param>
    /// <param name="isAgain">True when it is joined to the input already: it gets columns of its own then.</param>
    private BoundExpression AttachValue(BoundScalarQuery scalar, bool isAgain)
    {
        if (scalar.Query.Columns is not [var column, ..]) { return new BoundConstant(null, scalar.Type); }

        (BoundRelation relation, Correlation correlation) = Prepared(scalar.Query, scalar.Parameters);
        Independent query = new ConditionLifting(correlation).Lift(relation)
            ?? new DomainPushing(Asking(relation), correlation).Push(relation);
        if (isAgain) { (query, column) = Renewed(query, column); }

        bool isComputedAbove = query.Defaults is not null || query.Values.ContainsKey(column);
        var value = new ColumnSymbol(column.Name, column.Type);
        var found = new ColumnSymbol("found", DataType.Boolean);
        BoundProjection[] added = isComputedAbove
            ? [new BoundProjection(found, new BoundConstant(true, DataType.Boolean))]
            : [];
        BoundRelation right = query.Values.ContainsKey(column)
            ? query.Relation.With(added)
            : query.Relation.With([new BoundProjection(value, new BoundColumn(column)), .. added]);

        // One row at most where groups are matched by all their keys, or nothing is matched and there is one.
        bool isSingle = query.Defaults is not null || EmptyInput.GivesAtMostOneRow(relation);
        bool isOneRow = query.Conditions.Count == 0 && EmptyInput.GivesOneRow(relation);
        BoundJoinKind kind = isOneRow ? BoundJoinKind.Cross : isSingle ? BoundJoinKind.Left : BoundJoinKind.Single;
        IEnumerable<BoundExpression> conditions =
            kind == BoundJoinKind.Single && _guards.Peek() is { } guard ? [guard, .. query.Conditions] : query.Conditions;
        Input = new BoundJoin(kind, Input, right, BoundParts.All(conditions)) { Subquery = scalar.Text };

        BoundExpression result = query.Values.TryGetValue(column, out BoundExpression? above)
            ? above
            : new BoundColumn(value);
        if (!isComputedAbove || isOneRow) { return result; }

        BoundExpression? otherwise = query.Defaults?.GetValueOrDefault(column);
        bool isNullOtherwise = otherwise is null || otherwise.IsNullWith(new HashSet<ColumnSymbol>());
        return isNullOtherwise && IsNullWithout(right, result)
            ? result
            : new BoundCase(
                [new BoundCaseBranch(new BoundIsNull(new BoundColumn(found), IsNegated: true), result)],
                isNullOtherwise ? null : otherwise,
                scalar.Type);
    }

    /// <summary>The rows of the input that ask a query: where a row of it may fail, those that use the branch it stands in.</summary>
    private BoundRelation Asking(BoundRelation query) =>
        _guards.Peek() is { } guard && guard.IsDeterministic() && query.AnyExpression(ExpressionRisks.CanRaiseOnRow)
            ? Input.Where([guard])
            : Input;

    /// <summary>True when the value is made of the relation's columns only, and NULL where no row of it is there.</summary>
    private static bool IsNullWithout(BoundRelation relation, BoundExpression value)
    {
        HashSet<ColumnSymbol> columns = [.. relation.ReadableColumns];
        return value.Columns().IsSubsetOf(columns) && value.IsNullWith(columns);
    }

    /// <summary>The query under other column symbols, and one of its columns among them.</summary>
    private static (Independent Query, ColumnSymbol Column) Renewed(Independent query, ColumnSymbol column)
    {
        Dictionary<ColumnSymbol, ColumnSymbol> renewed = query.Relation.ReadableColumns.ToDictionary(known => known, BoundParts.Renewed);
        var substitution = new ColumnSubstitution(
            renewed.ToDictionary(pair => pair.Key, pair => (BoundExpression)new BoundColumn(pair.Value)));
        ColumnSymbol New(ColumnSymbol known) => renewed.GetValueOrDefault(known, known);
        return (query with
        {
            Relation = new BoundProject(query.Relation, renewed.Select(pair => new BoundProjection(pair.Value, new BoundColumn(pair.Key)))),
            Conditions = [.. query.Conditions.Select(substitution.Rewrite)],
            Values = query.Values.ToDictionary(pair => New(pair.Key), pair => substitution.Rewrite(pair.Value)),
            Defaults = query.Defaults?.ToDictionary(pair => New(pair.Key), pair => substitution.Rewrite(pair.Value)),
        }, New(column));
    }

    /// <summary>The query of EXISTS or IN made independent, and what IN compares.</summary>
    private (Independent Query, BoundBinary? Comparison) Matching(BoundSubquery subquery)
    {
        (BoundRelation relation, Correlation correlation) = Prepared(subquery.Query, subquery.Parameters);
        if (subquery is BoundExists) { relation = OfWhichOnlyExistenceCounts(relation); }

        // What IN compares may be looked up, for which it is computed before it is known what else holds for the row.
        bool isCompared = subquery is BoundAnyQuery;
        Independent query = new ConditionLifting(correlation).Lift(relation) is { Defaults: null } lifted
            && !(isCompared && lifted.Values.Values.Any(ExpressionRisks.CanRaiseOnRow))
            ? lifted
            : new DomainPushing(Input, correlation).Push(relation);
        if (subquery is not BoundAnyQuery any) { return (query, null); }

        // A value that may differ each time is one for all the rows that it is compared with.
        BoundExpression Once(BoundExpression operand) => operand.IsDeterministic() ? operand : Computed("operand", operand);
        var substitution = new ColumnSubstitution(query.Values);
        var comparison = new BoundBinary(any.Operator, Once(any.Operand), substitution.Rewrite(any.Value), DataType.Boolean);
        for (int part = 0; part < any.FurtherOperands.Count; part++)
        {
            var further = new BoundBinary(
                BoundOperator.Equal,
                Once(any.FurtherOperands[part]),
                substitution.Rewrite(any.FurtherValues[part]),
                DataType.Boolean);
            comparison = new BoundBinary(BoundOperator.And, comparison, further, DataType.Boolean);
        }

        return (query, comparison);
    }

    /// <summary>Without what changes neither whether there is a row nor which outer row it belongs to.</summary>
    private static BoundRelation OfWhichOnlyExistenceCounts(BoundRelation relation) => relation switch
    {
        BoundProject or BoundSort or BoundDistinct => OfWhichOnlyExistenceCounts(relation.Inputs()[0]),
        BoundLimit { Offset: 0, Count: null or > 0 } limit => OfWhichOnlyExistenceCounts(limit.Input),
        BoundGrouping { Keys.Count: > 0 } grouping => OfWhichOnlyExistenceCounts(grouping.Input),
        _ => relation,
    };

    /// <summary>The query without sub-queries, reading columns of the input where it read parameters.</summary>
    private (BoundRelation Relation, Correlation Correlation) Prepared(
        BoundRelation query, BoundList<BoundParameter> parameters)
    {
        BoundRelation relation = unnesting.Unnested(query);
        if (parameters.Count == 0) { return (relation, new Correlation(new HashSet<ColumnSymbol>())); }

        Dictionary<ColumnSymbol, BoundExpression> arguments = [];
        List<BoundProjection> computed = [];
        foreach ((ColumnSymbol parameter, BoundExpression argument) in parameters)
        {
            bool isComputed = argument is not BoundColumn && argument.Columns().Count > 0;
            if (isComputed)
            {
                var column = new ColumnSymbol(parameter.Name, parameter.Type);
                computed.Add(new BoundProjection(column, argument));
                arguments[parameter] = new BoundColumn(column);
            }
            else { arguments[parameter] = argument; }
        }

        if (computed.Count > 0) { Input = Input.With(computed); }

        HashSet<ColumnSymbol> outer = [];
        foreach (BoundExpression argument in arguments.Values) { argument.AddColumnsTo(outer); }

        return (relation.Rewritten(new ParameterSubstitution(arguments)), new Correlation(outer));
    }

    /// <summary>Puts a column in the place of a value that has a name.</summary>
    private sealed class LetSubstitution(BoundLambdaParameter parameter, BoundColumn value) : BoundExpressionRewriter
    {
        public override BoundExpression Rewrite(BoundExpression expression) =>
            expression is BoundLambdaParameter named && named.Id == parameter.Id ? value : base.Rewrite(expression);
    }

    /// <summary>Puts arguments in the place of parameters.</summary>
    private sealed class ParameterSubstitution(IReadOnlyDictionary<ColumnSymbol, BoundExpression> arguments)
        : BoundExpressionRewriter
    {
        public override BoundExpression Rewrite(BoundExpression expression) =>
            expression is BoundOuterColumn column
            && arguments.TryGetValue(column.Symbol, out BoundExpression? argument)
                ? argument
                : base.Rewrite(expression);
    }
}
