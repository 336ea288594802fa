using Ctas.Syntax;

namespace Ctas.Tests.Syntax;

/// <summary>Makes random trees that a parser can give: every node type, names that are keywords, odd texts.</summary>
internal sealed class SyntaxGenerator(Random random)
{
    private static readonly string[] Names =
    [
        "a", "b", "total", "key", "value", "date", "time", "timestamp", "interval", "array", "map", "struct",
        "first", "last",
        "values", "emit", "within", "size", "rows", "range", "groups", "ignore", "exclude",
        "filter", "over", "escape", "nulls", "exists", "if",
        "cast",
        "recursive", "table", "index", "headers", "Größe", "_x1", "session", "partition", "sink", "set", "show",
    ];

    private static readonly string[] QuotedNames = ["order", "A b", "say \"hi\"", "`", "select", "x.y", "null", "'"];

    private static readonly string[] Texts = ["", "x", "it's", "--", "/*", "a\nb", "ü€", "\"", "'';", "%_"];

    private static readonly string[] Numbers = ["0", "42", "1.5", ".5", "3.", "1e3", "2.5E-7", "18446744073709551616"];

    public StatementSyntax Statement() => random.Next(12) switch
    {
        0 or 1 or 2 => new CreateAsSyntax(
            Any<RelationKind>(), Chance(), Chance(), Name(), List(0, 3, ColumnOfResult), List(0, 3, Property), Query(4),
            Maybe(Name), Any<EmitMode>()),
        3 => new CreateSourceSyntax(
            Any<RelationKind>(), Chance(), Chance(), Name(), List(0, 4, ColumnOfSource), List(1, 4, Property)),
        4 => new CreateSinkSyntax(Name(), List(1, 3, Property)),
        5 => new CreateIndexSyntax(Name(), Maybe(Name), List(1, 3, Name)),
        6 => new DropSyntax(Any<DropKind>(), Chance(), Name(), Chance()),
        7 => new ShowSyntax(Any<ShowKind>()),
        8 => new DescribeSyntax(Name()),
        9 => new SetSyntax(Property()),
        10 => Explain(),
        _ => new SelectStatementSyntax(Query(4), Any<EmitMode>()),
    };

    public QuerySyntax Query(int depth)
    {
        SyntaxList<CommonTableSyntax> common = depth > 1 && Chance(0.2) ? List(1, 2, () => CommonTable(depth - 1)) : [];
        SyntaxList<OrderItemSyntax> orderBy = Chance(0.3) ? List(1, 2, () => OrderItem(depth - 1)) : [];
        var query = new QuerySyntax(
            common, Body(depth), orderBy, MaybeExpression(0.2, depth - 1), MaybeExpression(0.2, depth - 1));

        // Parentheses around the whole of a query leave no trace.
        return query is { IsBodyOnly: true, Body: NestedQuerySyntax nested } ? nested.Query : query;
    }

