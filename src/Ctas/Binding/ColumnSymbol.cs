using Ctas.Data;

namespace Ctas.Binding;

/// <summary>
/// What a column name means: one column of one relation of one query. Identity is what counts, not the name.
/// </summary>
internal sealed class ColumnSymbol(string name, DataType type)
{
    public string Name { get; } = name;

    /// <summary><see cref="DataType.Unknown"/> while the relation has not been read.</summary>
    public DataType Type { get; } = type;

    public override string ToString() => $"{Name} {Type}";
}
