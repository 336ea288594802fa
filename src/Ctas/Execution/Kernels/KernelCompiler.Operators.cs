using System.Diagnostics;
using Ctas.Data;
using Ctas.Execution.State;
using Ctas.Planning;

namespace Ctas.Execution.Kernels;

internal sealed partial class KernelCompiler
{
    private const string OutOfRange = "number out of range";
    private const string DivisionByZero = "division by zero";
    private const string IntervalOutOfRange = "interval out of range";

    private Kernel CompileBinary(BinaryExpression binary)
    {
        if (binary.Operator is BinaryOperator.And or BinaryOperator.Or)
        {
            return new LogicKernel(binary.Operator == BinaryOperator.And,
                CompileAs(binary.Left, DataType.Boolean), CompileBranch(binary.Right, DataType.Boolean));
        }

        DataType leftType = binary.Left.Type.Kind == DataTypeKind.Null ? binary.Right.Type : binary.Left.Type;
        DataType rightType = binary.Right.Type.Kind == DataTypeKind.Null ? leftType : binary.Right.Type;
        Kernel left = CompileAs(binary.Left, leftType);
        Kernel right = CompileAs(binary.Right, rightType);
        return binary.Operator switch
        {
            BinaryOperator.Concat when binary.Type.Kind == DataTypeKind.Array =>
                new ArrayConcatKernel(binary.Type, left, right),
            BinaryOperator.Concat => CompileConcat([left, right], binary.Type, ignoresNull: false),
            BinaryOperator.IsDistinctFrom or BinaryOperator.IsNotDistinctFrom => new DistinctFromKernel(
                left, right,
                CompileComparison(BinaryOperator.Equal, new ColumnKernel(leftType, 0), new ColumnKernel(rightType, 1)),
                binary.Operator == BinaryOperator.IsDistinctFrom),
            >= BinaryOperator.Equal and <= BinaryOperator.GreaterOrEqual =>
                CompileComparison(binary.Operator, left, right),
            _ => CompileArithmetic(binary, left, right),
        };
    }

    private static Kernel CompileComparison(BinaryOperator comparison, Kernel left, Kernel right) => comparison switch
    {
        BinaryOperator.Greater => CompileComparison(BinaryOperator.Less, right, left),
        BinaryOperator.GreaterOrEqual => CompileComparison(BinaryOperator.LessOrEqual, right, left),
        _ => left.Type.Kind switch
        {
            DataTypeKind.Boolean => Comparison<bool, BooleanOrder>(comparison, left, right),
            DataTypeKind.Int or DataTypeKind.Date => Comparison<int, NumberOrder<int>>(comparison, left, right),
            DataTypeKind.BigInt or DataTypeKind.Time or DataTypeKind.Timestamp =>
                Comparison<long, NumberOrder<long>>(comparison, left, right),
            DataTypeKind.Double => Comparison<double, DoubleOrder>(comparison, left, right),
            DataTypeKind.Decimal when ShortDecimals.Holds(left.Type) && ShortDecimals.Holds(right.Type) =>
                Comparison<Int128, ShortDecimalOrder>(comparison, left, right),
            DataTypeKind.Decimal => Comparison<Int128, NumberOrder<Int128>>(comparison, left, right),
            DataTypeKind.Interval => Comparison<Interval, IntervalOrder>(comparison, left, right),
            _ => new StringComparisonKernel(comparison, left, right),
        },
    };

    private static Kernel Comparison<T, TOrder>(BinaryOperator comparison, Kernel left, Kernel right)
        where T : unmanaged
        where TOrder : struct, IOrder<T> => comparison switch
        {
            BinaryOperator.Equal => Infallible<T, EqualOperation<T, TOrder>>(left, right),
            BinaryOperator.NotEqual => Infallible<T, NotEqualOperation<T, TOrder>>(left, right),
            BinaryOperator.Less => Infallible<T, LessOperation<T, TOrder>>(left, right),
            BinaryOperator.LessOrEqual => Infallible<T, LessOrEqualOperation<T, TOrder>>(left, right),
            _ => throw new UnreachableException($"{comparison} is no comparison."),
        };

    private static BinaryKernel<T, T, bool, TOperation> Infallible<T, TOperation>(Kernel left, Kernel right)
        where T : unmanaged
        where TOperation : struct, IBinaryOperation<T, T, bool> =>
        new(DataType.Boolean, left, right, default, FailureText.Never);

