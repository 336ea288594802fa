using System.Diagnostics;
using Ctas.Data;

namespace Ctas.Binding.Functions;

/// <summary>How well arguments fit one form of a function.</summary>
/// <remarks>
/// Conversions are those of <see cref="TypeRules.Common"/>, and text written in SQL where a date or time is wanted.
/// The cheapest form is taken; of equally cheap ones the first.
/// </remarks>
internal sealed class SignatureMatch
{
    private const int Widening = 1;
    private const int Loose = 8;

    private readonly Dictionary<string, DataType> _variables = new(StringComparer.Ordinal);
    private readonly Signature _signature;

    private SignatureMatch(Signature signature) => _signature = signature;

    /// <summary>The form.</summary>
    public Signature Signature => _signature;

    /// <summary>What the conversions cost; 0 when the types are exactly those declared.</summary>
    public int Cost { get; private set; }

    /// <summary>The first argument that does not fit; −1 when all do.</summary>
    public int Mismatch { get; private set; } = -1;

    /// <summary>Number of arguments that do not fit.</summary>
    public int Mismatches { get; private set; }

    /// <summary>Tries a form whose number of parameters fits.</summary>
    public static SignatureMatch Of(Signature signature, IReadOnlyList<BoundExpression> arguments)
    {
        var match = new SignatureMatch(signature);

        // Constants come last: beside a DECIMAL a number takes only the digits it has, beside a DATE a text is one.
        foreach (int i in Enumerable.Range(0, arguments.Count).OrderBy(i => Looseness(arguments[i])))
        {
            if (match.TryFit(signature.Parameters.At(i).Type, arguments[i])) { continue; }

            if (match.Mismatches++ == 0) { match.Mismatch = i; }
        }

        match.SettleNumbers();
        return match;
    }

    /// <summary>Gives a variable the type that a lambda's body turned out to have; false when it contradicts.</summary>
    public bool TryFit(TypePattern pattern, DataType type) => TryUnify(pattern, type);

    /// <summary>The type the argument at <paramref name="ordinal"/> is converted to; Unknown: as it is.</summary>
    public DataType TargetOf(int ordinal, DataType actual) => _signature.Parameters.At(ordinal).Type switch
    {
        AnyType => actual,
        AnyDecimal when actual.Kind == DataTypeKind.Null => DataType.Decimal(DataType.MaxDecimalPrecision, 10),
        AnyDecimal => TypeRules.AsDecimal(actual),
        var pattern => Fill(pattern),
    };

    /// <summary>What a pattern means here.</summary>
    public DataType Fill(TypePattern pattern) => pattern.Fill(_variables);

    /// <summary>The type of the result; Unknown while it depends on columns not yet known.</summary>
    public DataType Result => IsOpen(_signature.Result) ? DataType.Unknown : Fill(_signature.Result);

    /// <summary>What the parameter takes, in the words of a message.</summary>
    public string Expected(int ordinal) => _signature.Parameters.At(ordinal).Type switch
    {
        TypeVariable { IsNumber: true } => "a number",
        TypeVariable variable when _variables.TryGetValue(variable.Name, out DataType? type) => type.ToString(),
        ExactType { Type.Kind: DataTypeKind.Double } => "a number",
        ExactType { Type.Kind: DataTypeKind.Timestamp } => "DATE or TIMESTAMP",
        TextOfAny => "VARCHAR",
        UnitWord => "a unit of time",
        LambdaOf lambda => Counted(lambda.Parameters.Count),
        var pattern when IsFilled(pattern) => Fill(pattern).ToString(),
        var pattern => pattern.ToString(),
    };

    /// <summary>The type to cast the argument to; null when no cast would help.</summary>
    public DataType? CastFor(int ordinal, DataType actual)
    {
        DataType? wanted = _signature.Parameters.At(ordinal).Type switch
        {
            ExactType exact => exact.Type,
            TextOfAny => DataType.Varchar,
            TypeVariable { IsNumber: true } => DataType.Double,
            var pattern when IsFilled(pattern) => Fill(pattern),
            _ => null,
        };
        return wanted is not null && TypeRules.CanCast(actual, wanted) ? wanted : null;
    }

    private static int Looseness(BoundExpression argument) => argument switch
    {
        BoundConstant { Value: string } => 2,
        BoundConstant { Value: int or long } => 1,
        _ => 0,
    };

    /// <summary>Where all numbers are NULL they are of type INT.</summary>
    private void SettleNumbers()
    {
        if (_variables.TryGetValue("N", out DataType? number) && number.Kind == DataTypeKind.Null)
        {
            _variables["N"] = DataType.Int;
        }
    }

