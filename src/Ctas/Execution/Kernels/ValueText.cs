using System.Text;
using Ctas.Data;
using Ctas.Data.Nested;

namespace Ctas.Execution.Kernels;

/// <summary>Values of a column in words, for errors.</summary>
internal static class ValueText
{
    private const int MaxCharacters = 80;

    /// <summary>The value of a row: NULL, a number, or quoted text cut after 80 characters.</summary>
    public static string Of(Column column, int row)
    {
        if (column.IsNull(row)) { return "NULL"; }

        string text = column.Type.IsNested ? JsonText((StringColumn)column, row) : ScalarText(column, row);
        string shown = text.Length <= MaxCharacters ? text : text[..MaxCharacters] + "…";
        return column is StringColumn && !column.Type.IsNested ? $"'{shown}'" : shown;
    }

    private static string ScalarText(Column column, int row)
    {
        var output = new ByteWriter();
        ToTextKernel.Write(output, column, row);
        return column.Type.Kind == DataTypeKind.Bytes
            ? Convert.ToHexString(output.Written)
            : Encoding.UTF8.GetString(output.Written);
    }

    private static string JsonText(StringColumn column, int row)
    {
        var json = new NestedJson();
        return Encoding.UTF8.GetString(json.Write(ValueShape.Of(column.Type), column.GetBytes(row)));
    }
}