    private static Kernel CompileArithmetic(BinaryExpression binary, Kernel left, Kernel right)
    {
        bool divides = binary.Operator is BinaryOperator.Divide or BinaryOperator.Modulo;
        var failure = new FailureText(binary, divides ? DivisionByZero : OutOfRange) { ReasonUnlessZero = OutOfRange };
        return (left.Type.Kind, right.Type.Kind) switch
        {
            (DataTypeKind.Int, DataTypeKind.Int) => IntArithmetic(binary, left, right, failure),
            (DataTypeKind.BigInt, DataTypeKind.BigInt) => BigIntArithmetic(binary, left, right, failure),
            (DataTypeKind.Double, DataTypeKind.Double) => DoubleArithmetic(binary, left, right, failure),
            (DataTypeKind.Decimal, DataTypeKind.Decimal) => DecimalOperation(binary, left, right, failure),
            _ => TemporalArithmetic(binary, left, right, failure),
        };
    }

    private static Kernel IntArithmetic(BinaryExpression binary, Kernel left, Kernel right, FailureText failure) =>
        binary.Operator switch
        {
            BinaryOperator.Add => Arithmetic<int, AddInt>(binary.Type, left, right, default, failure),
            BinaryOperator.Subtract => Arithmetic<int, SubtractInt>(binary.Type, left, right, default, failure),
            BinaryOperator.Multiply => Arithmetic<int, MultiplyInt>(binary.Type, left, right, default, failure),
            BinaryOperator.Divide => Arithmetic<int, DivideInt>(binary.Type, left, right, default, failure),
            _ => Arithmetic<int, ModuloInt>(binary.Type, left, right, default, failure),
        };

    private static Kernel BigIntArithmetic(BinaryExpression binary, Kernel left, Kernel right, FailureText failure) =>
        binary.Operator switch
        {
            BinaryOperator.Add => Arithmetic<long, AddBigInt>(binary.Type, left, right, default, failure),
            BinaryOperator.Subtract => Arithmetic<long, SubtractBigInt>(binary.Type, left, right, default, failure),
            BinaryOperator.Multiply => Arithmetic<long, MultiplyBigInt>(binary.Type, left, right, default, failure),
            BinaryOperator.Divide => Arithmetic<long, DivideBigInt>(binary.Type, left, right, default, failure),
            _ => Arithmetic<long, ModuloBigInt>(binary.Type, left, right, default, failure),
        };

    private static Kernel DoubleArithmetic(BinaryExpression binary, Kernel left, Kernel right, FailureText failure) =>
        binary.Operator switch
        {
            BinaryOperator.Add => Arithmetic<double, AddDouble>(binary.Type, left, right, default, failure),
            BinaryOperator.Subtract => Arithmetic<double, SubtractDouble>(binary.Type, left, right, default, failure),
            BinaryOperator.Multiply => Arithmetic<double, MultiplyDouble>(binary.Type, left, right, default, failure),
            BinaryOperator.Divide => Arithmetic<double, DivideDouble>(binary.Type, left, right, default, failure),
            _ => Arithmetic<double, ModuloDouble>(binary.Type, left, right, default, failure),
        };

    private static Kernel DecimalOperation(BinaryExpression binary, Kernel left, Kernel right, FailureText failure)
    {
        DataType type = binary.Type;
        return binary.Operator switch
        {
            BinaryOperator.Divide when type.Kind == DataTypeKind.Double =>
                new BinaryKernel<Int128, Int128, double, DivideDecimalToDouble>(
                    type, left, right, new(left.Type, right.Type), failure),
            BinaryOperator.Add or BinaryOperator.Subtract when AddShortDecimal.Suits(left.Type, right.Type, type) =>
                Arithmetic<Int128, AddShortDecimal>(
                    type, left, right,
                    new(left.Type, right.Type, type, binary.Operator == BinaryOperator.Subtract), failure),
            BinaryOperator.Multiply when MultiplyShortDecimal.Suits(left.Type, right.Type, type) =>
                Arithmetic<Int128, MultiplyShortDecimal>(type, left, right, default, failure),
            BinaryOperator.Add => Arithmetic<Int128, AddDecimal>(
                type, left, right, new(left.Type, right.Type, type, isSubtraction: false), failure),
            BinaryOperator.Subtract => Arithmetic<Int128, AddDecimal>(
                type, left, right, new(left.Type, right.Type, type, isSubtraction: true), failure),
            BinaryOperator.Multiply => Arithmetic<Int128, MultiplyDecimal>(
                type, left, right, new(left.Type, right.Type, type), failure),
            BinaryOperator.Divide => Arithmetic<Int128, DivideDecimal>(
                type, left, right, new(left.Type, right.Type, type), failure),
            _ => Arithmetic<Int128, ModuloDecimal>(type, left, right, new(left.Type, right.Type, type), failure),
        };
    }