    public ExpressionSyntax Expression(int depth) => depth <= 0 || Chance(0.15)
        ? Leaf()
        : random.Next(28) switch
        {
            0 or 1 or 2 or 3 => new BinarySyntax(Any<BinaryOperator>(), Expression(depth - 1), Expression(depth - 1)),
            4 or 5 => new UnarySyntax(Any<UnaryOperator>(), Expression(depth - 1)),
            6 => new IsNullSyntax(Expression(depth - 1), Chance()),
            7 => new IsBooleanSyntax(Expression(depth - 1), Chance(), Chance()),
            8 => new IsDistinctFromSyntax(Expression(depth - 1), Expression(depth - 1), Chance()),
            9 => new BetweenSyntax(Expression(depth - 1), Expression(depth - 1), Expression(depth - 1), Chance()),
            10 => new LikeSyntax(
                Expression(depth - 1), Expression(depth - 1), MaybeExpression(0.3, depth - 1), Chance(), Chance()),
            11 => new InListSyntax(Expression(depth - 1), List(1, 3, () => Expression(depth - 1)), Chance()),
            12 => new InQuerySyntax(Expression(depth - 1), Query(depth - 2), Chance()),
            13 => Chance()
                ? new ExistsSyntax(Query(depth - 2))
                : new QuantifiedSyntax(Comparison(), Expression(depth - 1), Chance(), Query(depth - 2)),
            14 => new ScalarQuerySyntax(Query(depth - 2)),
            15 => new CaseSyntax(
                MaybeExpression(0.5, depth - 1),
                List(1, 3, () => new CaseBranchSyntax(Expression(depth - 1), Expression(depth - 1))),
                MaybeExpression(0.5, depth - 1)),
            16 => new CastSyntax(Expression(depth - 1), Type(2), Chance()),
            17 or 18 => Call(depth - 1),
            19 => new FieldAccessSyntax(Expression(depth - 1), Name()),
            20 => new IndexSyntax(Expression(depth - 1), Expression(depth - 1)),
            21 => new ArraySyntax(List(0, 3, () => Expression(depth - 1))),
            22 => Chance()
                ? new MapSyntax(List(0, 2, () => new MapEntrySyntax(Expression(depth - 1), Expression(depth - 1))))
                : new StructSyntax(List(1, 2, () => new StructFieldSyntax(Name(), Expression(depth - 1)))),
            24 => new RowSyntax(List(1, 3, () => Expression(depth - 1))),
            25 => new JsonAccessSyntax(Expression(depth - 1), Expression(depth - 1), Chance()),
            26 => new QuantifiedArraySyntax(
                Comparison(), Expression(depth - 1), Chance(), new ArraySyntax(List(0, 3, () => Expression(depth - 1)))),
            23 => new LambdaSyntax(List(1, 3, Name), Expression(depth - 1)),
            _ => SpecialCall(depth - 1),
        };

    public TypeSyntax Type(int depth) => (depth <= 0 ? 0 : random.Next(6)) switch
    {
        3 => new ArrayTypeSyntax(Type(depth - 1)),
        4 => new MapTypeSyntax(Type(depth - 1), Type(depth - 1)),
        5 => new StructTypeSyntax(List(1, 3, () => new StructTypeFieldSyntax(Name(), Type(depth - 1)))),
        _ => ScalarType(),
    };

    private bool Chance(double probability = 0.5) => random.NextDouble() < probability;

    private BinaryOperator Comparison() =>
        random.GetItems([BinaryOperator.Equal, BinaryOperator.NotEqual, BinaryOperator.Less, BinaryOperator.GreaterOrEqual], 1)[0];

    private T Any<T>()
        where T : struct, Enum => random.GetItems(Enum.GetValues<T>(), 1)[0];

    private string Any(string[] texts) => texts[random.Next(texts.Length)];

    private SyntaxList<T> List<T>(int min, int max, Func<T> make)
        where T : SyntaxNode => [.. Enumerable.Range(0, random.Next(min, max + 1)).Select(_ => make())];

    private T? Maybe<T>(Func<T> make)
        where T : SyntaxNode => Chance() ? make() : null;

    private ExpressionSyntax? MaybeExpression(double probability, int depth) =>
        Chance(probability) ? Expression(depth) : null;

    private NameSyntax Name() =>
        Chance(0.8) ? new NameSyntax(Any(Names)) : new NameSyntax(Any(QuotedNames), IsQuoted: true);

    private ExplainSyntax Explain()
    {
        StatementSyntax statement = Statement();
        return new ExplainSyntax(Chance(), statement is ExplainSyntax inner ? inner.Statement : statement);
    }

    private ColumnDefinitionSyntax ColumnOfResult() => Column(Chance() ? Type(2) : null);

    private ColumnDefinitionSyntax ColumnOfSource() => Column(Type(3));

    private ColumnDefinitionSyntax Column(TypeSyntax? type)
    {
        ColumnRole role = Any<ColumnRole>();
        StringLiteralSyntax? header = role == ColumnRole.Header ? new StringLiteralSyntax(Any(Texts)) : null;
        return new ColumnDefinitionSyntax(Name(), type, role, header);
    }

