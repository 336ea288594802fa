using Ctas.Data;

namespace Ctas.Binding;

/// <summary>A value as it stands in the text, for hints that show how to cast it.</summary>
/// <param name="Text">The SQL, or <c>…</c> where it is long.</param>
/// <param name="Type">Its type.</param>
internal readonly record struct WrittenOperand(string Text, DataType Type)
{
    /// <summary>Hints are one line: what is longer than this is not repeated in them.</summary>
    public const int MaxChars = 40;

    /// <summary>True for VARCHAR.</summary>
    public bool IsText => Type.Kind == DataTypeKind.Varchar;

    /// <summary>A value that stands nowhere, as that of a whole column.</summary>
    public static WrittenOperand Of(DataType type) => new("…", type);

    /// <summary><c>CAST(… AS type)</c>; null when there is no such cast.</summary>
    public string? CastTo(DataType type) =>
        Type != type && TypeRules.CanCast(Type, type) && !TypeRules.IsOpen(type) ? $"CAST({Text} AS {type})" : null;
}