    private static BinaryKernel<T, T, T, TOperation> Arithmetic<T, TOperation>(
        DataType type, Kernel left, Kernel right, TOperation operation, FailureText failure)
        where T : unmanaged
        where TOperation : struct, IBinaryOperation<T, T, T> => new(type, left, right, operation, failure);

    private static Kernel TemporalArithmetic(BinaryExpression binary, Kernel left, Kernel right, FailureText failure)
    {
        int sign = binary.Operator == BinaryOperator.Subtract ? -1 : 1;
        failure = failure with { Reason = "date or time out of range", ReasonUnlessZero = null };
        DataType type = binary.Type;
        return (left.Type.Kind, right.Type.Kind) switch
        {
            (DataTypeKind.Date, DataTypeKind.Int) => Arithmetic<int, AddDays>(type, left, right, new(sign), failure),
            (DataTypeKind.Int, DataTypeKind.Date) => Arithmetic<int, AddDays>(type, right, left, new(sign), failure),
            (DataTypeKind.Date, DataTypeKind.Date) => Arithmetic<int, DaysBetween>(type, left, right, default, failure),
            (DataTypeKind.Date, DataTypeKind.Interval) => PlusInterval(type, Midnight(left), right, sign, failure),
            (DataTypeKind.Timestamp, DataTypeKind.Interval) => PlusInterval(type, left, right, sign, failure),
            (DataTypeKind.Interval, DataTypeKind.Date) => PlusInterval(type, Midnight(right), left, sign, failure),
            (DataTypeKind.Interval, DataTypeKind.Timestamp) => PlusInterval(type, right, left, sign, failure),
            (DataTypeKind.Time, DataTypeKind.Interval) => new BinaryKernel<long, Interval, long, AddIntervalToTime>(
                type, left, right, new(sign), failure),
            (DataTypeKind.Timestamp, DataTypeKind.Timestamp) or (DataTypeKind.Time, DataTypeKind.Time) =>
                new BinaryKernel<long, long, Interval, TimeBetween>(type, left, right, default, failure),
            (DataTypeKind.Timestamp, DataTypeKind.Time) =>
                Arithmetic<long, AddTime>(type, left, right, default, failure),
            (DataTypeKind.Interval, DataTypeKind.Interval) =>
                Arithmetic<Interval, AddIntervals>(type, left, right, new(sign), failure with { Reason = IntervalOutOfRange }),
            (DataTypeKind.Interval, DataTypeKind.Double) => new BinaryKernel<Interval, double, Interval, ScaleInterval>(
                type, left, right, new(binary.Operator == BinaryOperator.Divide), failure with
                {
                    Reason = binary.Operator == BinaryOperator.Divide ? DivisionByZero : IntervalOutOfRange,
                    ReasonUnlessZero = IntervalOutOfRange,
                }),
            _ => throw new UnreachableException($"No {binary.Operator} of {left.Type} and {right.Type}."),
        };
    }

    private static UnaryKernel<int, long, DateToTimestamp> Midnight(Kernel date) =>
        new(DataType.Timestamp, date, default, FailureText.Never);

    private static Kernel PlusInterval(DataType type, Kernel time, Kernel interval, int sign, FailureText failure)
    {
        var sum = new BinaryKernel<long, Interval, long, AddInterval>(
            DataType.Timestamp, time, interval, new(sign), failure);
        return type.Kind == DataTypeKind.Date
            ? new UnaryKernel<long, int, TimestampToDate>(type, sum, default, FailureText.Never)
            : sum;
    }

