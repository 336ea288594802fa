using Ctas.Data;
using Ctas.Execution;
using Ctas.Execution.Kernels;
using Ctas.Planning;

namespace Ctas.Tests.Execution;

public sealed class KernelTests
{
    private static readonly DataType Money = DataType.Decimal(10, 2);

    private static readonly Schema Names =
        new([new Field("a", DataType.Int), new Field("b", DataType.Int), new Field("c", DataType.Int)]);

    [Theory]
    [InlineData(int.MaxValue, 1, BinaryOperator.Add, null)]
    [InlineData(int.MinValue, 1, BinaryOperator.Subtract, null)]
    [InlineData(65_536, 65_536, BinaryOperator.Multiply, null)]
    [InlineData(int.MinValue, -1, BinaryOperator.Divide, null)]
    [InlineData(int.MinValue, -1, BinaryOperator.Modulo, 0)]
    [InlineData(-7, 2, BinaryOperator.Divide, -3)]
    [InlineData(-7, 2, BinaryOperator.Modulo, -1)]
    [InlineData(7, 0, BinaryOperator.Modulo, null)]
    internal void Arithmetic_OfInt_IsExactOrAnErrorOfTheRow(
        int left, int right, BinaryOperator operation, int? expected)
    {
        Column[] columns = [Ints(left), Ints(right)];

        Evaluate(Sql.Binary(operation, Ref(0, DataType.Int), Ref(1, DataType.Int)), columns)
            .Should().Equal(expected is null ? "error" : expected);
    }

    [Theory]
    [InlineData(long.MaxValue, 1, BinaryOperator.Add, null)]
    [InlineData(long.MinValue, 1, BinaryOperator.Subtract, null)]
    [InlineData(1L << 32, 1L << 31, BinaryOperator.Multiply, null)]
    [InlineData(-(1L << 32), 1L << 31, BinaryOperator.Multiply, long.MinValue)]
    [InlineData(long.MinValue, -1, BinaryOperator.Divide, null)]
    [InlineData(long.MinValue, -1, BinaryOperator.Modulo, 0L)]
    internal void Arithmetic_OfBigInt_IsExactOrAnErrorOfTheRow(
        long left, long right, BinaryOperator operation, long? expected)
    {
        ScalarExpression expression = Sql.Binary(operation, Ref(0, DataType.BigInt), Ref(1, DataType.BigInt));

        Evaluate(expression, TestTable.Build(DataType.BigInt, [left]), TestTable.Build(DataType.BigInt, [right]))
            .Should().Equal(expected is null ? "error" : expected);
        Evaluate(
            Sql.Binary(operation, Sql.Value(left), Ref(0, DataType.BigInt)), TestTable.Build(DataType.BigInt, [right]))
            .Should().Equal(expected is null ? "error" : expected);
        Evaluate(
            Sql.Binary(operation, Ref(0, DataType.BigInt), Sql.Value(right)), TestTable.Build(DataType.BigInt, [left]))
            .Should().Equal(expected is null ? "error" : expected);
    }

    [Fact]
    public void Arithmetic_OverNullRows_IsNullAndNeverFails()
    {
        Evaluate(Sql.Divide(Ref(0, DataType.Int), Ref(1, DataType.Int)), Ints(1, null, null, 8), Ints(null, null, 0, 2))
            .Should().Equal(new object?[] { null, null, null, 4 });
    }

    [Theory]
    [InlineData("1.25", "0.5", BinaryOperator.Multiply, "0.63")]
    [InlineData("-1.25", "0.5", BinaryOperator.Multiply, "-0.63")]
    [InlineData("1.00", "3", BinaryOperator.Divide, "0.33")]
    [InlineData("2.00", "3", BinaryOperator.Divide, "0.67")]
    [InlineData("-2.00", "3", BinaryOperator.Divide, "-0.67")]
    [InlineData("99999999.99", "0.01", BinaryOperator.Add, "error")]
    [InlineData("99999999.99", "2", BinaryOperator.Multiply, "error")]
    [InlineData("1.00", "0", BinaryOperator.Divide, "error")]
    internal void Arithmetic_OfDecimal_RoundsHalfAwayFromZeroAndKeepsThePrecision(
        string left, string right, BinaryOperator operation, string expected)
    {
        ScalarExpression expression = new BinaryExpression(
            operation, Parsed(left, Money), Parsed(right, DataType.Decimal(5, 2)), Money);

        Evaluate(Sql.Cast(expression, DataType.Varchar), Ints(0)).Should().Equal(expected);
    }

