using Ctas.Data;

namespace Ctas.Binding.Functions;

/// <summary>Reads the notation in which signatures are declared.</summary>
/// <remarks>
/// <code>
/// text VARCHAR, start INT [, length INT] -> VARCHAR        optional parameters in brackets
/// values T... -> T                                         one or more, all of one type
/// array ARRAY&lt;T>, mapping (T) => U -> ARRAY&lt;U>             a lambda
/// </code>
/// One capital letter is a type variable (N: numbers only), ANY any type, TEXT any type written as text, UNIT a unit
/// of time.
/// </remarks>
internal ref struct SignatureReader
{
    private readonly string _declaration;
    private ReadOnlySpan<char> _rest;

    private SignatureReader(string declaration)
    {
        _declaration = declaration;
        _rest = declaration.AsSpan().TrimStart();
    }

    /// <summary>The signature that a declaration says.</summary>
    /// <exception cref="FormatException">The declaration is not in the notation.</exception>
    public static Signature Read(string declaration)
    {
        var reader = new SignatureReader(declaration);
        ParameterList parameters = reader.ReadParameters();
        reader.Expect("->");
        TypePattern result = reader.ReadType();
        return reader._rest.IsEmpty ? new Signature(parameters, result) : throw reader.Malformed();
    }

    private ParameterList ReadParameters()
    {
        List<Parameter> parameters = [];
        bool isOptional = false;
        bool isVariadic = false;
        while (!_rest.StartsWith("->"))
        {
            isOptional |= Take("[");
            if (parameters.Count > 0) { Expect(","); }

            string name = ReadWord();
            parameters.Add(new Parameter(name, ReadType(), isOptional));
            isVariadic |= Take("...");
            while (Take("]")) { }
        }

        return new ParameterList(parameters, isVariadic);
    }

    private TypePattern ReadType()
    {
        if (Take("(")) { return ReadLambda(); }

        string word = ReadWord();
        if (Take("<")) { return ReadNested(word); }

        return word switch
        {
            "ANY" => new AnyType(),
            "TEXT" => new TextOfAny(),
            "UNIT" => new UnitWord(),
            [_] => new TypeVariable(word),
            _ => new ExactType(Named(word)),
        };
    }

    private TypePattern ReadNested(string word)
    {
        TypePattern first = ReadType();
        TypePattern? second = Take(",") ? ReadType() : null;
        Expect(">");
        return (word, second) switch
        {
            ("ARRAY", null) => new ArrayOf(first),
            ("MAP", not null) => new MapOf(first, second),
            _ => throw Malformed(),
        };
    }

    private LambdaOf ReadLambda()
    {
        List<TypePattern> parameters = [ReadType()];
        while (Take(",")) { parameters.Add(ReadType()); }

        Expect(")");
        Expect("=>");
        return new LambdaOf(parameters, ReadType());
    }

    private readonly DataType Named(string word) => word switch
    {
        "BOOLEAN" => DataType.Boolean,
        "INT" => DataType.Int,
        "BIGINT" => DataType.BigInt,
        "DOUBLE" => DataType.Double,
        "DECIMAL" => DataType.Decimal(DataType.MaxDecimalPrecision, 0),
        "VARCHAR" => DataType.Varchar,
        "BYTES" => DataType.Bytes,
        "DATE" => DataType.Date,
        "TIME" => DataType.Time,
        "TIMESTAMP" => DataType.Timestamp,
        "INTERVAL" => DataType.Interval,
        _ => throw Malformed(),
    };

    private string ReadWord()
    {
        int length = 0;
        while (length < _rest.Length && (char.IsAsciiLetterOrDigit(_rest[length]) || _rest[length] == '_')) { length++; }

        if (length == 0) { throw Malformed(); }

        string word = _rest[..length].ToString();
        _rest = _rest[length..].TrimStart();
        return word;
    }

    private bool Take(string mark)
    {
        if (!_rest.StartsWith(mark)) { return false; }

        _rest = _rest[mark.Length..].TrimStart();
        return true;
    }

    private void Expect(string mark)
    {
        if (!Take(mark)) { throw Malformed(); }
    }

    private readonly FormatException Malformed() =>
        new($"The signature \"{_declaration}\" cannot be read at \"{_rest.ToString()}\".");
}
