using System.Diagnostics;
using Ctas.Data;
using Ctas.Planning;

namespace Ctas.Execution.Kernels;

/// <summary>
/// Makes kernels of expressions. Columns are renumbered to those an expression uses: see <see cref="Ordinals"/>.
/// </summary>
internal sealed partial class KernelCompiler
{
    // Parameters of lambdas are columns past all columns of rows.
    private const int FirstParameter = 1 << 24;

    private readonly List<int> _ordinals;
    private readonly StringPool _constants;
    private readonly bool _isInsideDictionary;

    // Not inherited by compilers of parts that are evaluated several times a batch.
    private readonly bool _reusesResults;

    /// <summary>A compiler for expressions over one input.</summary>
    /// <param name="reusesResults">True when a kernel's result is read until it is evaluated again at most.</param>
    public KernelCompiler(bool reusesResults = false)
        : this([], new StringPool(isInterned: true), isInsideDictionary: false) => _reusesResults = reusesResults;

    private KernelCompiler(List<int> ordinals, StringPool constants, bool isInsideDictionary)
    {
        _ordinals = ordinals;
        _constants = constants;
        _isInsideDictionary = isInsideDictionary;
    }

    /// <summary>The input's ordinals that the compiled kernels read, in the order in which they expect them.</summary>
    public int[] Ordinals => [.. _ordinals];

    /// <summary>The kernel of an expression.</summary>
    public Kernel Compile(ScalarExpression expression)
    {
        if (expression is ColumnReference column) { return CompileColumn(column); }

        if (expression is ConstantExpression constant) { return CompileConstant(constant.Value, constant.Type); }

        Kernel kernel = (Kernel?)TryCompileOverDictionary(expression) ?? CompileNode(expression);
        kernel.ReusesResults = _reusesResults;
        return kernel;
    }

    /// <summary>
    /// The kernel of a condition whose rows count only where it is TRUE: what follows an AND is not evaluated where the
    /// condition before it is FALSE or NULL, so that it fails for no row that is dropped anyway.
    /// </summary>
    public Kernel CompileCondition(ScalarExpression condition)
    {
        if (condition is not BinaryExpression { Operator: BinaryOperator.And } and) { return CompileAs(condition, DataType.Boolean); }

        if (TryCompileOverDictionary(condition) is { CanFail: false } known) { return known; }

        return new LogicKernel(
            isAnd: true, CompileCondition(and.Left), CompileBranch(and.Right, (compiler, right) => compiler.CompileCondition(right)))
        {
            DropsNull = true,
            ReusesResults = _reusesResults,
        };
    }

    private Kernel CompileNode(ScalarExpression expression) => expression switch
    {
        BinaryExpression binary => CompileBinary(binary),
        NegateExpression negate => CompileNegate(negate),
        NotExpression not => new NotKernel(CompileAs(not.Operand, DataType.Boolean)),
        IsNullExpression isNull => new IsNullKernel(Compile(isNull.Operand), isNull.IsNegated),
        CastExpression cast => CompileCast(cast),
        CaseExpression choice => CompileCase(choice),
        InListExpression list => CompileInList(list),
        LikeExpression like => new LikeKernel(
            like, CompileAs(like.Operand, DataType.Varchar), CompileAs(like.Pattern, DataType.Varchar)),
        FunctionExpression call => CompileFunction(call),
        FieldExpression field => CompileField(field),
        ElementExpression element => CompileElement(element),
        ConstructorExpression constructor => CompileConstructor(constructor),
        LetExpression let => CompileLet(let),
        LambdaParameter parameter => CompileColumn(new ColumnReference(FirstParameter + parameter.Id, parameter.Type)),
        _ => throw new UnreachableException($"No kernel for {expression.GetType().Name}."),
    };

    private ColumnKernel CompileColumn(ColumnReference column)
    {
        int ordinal = _ordinals.IndexOf(column.Ordinal);
        if (ordinal < 0)
        {
            ordinal = _ordinals.Count;
            _ordinals.Add(column.Ordinal);
        }

        return new ColumnKernel(column.Type, ordinal);
    }

    private Kernel CompileConstant(object? value, DataType type) => type.Kind switch
    {
        DataTypeKind.Boolean => new ConstantKernel<bool>(type, (bool?)value),
        DataTypeKind.Int or DataTypeKind.Date => new ConstantKernel<int>(type, (int?)value),
        DataTypeKind.BigInt or DataTypeKind.Time or DataTypeKind.Timestamp =>
            new ConstantKernel<long>(type, (long?)value),
        DataTypeKind.Double => new ConstantKernel<double>(type, (double?)value),
        DataTypeKind.Decimal => new ConstantKernel<Int128>(type, (Int128?)value),
        DataTypeKind.Interval => new ConstantKernel<Interval>(type, (Interval?)value),
        _ when type.IsByteString => new StringConstantKernel(type, _constants, CodeOf(value)),
        _ => throw new UnreachableException($"No constant of type {type}."),
    };

    private int CodeOf(object? value) => value switch
    {
        null => -1,
        string text => _constants.Add(text),
        byte[] bytes => _constants.Add(bytes),
        _ => throw new UnreachableException($"No text or bytes in {value.GetType().Name}."),
    };

    /// <summary>Like <see cref="Compile"/>; an untyped NULL becomes a NULL of the type that is wanted.</summary>
    public Kernel CompileAs(ScalarExpression expression, DataType type) =>
        expression.Type.Kind == DataTypeKind.Null ? CompileConstant(null, type) : Compile(expression);

    /// <summary>An expression to be evaluated for some rows only.</summary>
    public Branch CompileBranch(ScalarExpression expression, DataType type) =>
        CompileBranch(expression, (compiler, branch) => compiler.CompileAs(branch, type));

    private Branch CompileBranch(ScalarExpression expression, Func<KernelCompiler, ScalarExpression, Kernel> compile)
    {
        var compiler = new KernelCompiler([], _constants, _isInsideDictionary);
        Kernel kernel = compile(compiler, expression);

        // The branch picks its columns from this expression's, which are picked from the input's.
        int[] ordinals = compiler.Ordinals;
        for (int column = 0; column < ordinals.Length; column++)
        {
            ordinals[column] = CompileColumn(new ColumnReference(ordinals[column], DataType.Null)).Ordinal;
        }

        return new Branch(kernel, ordinals);
    }

    private CaseKernel CompileCase(CaseExpression choice)
    {
        (Branch, Branch)[] branches = [.. choice.Branches.Select(branch =>
            (CompileBranch(branch.Condition, DataType.Boolean), CompileBranch(branch.Result, choice.Type)))];
        return new CaseKernel(
            choice.Type, branches, choice.Else is null ? null : CompileBranch(choice.Else, choice.Type));
    }

    private DictionaryKernel? TryCompileOverDictionary(ScalarExpression expression)
    {
        // IS NULL needs no look at the string at all.
        if (_isInsideDictionary || expression is IsNullExpression { Operand: ColumnReference }) { return null; }

        if (ColumnUse.SingleString(expression) is not { } column || !ColumnUse.IsDeterministic(expression)) { return null; }

        var compiler = new KernelCompiler([column.Ordinal], _constants, isInsideDictionary: true);
        return new DictionaryKernel(CompileColumn(column), compiler.Compile(expression));
    }
}
