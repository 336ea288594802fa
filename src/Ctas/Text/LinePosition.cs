namespace Ctas.Text;

/// <summary>A place as people count it: line and column start at 1, columns are UTF-16 code units.</summary>
internal readonly record struct LinePosition(int Line, int Column);