    private static string Counted(int parameters) =>
        parameters == 1 ? "a lambda as x => …" : $"a lambda of {parameters} parameters";

    private bool TryFit(TypePattern pattern, BoundExpression argument)
    {
        DataType type = argument.Type;
        if (pattern is LambdaOf lambda)
        {
            return argument is BoundOpenLambda open && open.Syntax.Parameters.Count == lambda.Parameters.Count;
        }

        if (argument is BoundOpenLambda) { return false; }

        if (pattern is ExactType exact) { return TryFitExact(exact.Type, argument); }

        if (pattern is TextOfAny)
        {
            Cost += type.Kind == DataTypeKind.Varchar ? Widening : Loose;
            return TypeRules.IsOpen(type) || TypeRules.CanCast(type, DataType.Varchar);
        }

        if (pattern is AnyDecimal)
        {
            return type.Kind is DataTypeKind.Int or DataTypeKind.BigInt or DataTypeKind.Decimal or DataTypeKind.Null
                || TypeRules.IsOpen(type);
        }

        if (pattern is UnitWord) { return type.Kind is DataTypeKind.Varchar or DataTypeKind.Null or DataTypeKind.Unknown; }

        if (pattern is TypeVariable variable && IsTextBeside(argument, variable))
        {
            Cost += Loose;
            return true;
        }

        return TryUnify(pattern, Coercion.TypeBeside(argument, Known(pattern)));
    }

    private DataType Known(TypePattern pattern) =>
        pattern is TypeVariable variable ? _variables.GetValueOrDefault(variable.Name, DataType.Null) : DataType.Null;

    /// <summary>True for text that is read as the date or time that the variable stands for already.</summary>
    private bool IsTextBeside(BoundExpression argument, TypeVariable variable) =>
        _variables.TryGetValue(variable.Name, out DataType? known) && Coercion.IsTextOf(argument, known);

    private bool TryFitExact(DataType wanted, BoundExpression argument)
    {
        DataType type = argument.Type;
        if (type == wanted) { return true; }

        // What has no type yet fits every form: then the first, most usual one is meant.
        if (type.Kind is DataTypeKind.Null or DataTypeKind.Unknown)
        {
            Cost += Widening;
            return true;
        }

        if (Coercion.IsTextOf(argument, wanted))
        {
            Cost += Loose;
            return true;
        }

        Cost += (type.Kind, wanted.Kind) is (DataTypeKind.Int, DataTypeKind.Double) ? 2 : Widening;
        return TypeRules.Common(type, wanted) == wanted;
    }

    private bool TryUnify(TypePattern pattern, DataType type)
    {
        switch (pattern)
        {
            case AnyType:
                Cost += Loose;
                return true;
            case TypeVariable variable:
                return TryBind(variable, type);
            case ExactType exact:
                return type == exact.Type || type.Kind is DataTypeKind.Null or DataTypeKind.Unknown;
            case ArrayOf or MapOf when type.Kind == DataTypeKind.Null:
                return true;
            case ArrayOf or MapOf when TypeRules.IsOpen(type):
                return Inner(pattern).All(part => TryUnify(part, type));
            case ArrayOf array:
                return type.Kind == DataTypeKind.Array && TryUnify(array.Element, type.Element!);
            case MapOf map:
                return type.Kind == DataTypeKind.Map
                    && TryUnify(map.Key, type.Key!) && TryUnify(map.Value, type.Element!);
            default:
                throw new UnreachableException($"No rule for {pattern.GetType().Name}.");
        }
    }

    private bool TryBind(TypeVariable variable, DataType type)
    {
        DataType known = _variables.GetValueOrDefault(variable.Name, DataType.Null);
        if (TypeRules.Common(known, type) is not { } common) { return false; }

        bool fits = !variable.IsNumber || common.IsNumeric || common.Kind is DataTypeKind.Null or DataTypeKind.Unknown;
        if (!fits) { return false; }

        Cost += Widening;
        _variables[variable.Name] = common;
        return true;
    }

    private bool IsFilled(TypePattern pattern) => pattern switch
    {
        TypeVariable variable => _variables.ContainsKey(variable.Name),
        AnyType or LambdaOf => false,
        _ => Inner(pattern).All(IsFilled),
    };

    private bool IsOpen(TypePattern pattern) => pattern switch
    {
        TypeVariable variable => _variables.TryGetValue(variable.Name, out DataType? type) && TypeRules.IsOpen(type),
        AnyType => true,
        _ => Inner(pattern).Any(IsOpen),
    };

    private static TypePattern[] Inner(TypePattern pattern) => pattern switch
    {
        ArrayOf array => [array.Element],
        MapOf map => [map.Key, map.Value],
        _ => [],
    };
}
