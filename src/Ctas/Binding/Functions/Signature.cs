using System.Diagnostics;
using Ctas.Data;

namespace Ctas.Binding.Functions;

/// <summary>One form of a function.</summary>
/// <param name="Parameters">The parameters.</param>
/// <param name="Result">What comes out.</param>
internal sealed record Signature(ParameterList Parameters, TypePattern Result)
{
    /// <summary><c>text VARCHAR, start INT -> VARCHAR</c></summary>
    public override string ToString() => $"{Parameters} -> {Result}";
}

/// <summary>The parameters of a form.</summary>
/// <param name="Items">In order.</param>
/// <param name="IsVariadic">True when the last one can stand any number of times.</param>
internal sealed record ParameterList(IReadOnlyList<Parameter> Items, bool IsVariadic)
{
    /// <summary>Fewest arguments.</summary>
    public int MinCount => Items.Count(parameter => !parameter.IsOptional);

    /// <summary>Most arguments.</summary>
    public int MaxCount => IsVariadic ? int.MaxValue : Items.Count;

    /// <summary>The parameter that takes the argument at <paramref name="ordinal"/>.</summary>
    public Parameter At(int ordinal) => Items[Math.Min(ordinal, Items.Count - 1)];

    /// <summary>As it is declared: <c>text VARCHAR [, length INT]</c>.</summary>
    public override string ToString()
    {
        var text = new System.Text.StringBuilder();
        foreach (Parameter parameter in Items)
        {
            bool isFirst = text.Length == 0;
            if (parameter.IsOptional) { text.Append(isFirst ? "[" : " ["); }

            text.Append(isFirst ? "" : ", ").Append(parameter.Name).Append(' ').Append(parameter.Type);
            if (IsVariadic && ReferenceEquals(parameter, Items[^1])) { text.Append("..."); }

            if (parameter.IsOptional) { text.Append(']'); }
        }

        return text.ToString();
    }
}

/// <summary>One parameter.</summary>
/// <param name="Name">For the reader only; arguments are given in order.</param>
/// <param name="Type">What it takes.</param>
/// <param name="IsOptional">True when it can be left out.</param>
internal sealed record Parameter(string Name, TypePattern Type, bool IsOptional);

/// <summary>What a parameter takes, or a function gives.</summary>
internal abstract record TypePattern
{
    /// <summary>The type with its variables filled in.</summary>
    public abstract DataType Fill(IReadOnlyDictionary<string, DataType> variables);
}

/// <summary>One SQL type.</summary>
internal sealed record ExactType(DataType Type) : TypePattern
{
    public override DataType Fill(IReadOnlyDictionary<string, DataType> variables) => Type;

    public override string ToString() => Type.ToString();
}

/// <summary>A type that is the same wherever the letter stands. N stands for numbers only.</summary>
internal sealed record TypeVariable(string Name) : TypePattern
{
    /// <summary>True when only numbers fit.</summary>
    public bool IsNumber => Name == "N";

    public override DataType Fill(IReadOnlyDictionary<string, DataType> variables) =>
        variables.GetValueOrDefault(Name, DataType.Null);

    public override string ToString() => Name;
}

/// <summary>Any type at all, as it comes.</summary>
internal sealed record AnyType : TypePattern
{
    public override DataType Fill(IReadOnlyDictionary<string, DataType> variables) => DataType.Unknown;

    public override string ToString() => "ANY";
}

/// <summary>An exact number of any precision and scale.</summary>
internal sealed record AnyDecimal : TypePattern
{
    public override DataType Fill(IReadOnlyDictionary<string, DataType> variables) => DataType.Unknown;

    public override string ToString() => "DECIMAL";
}

/// <summary>Text, or any type that can be written as text.</summary>
internal sealed record TextOfAny : TypePattern
{
    public override DataType Fill(IReadOnlyDictionary<string, DataType> variables) => DataType.Varchar;

    public override string ToString() => "TEXT";
}

/// <summary>A unit of time: a text, or one of the words without quotes.</summary>
internal sealed record UnitWord : TypePattern
{
    public override DataType Fill(IReadOnlyDictionary<string, DataType> variables) => DataType.Varchar;

    public override string ToString() => "UNIT";
}

/// <summary>ARRAY of a pattern.</summary>
internal sealed record ArrayOf(TypePattern Element) : TypePattern
{
    public override DataType Fill(IReadOnlyDictionary<string, DataType> variables) =>
        DataType.Array(Element.Fill(variables));

    public override string ToString() => $"ARRAY<{Element}>";
}

/// <summary>MAP of two patterns.</summary>
internal sealed record MapOf(TypePattern Key, TypePattern Value) : TypePattern
{
    public override DataType Fill(IReadOnlyDictionary<string, DataType> variables) =>
        DataType.Map(Key.Fill(variables), Value.Fill(variables));

    public override string ToString() => $"MAP<{Key}, {Value}>";
}

/// <summary>A lambda: an expression with parameters of its own.</summary>
internal sealed record LambdaOf(IReadOnlyList<TypePattern> Parameters, TypePattern Body) : TypePattern
{
    public override DataType Fill(IReadOnlyDictionary<string, DataType> variables) =>
        throw new UnreachableException("A lambda is no value.");

    public override string ToString() => $"({string.Join(", ", Parameters)}) => {Body}";
}
