using System.Globalization;
using Ctas.Data;
using Ctas.Syntax;

namespace Ctas.Binding;

internal sealed partial class Binder
{
    /// <summary>VALUES: rows of equal length, whose columns are called column1, column2 ….</summary>
    private BoundRelation BindValues(ValuesSyntax values, CommonTables? commonTables)
    {
        var context = new Context(
            Scope.Empty with { CommonTables = commonTables }, "VALUES", AllowsAggregates: false, Aggregate: null);
        int width = values.Rows[0].Values.Count;
        List<BoundExpression>[] columns = [.. Enumerable.Range(0, width).Select(_ => new List<BoundExpression>())];
        foreach (ValuesRowSyntax row in values.Rows)
        {
            if (row.Values.Count != width)
            {
                Report(BindingDiagnostics.ColumnCounts(row.Span, "this row of VALUES", width, row.Values.Count));
            }

            for (int column = 0; column < width; column++)
            {
                columns[column].Add(column < row.Values.Count
                    ? BindExpression(row.Values[column], context)
                    : new BoundError());
            }
        }

        ColumnSymbol[] symbols = [.. columns.Select((column, i) =>
        {
            string name = string.Create(CultureInfo.InvariantCulture, $"column{i + 1}");
            bool isWhole = Unify(column, $"VALUES column {i + 1}", values.Span, out DataType type);
            return new ColumnSymbol(name, isWhole ? type : DataType.Unknown);
        })];
        BoundExpression[][] rows =
            [.. Enumerable.Range(0, values.Rows.Count).Select(row => columns.Select(column => column[row]).ToArray())];
        bool readsMore = rows.Any(row => row.Any(e => e.Contains<BoundSubquery>() || e.Contains<BoundOuterColumn>()));
        return readsMore ? Separated(symbols, rows) : new BoundValues(symbols, rows);
    }

    /// <summary>Each row on its own, so that each can be joined with what it reads.</summary>
    private BoundUnionAll Separated(ColumnSymbol[] columns, BoundExpression[][] rows)
    {
        IEnumerable<BoundRelation> inputs = rows.Select(row => (BoundRelation)new BoundProject(
            new BoundSingleRow(),
            row.Select((value, i) => new BoundProjection(new ColumnSymbol(columns[i].Name, columns[i].Type), value))));
        return new BoundUnionAll([.. inputs], columns, isOpen: false, openColumnType);
    }
}
