using System.Globalization;
using Ctas.Cli.Display;
using Ctas.Data;
using Spectre.Console;

namespace Ctas.Cli.Results;

/// <summary>Draws a result as a table with its number of rows below. Numbers stand to the right.</summary>
internal sealed class TableResultWriter(IAnsiConsole console) : IResultWriter
{
    private bool _isFirst = true;

    /// <inheritdoc/>
    public void Write(QueryResult result)
    {
        if (!_isFirst) { console.WriteLine(); }

        _isFirst = false;
        if (result.Schema.Fields.Count > 0) { console.Write(Draw(result)); }

        string rows = result.RowCount == 1 ? "row" : "rows";
        console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"({result.RowCount:N0} {rows})"));
    }

    /// <summary>The table alone.</summary>
    public static Table Draw(QueryResult result)
    {
        var table = new Table { Border = TableBorder.Rounded };
        foreach (Field field in result.Schema.Fields)
        {
            var column = new TableColumn(Label.Of(field.Name, DisplayStyle.Header));
            table.AddColumn(field.Type.IsNumeric ? column.RightAligned() : column);
        }

        foreach (Batch batch in result.Batches)
        {
            for (int row = 0; row < batch.RowCount; row++)
            {
                table.AddRow(batch.Columns.ToArray().Select(column => Cell(column, row)));
            }
        }

        return table;
    }

    private static Spectre.Console.Text Cell(Column column, int row) => column.IsNull(row)
        ? Label.Of("NULL", DisplayStyle.Faint)
        : Label.Of(ValueText.Of(column, row));
}