    private Kernel CompileNegate(NegateExpression negate)
    {
        Kernel operand = Compile(negate.Operand);
        var failure = new FailureText(negate, OutOfRange);
        return operand.Type.Kind switch
        {
            DataTypeKind.Int => new UnaryKernel<int, int, NegateInt>(negate.Type, operand, default, failure),
            DataTypeKind.BigInt => new UnaryKernel<long, long, NegateBigInt>(negate.Type, operand, default, failure),
            DataTypeKind.Double =>
                new UnaryKernel<double, double, NegateDouble>(negate.Type, operand, default, failure),
            DataTypeKind.Decimal =>
                new UnaryKernel<Int128, Int128, NegateDecimal>(negate.Type, operand, default, failure),
            DataTypeKind.Interval =>
                new UnaryKernel<Interval, Interval, NegateInterval>(negate.Type, operand, default, failure),
            DataTypeKind.Null => operand,
            _ => throw new UnreachableException($"No negation of {operand.Type}."),
        };
    }

    private Kernel CompileInList(InListExpression list)
    {
        if (!list.Values.All(value => value is ConstantExpression)) { return CompileInListOfExpressions(list); }

        Kernel operand = Compile(list.Operand);
        object[] values = [.. list.Values.Select(value => ((ConstantExpression)value).Value).OfType<object>()];
        bool hasNull = values.Length < list.Values.Count;
        return operand.Type.Kind switch
        {
            DataTypeKind.Boolean =>
                new InListKernel<bool, BooleanOrder>(operand, Unbox<bool>(values), hasNull, list.IsNegated),
            DataTypeKind.Int or DataTypeKind.Date =>
                new InListKernel<int, NumberOrder<int>>(operand, Unbox<int>(values), hasNull, list.IsNegated),
            DataTypeKind.BigInt or DataTypeKind.Time or DataTypeKind.Timestamp =>
                new InListKernel<long, NumberOrder<long>>(operand, Unbox<long>(values), hasNull, list.IsNegated),
            DataTypeKind.Double =>
                new InListKernel<double, DoubleOrder>(operand, Unbox<double>(values), hasNull, list.IsNegated),
            DataTypeKind.Decimal when ShortDecimals.Holds(operand.Type) && Array.TrueForAll(
                Unbox<Int128>(values), ShortDecimals.Holds) =>
                new InListKernel<Int128, ShortDecimalOrder>(operand, Unbox<Int128>(values), hasNull, list.IsNegated),
            DataTypeKind.Decimal =>
                new InListKernel<Int128, NumberOrder<Int128>>(operand, Unbox<Int128>(values), hasNull, list.IsNegated),
            DataTypeKind.Interval =>
                new InListKernel<Interval, IntervalOrder>(operand, Unbox<Interval>(values), hasNull, list.IsNegated),
            _ => new StringInListKernel(operand, PoolOf(values), hasNull, list.IsNegated),
        };
    }

    // x IN (a, b) is x = a OR x = b, with x evaluated once.
    private LetKernel CompileInListOfExpressions(InListExpression list)
    {
        DataType type = list.Operand.Type;
        Kernel[] arguments = [Compile(list.Operand), .. list.Values.Select(value => CompileAs(value, type))];
        var operand = new ColumnReference(0, type);
        ScalarExpression any = Enumerable.Range(1, list.Values.Count)
            .Select(ordinal => (ScalarExpression)new BinaryExpression(
                BinaryOperator.Equal, operand, new ColumnReference(ordinal, type), DataType.Boolean))
            .Aggregate((left, right) => new BinaryExpression(BinaryOperator.Or, left, right, DataType.Boolean));
        return CompileLet(arguments, list.IsNegated ? new NotExpression(any) : any);
    }

    /// <summary>A body over arguments that are evaluated once: its columns are the arguments, in their order.</summary>
    public LetKernel CompileLet(Kernel[] arguments, ScalarExpression body)
    {
        var compiler = new KernelCompiler(
            [.. Enumerable.Range(0, arguments.Length)], _constants, isInsideDictionary: true);
        return new LetKernel(arguments, compiler.Compile(body));
    }

    private static T[] Unbox<T>(object[] values) => [.. values.Cast<T>()];

    private static OwnPool PoolOf(object[] values)
    {
        var pool = new OwnPool();
        foreach (object value in values)
        {
            _ = value is string text ? pool.Pool.Add(text) : pool.Pool.Add((byte[])value);
        }

        return pool;
    }
}
