using System.Text;
using Ctas.Data;

namespace Ctas.Execution.Kernels;

/// <summary>Values of a column in words, for errors.</summary>
internal static class ValueText
{
    private const int MaxCharacters = 80;

    /// <summary>The value of a row: NULL, a number, or quoted text cut after 80 characters.</summary>
    public static string Of(Column column, int row)
    {
        if (column.IsNull(row)) { return "NULL"; }

        var output = new ByteWriter();
        ToTextKernel.Write(output, column, row);
        string text = column.Type.Kind == DataTypeKind.Bytes
            ? Convert.ToHexString(output.Written)
            : Encoding.UTF8.GetString(output.Written);
        string shown = text.Length <= MaxCharacters ? text : text[..MaxCharacters] + "…";
        return column is StringColumn ? $"'{shown}'" : shown;
    }
}