    [Fact]
    public void Arithmetic_OfLargestDecimals_IsExact()
    {
        DataType wide = DataType.Decimal(38, 0);
        string digits = new('9', 38);
        ScalarExpression nines = Parsed(digits, wide);

        Evaluate(
            Sql.Cast(new BinaryExpression(BinaryOperator.Multiply, nines, Parsed("1", wide), wide), DataType.Varchar),
            Ints(0))
            .Should().Equal(digits);
        Evaluate(Sql.Cast(new BinaryExpression(BinaryOperator.Divide, nines, nines, wide), DataType.Varchar), Ints(0))
            .Should().Equal("1");
        Evaluate(
            new BinaryExpression(BinaryOperator.Add, nines, Parsed("1", wide), wide), Ints(0)).Should().Equal("error");
    }

    [Theory]
    [InlineData(double.NaN, double.NaN, BinaryOperator.Equal, true)]
    [InlineData(double.NaN, double.PositiveInfinity, BinaryOperator.Greater, true)]
    [InlineData(0.0, -0.0, BinaryOperator.Equal, true)]
    [InlineData(double.NaN, 1.0, BinaryOperator.Less, false)]
    [InlineData(1.0, double.NaN, BinaryOperator.LessOrEqual, true)]
    internal void Comparison_OfDouble_TakesNaNForTheGreatest(
        double left, double right, BinaryOperator operation, bool expected)
    {
        Evaluate(
            Sql.Binary(operation, Sql.Value(left), Ref(0, DataType.Double)), TestTable.Build(DataType.Double, [right]))
            .Should().Equal(expected);
    }

    [Fact]
    public void Logic_OfAllTriples_FollowsThreeValuedTables()
    {
        object?[] values = [true, false, null];
        Column left = Booleans([.. values.SelectMany(value => Enumerable.Repeat(value, 3))]);
        Column right = Booleans([.. values, .. values, .. values]);
        ColumnReference a = Ref(0, DataType.Boolean);
        ColumnReference b = Ref(1, DataType.Boolean);

        Evaluate(Sql.Binary(BinaryOperator.And, a, b), left, right)
            .Should().Equal(true, false, null, false, false, false, null, false, null);
        Evaluate(Sql.Binary(BinaryOperator.Or, a, b), left, right)
            .Should().Equal(true, true, true, true, false, null, true, null, null);
        Evaluate(new NotExpression(b), left, right)
            .Should().Equal(false, true, null, false, true, null, false, true, null);
        Evaluate(Sql.Binary(BinaryOperator.IsDistinctFrom, a, b), left, right)
            .Should().Equal(false, true, true, true, false, true, true, true, false);
    }

    [Fact]
    public void Logic_WithFallibleRight_EvaluatesItOnlyWhereTheLeftLeavesItOpen()
    {
        ColumnReference x = Ref(0, DataType.Int);
        BinaryExpression isFive = Sql.Equal(Sql.Divide(Sql.Value(10), x), Sql.Value(5));
        Column column = Ints(0, 2, 5, null);

        Evaluate(Sql.Binary(BinaryOperator.And, Sql.Binary(BinaryOperator.NotEqual, x, Sql.Value(0)), isFive), column)
            .Should().Equal(false, true, false, null);
        Evaluate(Sql.Binary(BinaryOperator.Or, Sql.Equal(x, Sql.Value(0)), isFive), column)
            .Should().Equal(true, true, false, null);
    }

    [Fact]
    public void Case_OverBranchesOfDifferentPools_GivesEachRowItsBranch()
    {
        ColumnReference name = Ref(0, DataType.Varchar);
        ColumnReference number = Ref(1, DataType.Int);
        var choice = new CaseExpression(
            [
                new CaseBranch(new IsNullExpression(name, IsNegated: false), Sql.Value("none")),
                new CaseBranch(Sql.Greater(number, Sql.Value(1)), name),
                new CaseBranch(
                    Sql.Equal(Sql.Divide(Sql.Value(1), number), Sql.Value(1)),
                    Sql.Call("UPPER", DataType.Varchar, name)),
            ],
            Else: null,
            DataType.Varchar);

        Evaluate(choice, Texts(null, "b", "c", "none"), Ints(0, 2, 1, -1)).Should().Equal("none", "b", "C", null);
    }

    [Fact]
    public void InList_WithNull_IsTrueOrNull()
    {
        var list = new InListExpression(
            Ref(0, DataType.Varchar), [Sql.Value("a"), Sql.Null(DataType.Varchar)], IsNegated: false);

        Evaluate(list, Texts("a", "b", null)).Should().Equal(true, null, null);
        Evaluate(list with { IsNegated = true }, Texts("a", "b", null)).Should().Equal(false, null, null);
    }

