namespace Ctas.SqlTests.Oracle;

/// <summary>A construct of the dialect that both engines know, and how random queries write it.</summary>
/// <remarks>
/// A template is SQL with holes; where spellings differ it holds <c>«ours|theirs»</c>:
/// <code>
/// {int} {varchar} …   an expression of that <see cref="ValueTag"/>     {T} {O} {N}  one random type for the whole template:
/// {const:int}         a constant                                                   any, any with an order, any number
/// {leaf:int}          a column or a constant                          {type:T}     the name of that type
/// {column:int}        a column, where no window function or aggregate may stand in its place
/// {same}              an expression of the result's type              {a|b|}       one of these texts
/// {x=leaf:int}        a leaf that {x} repeats
/// </code>
/// </remarks>
/// <param name="Name">Its name in the coverage report.</param>
/// <param name="Result">
/// The word of the result's <see cref="ValueTag"/>, or
/// <c>any</c>, <c>number</c>, <c>whole</c> or <c>comparable</c> (any but INTERVAL) for whatever of these is asked for.
/// </param>
/// <param name="Template">How it is written.</param>
internal sealed record Construct(string Name, string Result, string Template)
{
    /// <summary>True when it gives values that <paramref name="wanted"/> asks for.</summary>
    public bool Gives(ValueTag wanted) => Result switch
    {
        "any" => true,
        "comparable" => wanted != ValueTag.Interval,
        "number" => ValueTag.Numbers.Contains(wanted),
        "whole" => wanted == ValueTag.Int || wanted == ValueTag.BigInt || wanted == ValueTag.SmallInt,
        _ => ValueTag.Find(Result) is { } tag && wanted.Accepts(tag),
    };
}