    private PropertySyntax Property()
    {
        LiteralSyntax value = random.Next(4) switch
        {
            0 => new NumberLiteralSyntax((Chance() ? "-" : "") + Any(Numbers)),
            1 => new BooleanLiteralSyntax(Chance()),
            2 => new NullLiteralSyntax(),
            _ => new StringLiteralSyntax(Any(Texts)),
        };
        return new PropertySyntax(new PropertyNameSyntax(Chance() ? "kafka.sasl.mechanism" : Any(Texts)), value);
    }

    private CommonTableSyntax CommonTable(int depth) => new(Name(), List(0, 2, Name), Query(depth));

    private OrderItemSyntax OrderItem(int depth) =>
        new(Expression(depth), Chance(), Chance(0.3) ? Any<NullOrder>() : null);

    private QueryBodySyntax Body(int depth) => (depth <= 0 ? 0 : random.Next(8)) switch
    {
        5 => new SetOperationSyntax(Any<SetOperator>(), Chance(), Body(depth - 1), Body(depth - 1)),
        6 => new ValuesSyntax(List(1, 2, () => new ValuesRowSyntax(List(1, 2, () => Expression(depth - 1))))),
        7 => Query(depth - 1) is { IsBodyOnly: false } query ? new NestedQuerySyntax(query) : Select(depth),
        _ => Select(depth),
    };

    private SelectSyntax Select(int depth) => new(
        Chance(0.2),
        List(1, 3, () => SelectItem(depth - 1)),
        Chance(0.8) ? Table(depth - 1) : null,
        Chance(0.15) ? Window() : null,
        MaybeExpression(0.4, depth - 1),
        Chance(0.3) ? List(1, 2, () => GroupingItem(depth - 1)) : [],
        MaybeExpression(0.2, depth - 1),
        MaybeExpression(0.1, depth - 1),
        Chance(0.1) ? List(1, 2, () => new NamedWindowSyntax(Name(), Over(depth - 1))) : []);

    private ExpressionSyntax GroupingItem(int depth) => random.Next(8) switch
    {
        0 => new RowSyntax([]),
        1 => new GroupingSetsSyntax(GroupingKind.Sets, List(1, 3, () => GroupingItem(depth - 1))),
        2 => new GroupingSetsSyntax(
            Chance() ? GroupingKind.Rollup : GroupingKind.Cube, List(1, 3, () => Expression(depth - 1))),
        _ => Expression(depth),
    };

    private SelectItemSyntax SelectItem(int depth) => random.Next(6) switch
    {
        0 => new StarItemSyntax(Maybe(Name)),
        _ => new ExpressionItemSyntax(Expression(depth), Maybe(Name)),
    };

    private TableSyntax Table(int depth) => (depth <= 0 ? 0 : random.Next(8)) switch
    {
        3 => new LocationSyntax("kafka://host:9092/a.b-c", Maybe(Alias)),
        4 => new SubqueryTableSyntax(Query(depth - 1), Maybe(Alias), IsLateral: Chance(0.2)),
        5 => new FunctionTableSyntax(
            new FunctionCallSyntax(Name(), List(0, 2, () => Expression(depth - 1))), Maybe(Alias)),
        6 or 7 => Join(depth - 1),
        _ => new NamedTableSyntax(Name(), Maybe(Alias)),
    };

    private TableAliasSyntax Alias() => new(Name(), List(0, 2, Name));

    private JoinSyntax Join(int depth)
    {
        JoinKind kind = Any<JoinKind>();
        bool isNatural = kind != JoinKind.Cross && Chance(0.2);
        bool hasUsing = kind != JoinKind.Cross && !isNatural && Chance(0.3);
        return new JoinSyntax(
            kind,
            Table(depth),
            Table(depth),
            Chance(0.2) ? new WithinSyntax(Interval(), Interval(), Maybe(Interval)) : null,
            kind != JoinKind.Cross && !hasUsing && !isNatural ? Expression(depth) : null,
            hasUsing ? List(1, 2, Name) : [],
            isNatural);
    }