    [Fact]
    public void InList_OfColumns_ComparesEachRow()
    {
        var list = new InListExpression(Ref(0, DataType.Int), [Ref(1, DataType.Int), Sql.Value(7)], IsNegated: false);

        Evaluate(list, Ints(1, 7, 2, 3), Ints(1, 2, null, 4)).Should().Equal(true, true, null, false);
    }

    [Fact]
    public void StringExpression_OverRepeatedStrings_IsEvaluatedOncePerString()
    {
        // 'x' fails; every row that holds it is reported, and the others keep their values over many batches.
        var evaluator = new Evaluator(
            [Sql.Cast(Ref(0, DataType.Varchar), DataType.Int)], Names, new RowErrorLog(RowErrorPolicy.Skip));
        var pool = new StringPool(isInterned: true);
        int[] codes = [pool.Add("1"), pool.Add("x"), pool.Add("2")];
        for (int batch = 0; batch < 3; batch++)
        {
            var column = new StringColumn(
                DataType.Varchar, [codes[0], codes[1], codes[2], codes[1], codes[0]], 5, pool);

            EvaluatedRows rows = evaluator.Evaluate(new ChangeBatch(new Batch([column], 5)));

            rows.InputRows!.Span.ToArray().Should().Equal(0, 2, 4);
            ((FixedColumn<int>)rows.Columns[0]).Values.ToArray().Should().Equal(1, 2, 1);
        }
    }

    [Fact]
    public void StringExpression_OverMostlyDifferentStrings_GivesTheSameAsRowByRow()
    {
        var evaluator = new Evaluator(
            [Sql.Call(
                "UPPER", DataType.Varchar, Ref(0, DataType.Varchar))], Names, new RowErrorLog(RowErrorPolicy.Fail));
        var pool = new StringPool(isInterned: false);
        for (int batch = 0; batch < 4; batch++)
        {
            string[] texts = [.. Enumerable.Range(0, 3000).Select(row => $"k{batch}-{row}")];
            var column = new StringColumn(
                DataType.Varchar, [.. texts.Select(text => pool.Add(text))], texts.Length, pool);

            Column result = evaluator.Evaluate(new ChangeBatch(new Batch([column], texts.Length))).Columns[0];

            Enumerable.Range(0, texts.Length).Select(row => result.GetValue(row))
                .Should().Equal(texts.Select(text => text.ToUpperInvariant()));
        }
    }

    [Fact]
    public void FailureOfARandomOperand_IsToldOfTheRowsThatHadIt()
    {
        // 0, 1 or 2, a different one at each evaluation.
        ScalarExpression random = Sql.Binary(
            BinaryOperator.Multiply, Sql.Call("RANDOM", DataType.Double) with { IsDeterministic = false }, Sql.Value(2.0));
        ScalarExpression divisor = Sql.Cast(random, DataType.Int);

        List<object?> results = Evaluate(Sql.Divide(Sql.Value(100), divisor), Ints([.. Enumerable.Repeat<int?>(1, 2000)]));

        results.Should().OnlyContain(result => Equals(result, 100) || Equals(result, 50) || Equals(result, "error"));
        results.Should().Contain("error");
        List<object?> texts = Evaluate(
            Sql.Cast(Sql.Binary(BinaryOperator.Multiply, random, Sql.Value(2e9)), DataType.Int), Ints([.. Enumerable.Repeat<int?>(1, 2000)]));
        texts.Should().NotContain(0).And.Contain("error");
    }

    internal static ColumnReference Ref(int ordinal, DataType type) => new(ordinal, type);

    internal static Column Ints(params int?[] values) => TestTable.Build(DataType.Int, values.Cast<object?>());

    internal static Column Texts(params string?[] values) => TestTable.Build(DataType.Varchar, values);

    /// <summary>The values of an expression over one batch; a row that fails is the word error.</summary>
    internal static List<object?> Evaluate(ScalarExpression expression, params Column[] columns)
    {
        var compiler = new KernelCompiler();
        Kernel kernel = compiler.Compile(expression);
        int rows = columns[0].Length;
        var errors = new CollectedRowErrors(rows, 0, Names);
        Column result = kernel.Evaluate(new Batch(columns, rows).Select(compiler.Ordinals), errors);
        return [.. Enumerable.Range(0, rows).Select(row => errors.HasFailed(row) ? "error" : result.GetValue(row))];
    }

    private static Column Booleans(params object?[] values) => TestTable.Build(DataType.Boolean, values);

    private static CastExpression Parsed(string text, DataType type) => Sql.Cast(Sql.Value(text), type);
}