    private TimeWindowSyntax Window()
    {
        TimeWindowKind kind = Any<TimeWindowKind>();
        IntervalLiteralSyntax? advance = kind == TimeWindowKind.Hopping ? Interval() : null;
        return new TimeWindowSyntax(kind, Interval(), advance, Maybe(Interval), Maybe(Interval));
    }

    private IntervalLiteralSyntax Interval() => Chance(0.7)
        ? new IntervalLiteralSyntax((Chance(0.2) ? "-" : "") + Any(Numbers), Any<IntervalUnit>())
        : new IntervalLiteralSyntax("1 day 2 hours", null);

    private ExpressionSyntax Leaf() => random.Next(12) switch
    {
        0 => new NullLiteralSyntax(),
        1 => new BooleanLiteralSyntax(Chance()),
        2 or 3 => new NumberLiteralSyntax(Any(Numbers)),
        4 or 5 => new StringLiteralSyntax(Any(Texts)),
        6 => new BytesLiteralSyntax(Chance() ? "" : "0AFF"),
        7 => new TemporalLiteralSyntax(Any<TemporalKind>(), "2024-01-01"),
        8 => Interval(),
        _ => new NameExpressionSyntax(List(1, 3, Name)),
    };

    private FunctionCallSyntax Call(int depth)
    {
        var name = new NameSyntax(Any(["COUNT", "lower", "LEFT", "Right", "REPLACE", "if", "FILTER", "a"]));
        if (Chance(0.1)) { return new FunctionCallSyntax(name, [], IsStar: true, Over: Chance() ? Over(depth) : null); }

        SyntaxList<ExpressionSyntax> arguments = List(0, 3, () => Expression(depth));
        return new FunctionCallSyntax(
            name,
            arguments,
            IsStar: false,
            IsDistinct: !arguments.IsEmpty && Chance(0.2),
            arguments.IsEmpty || Chance(0.8) ? [] : List(1, 2, () => OrderItem(depth - 1)),
            MaybeExpression(0.2, depth - 1),
            Chance(0.2) ? Over(depth - 1) : null,
            Chance(0.1) ? Any<NullTreatment>() : null);
    }

    private OverSyntax Over(int depth) => new(
        List(0, 2, () => Expression(depth)),
        List(0, 2, () => OrderItem(depth)),
        Chance() ? new FrameSyntax(Any<FrameUnit>(), Bound(depth), Bound(depth), Any<FrameExclusion>()) : null,
        Chance(0.2) ? Name() : null);

    private FrameBoundSyntax Bound(int depth)
    {
        FrameBoundKind kind = Any<FrameBoundKind>();
        return new FrameBoundSyntax(
            kind, kind is FrameBoundKind.Preceding or FrameBoundKind.Following ? Expression(depth) : null);
    }

    private ExpressionSyntax SpecialCall(int depth) => random.Next(4) switch
    {
        0 => new ExtractSyntax(new NameSyntax("YEAR"), Expression(depth)),
        1 => new TrimSyntax(Any<TrimSide>(), MaybeExpression(0.5, depth), Expression(depth)),
        2 => new PositionSyntax(Expression(depth), Expression(depth)),
        _ => new FunctionCallSyntax(
            new NameSyntax(Any(["SUBSTRING", "TRIM", "POSITION"])), List(0, 3, () => Expression(depth))),
    };

    private ScalarTypeSyntax ScalarType()
    {
        ScalarType type = Any<ScalarType>();
        bool hasPrecision = $"{type}" is "Decimal" or "Varchar" && Chance();
        bool hasScale = $"{type}" is "Decimal" && hasPrecision && Chance();
        return new ScalarTypeSyntax(type, hasPrecision ? random.Next(100) : null, hasScale ? random.Next(10) : null);
    }
}
